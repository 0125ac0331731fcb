import type { Reporter } from 'vitest/node';

/** Ends a test run with one plain line: how many tests passed and failed. */
export const closingLine: Reporter = {
  onTestRunEnd(modules, errors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const skipped = count('skipped');
    // a file that does not load, or an error outside of any test, is a failure too
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    console.log(
      `${count('passed')} passed, ${count('failed') + broken} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
    );
  },
};
