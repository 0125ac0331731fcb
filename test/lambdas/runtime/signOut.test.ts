import '../../fakes/quietLog.ts';

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { stepHandler } from '../../../lambdas/runtime/stepHandler.ts';
import { targetOf } from '../../contracts/archive.ts';
import { lambdaContext } from '../../fakes/lambdaContext.ts';
import { askXnat } from '../../infra/local/xnat/askXnat.ts';
import { openXnat } from '../../infra/local/xnat/openXnat.ts';

/** Lets each user have one session: who comes second learns whether the first has left. */
let xnat: Awaited<ReturnType<typeof openXnat>>;
let folder: string;
beforeAll(async () => {
  xnat = await openXnat({ sessionsPerUser: 1 });
  folder = await mkdtemp(join(tmpdir(), 'secret-'));
  const secret = { url: xnat.url, username: 'airlock', password: 'airlock-password' };
  await writeFile(join(folder, 'xnat.json'), JSON.stringify(secret));
  vi.stubEnv('XNAT_SECRET_ID', `file:${join(folder, 'xnat.json')}`);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await xnat.close();
  await rm(folder, { recursive: true });
});

const schema = { input: z.object({ fails: z.boolean() }), output: z.strictObject({}) };

test.each([{ fails: false }, { fails: false }, { fails: true }, { fails: false }])(
  'an invocation leaves no session at XNAT behind, fails: $fails',
  async (input) => {
    const handler = stepHandler(schema, ({ archive }) => async ({ fails }) => {
      await archive.listFiles(targetOf(1));
      const second = await askXnat(xnat, { path: '/data/auth', as: 'airlock:airlock-password' });
      expect(second.status).toBe(401);
      if (fails) throw new RangeError('planted');
      return {};
    });
    const outcome = await handler(input, lambdaContext).then(
      () => false,
      () => true,
    );
    expect(outcome).toBe(input.fails);
    const begun = await askXnat(xnat, { path: '/data/JSESSION', as: 'airlock:airlock-password' });
    expect(begun.status).toBe(200);
    await askXnat(xnat, {
      ...{ method: 'DELETE', path: '/data/JSESSION', as: '' },
      headers: { Cookie: `JSESSIONID=${begun.text}` },
    });
  },
);
