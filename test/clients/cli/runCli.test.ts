import { expect, test } from 'vitest';
import { runCli } from '../../../clients/cli/runCli.ts';

/** Runs a command that fails at what it says first. */
async function failingBy(error: Error) {
  const err: string[] = [];
  let lines = 0;
  const exit = await runCli(['validate', '.', '--format', 'jsonl'], {
    version: '1.2.3',
    env: {},
    cwd: import.meta.dirname,
    out() {
      lines += 1;
      if (lines === 1) throw error;
    },
    err: (line) => err.push(line),
    fetch,
    clock: { now: () => new Date().toISOString(), sleep: async () => undefined },
    random: () => 0,
    signal: new AbortController().signal,
  });
  return { exit, err };
}

test.each([
  {
    why: 'this program made',
    error: new TypeError('DOE^JOHN is no number'),
    says: /fault of its own: TypeError at \S+:\d+:\d+\. Report it$/,
  },
  {
    why: 'another thread met',
    error: Object.assign(new Error('DOE^JOHN'), { name: 'RangeError' }),
    says: /: RangeError( at \S+)?\. Report it$/,
  },
  { why: 'was written for people', error: new Error('There is no such thing'), says: /^There is no such thing$/ },
])('an error that $why is told without a value', async ({ error, says }) => {
  const { exit, err } = await failingBy(error);
  expect(exit).toBe(1);
  expect(err.at(-1)).toMatch(says);
  expect(err.join()).not.toMatch(/DOE|JOHN/);
});
