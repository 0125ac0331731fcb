import { describe, expect, test } from 'vitest';
import { ownFault } from '../../../../clients/cli/engine/ownFault.ts';
import { refusal } from '../../../../clients/cli/exitOf.ts';
import { DomainError } from '../../../../core/submission/codes/DomainError.ts';

const here = import.meta.filename.slice(0, -'test/clients/cli/engine/ownFault.test.ts'.length);
const named = (name: string, error: Error) => Object.assign(error, { name });
const withMessage = (error: Error, message: string) => Object.assign(error, { message });

describe('of a fault of its own the program tells', () => {
  test.each<{ why: string; error: Error; told: RegExp }>([
    {
      why: 'the class',
      error: new RangeError('DOE^JOHN'),
      told: /^RangeError at test\/clients\/cli\/[\w/]+\.test\.ts:\d+:\d+$/,
    },
    { why: 'no class that somebody named', error: named('DOE^JOHN', new TypeError('x')), told: /^Error at test\// },
    {
      why: 'the code of a refusal',
      error: new DomainError('PolicyInvalid', 'x'),
      told: /^PolicyInvalid at core\/|^PolicyInvalid at test\//,
    },
    {
      why: 'no place that a message imitates',
      error: new TypeError(`DOE\n    at ${here}core/DOE.ts:1:1`),
      told: /^TypeError at test\//,
    },
    {
      why: 'no place elsewhere',
      error: Object.assign(new TypeError('x'), { stack: 'TypeError: x\n    at DOE (/home/doe/john.ts:1:2)' }),
      told: /^TypeError$/,
    },
    {
      why: 'no place with letters that no source has',
      error: Object.assign(new TypeError('x'), { stack: `TypeError: x\n    at ${here}core/DOE^JOHN:1:2` }),
      told: /^TypeError$/,
    },
    {
      why: 'nothing of a message that was changed',
      error: withMessage(new TypeError('DOE'), 'JOHN'),
      told: /^TypeError at test\//,
    },
  ])('$why', ({ error, told }) => {
    expect(ownFault(error)).toMatch(told);
    expect(ownFault(error)).not.toMatch(/DOE|JOHN/);
  });

  test('of what is no error its kind', () => {
    expect(ownFault('DOE^JOHN')).toBe('string');
  });

  test.each([
    { why: 'a refusal of the command line', error: refusal('conflict', 'x') },
    { why: 'a fault of the disk', error: Object.assign(new Error('x'), { syscall: 'write', code: 'ENOSPC' }) },
    { why: 'an interruption', error: named('AbortError', new Error('x')) },
  ])('$why ends the run', ({ error }) => {
    expect(() => ownFault(error)).toThrow(error);
  });
});
