import { afterEach, describe, expect, test } from 'vitest';
import { uploadSubmission } from '../../../core/upload/uploadSubmission.ts';
import { watchSubmission } from '../../../core/upload/watchSubmission.ts';
import { startAirlockServer } from '../../fakes/airlockServer.ts';
import { filled, localFiles, uploadPorts } from './uploads.ts';

let server: Awaited<ReturnType<typeof startAirlockServer>>;
afterEach(() => server.close());

const path = ['draft', 'uploading', 'submitted', 'validating'];

describe('watchSubmission', () => {
  test.each([
    {
      state: 'archived' as const,
      options: {},
      entered: [...path, 'anonymizing', 'checking', 'pushing', 'confirming', 'archived'],
      code: undefined,
    },
    {
      state: 'held' as const,
      options: { end: { state: 'held' as const, reason: 'BurnedInRisk' } },
      entered: [...path, 'held'],
      code: 'BurnedInRisk',
    },
    {
      state: 'rejected' as const,
      options: { end: { state: 'rejected' as const, reason: 'NotDicom' } },
      entered: [...path, 'rejected'],
      code: 'NotDicom',
    },
    {
      state: 'failed' as const,
      options: { end: { state: 'failed' as const, reason: 'XnatUnavailable' } },
      entered: [...path, 'failed'],
      code: 'XnatUnavailable',
    },
  ])('tells every state up to $state, those between two looks included', async ({ state, options, entered, code }) => {
    server = await startAirlockServer(options);
    const { plan, bytes } = localFiles({ a: filled(10) });
    const { ports, api, clock } = uploadPorts(server.url, bytes);
    const { id } = await uploadSubmission(ports, { plan, target: { project: 'DEMO' } });
    const states: string[] = [];
    const codes: (string | undefined)[] = [];
    const watch = watchSubmission({ api, clock }, id);
    for (;;) {
      const next = await watch.next();
      if (next.done) {
        expect(next.value.state).toBe(state);
        break;
      }
      states.push(next.value.state);
      codes.push(next.value.code);
    }
    expect(states).toEqual(entered);
    expect(codes.at(-1)).toBe(code);
  });

  test('waits longer while nothing changes, up to a bound', async () => {
    server = await startAirlockServer();
    const { api, clock, waits } = uploadPorts(server.url, new Map());
    const { id } = await api.createSubmission({ project: 'DEMO' });
    const watch = watchSubmission(
      {
        api,
        clock: {
          sleep: async (wait) => {
            await clock.sleep(wait);
            if (waits.length === 20) throw new Error('enough');
          },
        },
      },
      id,
    );
    expect((await watch.next()).value).toMatchObject({ state: 'draft' });
    await expect(watch.next()).rejects.toThrow('enough');
    expect(waits[0]).toBe(1000);
    expect(waits.at(-1)).toBe(10_000);
  });
});
