import { beforeEach, describe, expect, test } from 'vitest';
import { takeTurn } from '../../../../core/delivery/turns/takeTurn.ts';
import { limits } from '../../../../core/policy/limits.ts';
import { ProjectPolicy } from '../../../../core/policy/ProjectPolicy.ts';
import { DomainError } from '../../../../core/submission/codes/DomainError.ts';
import { memoryRegisters } from '../../../fakes/memoryRegisters.ts';
import { demoPolicy } from '../../../fixtures/submissions.ts';

let now: number;
let ports: { registers: ReturnType<typeof memoryRegisters>; clock: { now(): string; sleep(): Promise<void> } };
beforeEach(() => {
  now = Date.parse('2026-01-02T12:00:00.000Z');
  ports = {
    registers: memoryRegisters(),
    clock: { now: () => new Date(now).toISOString(), sleep: async () => undefined },
  };
});

const wanted = (submission: string, session = submission) => ({ policy: demoPolicy, session, submission });
const done = async () => 'done';
const outage = () => Promise.reject(new DomainError('XnatUnavailable', 'Cannot push: XNAT answered 503'));

/** Turns that others have, until they are ended. */
function holding(...asked: ReturnType<typeof wanted>[]) {
  const end = Promise.withResolvers<void>();
  const begun = asked.map((each) => {
    const begin = Promise.withResolvers<void>();
    const turn = takeTurn(ports, each, () => {
      begin.resolve();
      return end.promise;
    });
    return { turn, begin: Promise.race([begin.promise, turn]) };
  });
  return {
    begun: Promise.all(begun.map(({ begin }) => begin)),
    end: async () => {
      end.resolve();
      await Promise.all(begun.map(({ turn }) => turn));
    },
  };
}

describe('a turn at XNAT', () => {
  test('is given to one writer of a session at a time, whichever execution it is of', async () => {
    const first = holding(wanted('sub-a', 'S1'));
    await first.begun;
    await expect(takeTurn(ports, wanted('sub-b', 'S1'), done)).rejects.toMatchObject({ name: 'XnatBusy' });
    expect(await takeTurn(ports, wanted('sub-b', 'S2'), done)).toBe('done');
    await first.end();
    expect(await takeTurn(ports, wanted('sub-b', 'S1'), done)).toBe('done');
  });

  test('is given to so many writers of one XNAT at once, and to no more', async () => {
    const all = holding(...Array.from({ length: limits.archiveWriters }, (_, index) => wanted(`sub-${index}`)));
    await all.begun;
    await expect(takeTurn(ports, wanted('sub-x'), done)).rejects.toMatchObject({ name: 'XnatBusy' });
    await all.end();
    expect(await takeTurn(ports, wanted('sub-x'), done)).toBe('done');
  });

  test('ends with its work, whether that succeeds or fails', async () => {
    const failed = takeTurn(ports, wanted('sub-a', 'S1'), () => Promise.reject(new RangeError('mine')));
    await expect(failed).rejects.toThrow('mine');
    expect(await takeTurn(ports, wanted('sub-b', 'S1'), done)).toBe('done');
  });

  test('is kept for as long as bytes flow', async () => {
    const bytes = async function* () {
      for (let chunk = 0; chunk < 10; chunk += 1) {
        now += (limits.leaseSeconds * 1000) / 2;
        yield Uint8Array.of(chunk);
      }
    };
    await takeTurn(ports, wanted('sub-a', 'S1'), async (turn) => {
      for await (const _ of turn.keeping(bytes())) {
        await expect(takeTurn(ports, wanted('sub-b', 'S1'), done)).rejects.toMatchObject({ name: 'XnatBusy' });
      }
    });
  });

  test('is taken over from a writer that died, and breaks off what that one still sends', async () => {
    const late = async function* () {
      yield Uint8Array.of(1);
      now += limits.leaseSeconds * 1000;
      await takeTurn(ports, wanted('sub-b', 'S1'), done);
      yield Uint8Array.of(2);
    };
    const sent: number[] = [];
    const writing = takeTurn(ports, wanted('sub-a', 'S1'), async (turn) => {
      for await (const [byte = 0] of turn.keeping(late())) sent.push(byte);
    });
    await expect(writing).rejects.toMatchObject({ name: 'XnatBusy' });
    expect(sent).toEqual([1]);
  });

  test('is taken over at once by a newer attempt of the same submission', async () => {
    const old = holding(wanted('sub-a', 'S1'));
    await old.begun;
    expect(await takeTurn(ports, wanted('sub-a', 'S1'), done)).toBe('done');
    await old.end();
  });
});

describe('an XNAT that is down', () => {
  const failSeveral = async () => {
    for (let count = 0; count < limits.archiveFailuresInRow; count += 1) {
      await expect(takeTurn(ports, wanted('sub-a'), outage)).rejects.toMatchObject({ name: 'XnatUnavailable' });
    }
  };
  let calls = 0;
  const counted = async () => {
    calls += 1;
  };
  beforeEach(() => {
    calls = 0;
  });

  test('is left in peace after a row of failures, and one caller in a while looks whether it is back', async () => {
    await failSeveral();
    await expect(takeTurn(ports, wanted('sub-b'), counted)).rejects.toMatchObject({ name: 'XnatUnavailable' });
    expect(calls).toBe(0);
    now += demoPolicy.delivery.restSeconds * 1000;
    const callers = ['sub-c', 'sub-d', 'sub-e'].map((id) =>
      takeTurn(ports, wanted(id), async () => {
        calls += 1;
        return outage();
      }),
    );
    await Promise.allSettled(callers);
    expect(calls).toBe(1);
  });

  test.each([
    { asked: 120, granted: 120, why: 'as long as it asks for' },
    { asked: 864_000, granted: limits.archiveRestMaxSeconds, why: 'for an hour, though it asks for days' },
  ])('is left in peace from its first failure on $why', async ({ asked, granted }) => {
    const busy = new DomainError('XnatUnavailable', 'Cannot push: XNAT answered 503', { retryAfterSeconds: asked });
    await expect(takeTurn(ports, wanted('sub-a'), () => Promise.reject(busy))).rejects.toBe(busy);
    now += granted * 1000 - 1;
    await expect(takeTurn(ports, wanted('sub-b'), counted)).rejects.toMatchObject({ name: 'XnatUnavailable' });
    expect(calls).toBe(0);
    now += 1;
    await takeTurn(ports, wanted('sub-b'), counted);
    expect(calls).toBe(1);
  });

  test('is used by all again after one success', async () => {
    await failSeveral();
    now += demoPolicy.delivery.restSeconds * 1000;
    await takeTurn(ports, wanted('sub-b'), counted);
    await takeTurn(ports, wanted('sub-c'), counted);
    expect(calls).toBe(2);
  });

  test('is not what a conflict or a fault of ours says', async () => {
    for (let count = 0; count < 2 * limits.archiveFailuresInRow; count += 1) {
      const conflict = () => Promise.reject(new DomainError('XnatConflict', 'Cannot push: another study'));
      await expect(takeTurn(ports, wanted('sub-a'), conflict)).rejects.toMatchObject({ name: 'XnatConflict' });
    }
    await takeTurn(ports, wanted('sub-b'), counted);
    expect(calls).toBe(1);
  });
});

describe('a project that delivers', () => {
  const night = { from: '22:00', until: '06:30' };
  test.each([
    { why: 'never, while it is paused', delivery: { paused: true }, at: '12:00', isOpen: false },
    { why: 'at any time', delivery: {}, at: '03:00', isOpen: true },
    { why: 'at night, before it', delivery: { hours: night }, at: '21:59', isOpen: false },
    { why: 'at night, from its first minute', delivery: { hours: night }, at: '22:00', isOpen: true },
    { why: 'at night, after midnight', delivery: { hours: night }, at: '00:10', isOpen: true },
    { why: 'at night, at its end', delivery: { hours: night }, at: '06:30', isOpen: false },
    { why: 'by day', delivery: { hours: { from: '09:00', until: '17:00' } }, at: '12:00', isOpen: true },
    { why: 'by day, at night', delivery: { hours: { from: '09:00', until: '17:00' } }, at: '18:00', isOpen: false },
    {
      why: 'by the clock of its own zone',
      delivery: { hours: { from: '09:00', until: '10:00', timeZone: 'Asia/Tokyo' } },
      at: '00:30',
      isOpen: true,
    },
  ])('delivers $why: open at $at is $isOpen', async ({ delivery, at, isOpen }) => {
    now = Date.parse(`2026-01-02T${at}:00.000Z`);
    const policy = ProjectPolicy.parse({ ...demoPolicy, delivery });
    const turn = takeTurn(ports, { ...wanted('sub-a'), policy }, done);
    if (isOpen) expect(await turn).toBe('done');
    else await expect(turn).rejects.toMatchObject({ name: 'XnatPaused' });
  });

  test('names a time zone that exists', () => {
    const hours = { from: '09:00', until: '10:00', timeZone: 'Mars/Olympus' };
    expect(ProjectPolicy.safeParse({ ...demoPolicy, delivery: { hours } }).success).toBe(false);
  });
});
