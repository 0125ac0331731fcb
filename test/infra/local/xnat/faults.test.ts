import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { askXnat, type Question } from './askXnat.ts';
import { newStudy, openPrearchive, sendStudy } from './sendStudy.ts';

let xnat: Awaited<ReturnType<typeof openPrearchive>>;
beforeAll(async () => {
  xnat = await openPrearchive();
});
beforeEach(() => xnat.faults.set({}));
afterAll(() => xnat.close());

const ask = (question: Question) => askXnat(xnat, question);

/** Faults that come so many times, and then are over. */
const faults: { why: string; settings: Parameters<typeof xnat.faults.set>[0]; first: unknown; isStored: boolean }[] = [
  { why: 'a catalog that changes under a write', settings: { catalogRaces: 1 }, first: 500, isStored: false },
  { why: 'a write that fails before it', settings: { failOnce: 'beforeWrite' }, first: 500, isStored: false },
  { why: 'a write that fails after it', settings: { failOnce: 'afterWrite' }, first: 500, isStored: true },
  { why: 'a proxy that gives up', settings: { gatewayTimeouts: 1 }, first: 504, isStored: true },
  { why: 'a lost reply', settings: { dropReplies: 1 }, first: 'broken', isStored: true },
  { why: 'a connection that breaks before the work', settings: { breakAt: 1 }, first: 'broken', isStored: false },
  {
    why: 'a connection that breaks after it',
    settings: { breakAt: 1, breakMoment: 'afterWork' },
    first: 'broken',
    isStored: true,
  },
  { why: 'a redirect', settings: { redirects: 1 }, first: 302, isStored: false },
  { why: 'a login page', settings: { htmlAnswers: 1 }, first: 200, isStored: false },
];

test.each(faults)('$why comes when it is asked for, and is over then', async ({ settings, first, isStored }) => {
  const own = newStudy();
  await sendStudy(xnat, own, { query: { dest: '/archive' } });
  const path = `/data/projects/DEMO/experiments/${own.label}/resources/R/files/a`;
  const put = () => ask({ method: 'PUT', path: `${path}?inbody=true&overwrite=true`, body: 'a' });
  xnat.faults.set(settings);
  const answer = await put().then(
    ({ status }) => status,
    () => 'broken',
  );
  expect(answer).toBe(first);
  // the work behind a proxy that gave up goes on
  if (isStored) await expect.poll(async () => (await ask({ path })).status).toBe(200);
  else expect((await ask({ path })).status).toBe(404);
  expect(await put()).toMatchObject({ status: 200, text: '' });
  expect((await ask({ path })).text).toBe('a');
});
