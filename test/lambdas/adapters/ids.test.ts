import { expect, test } from 'vitest';
import { SubmissionId } from '../../../core/submission/contracts/Submission.ts';
import { ulidIds } from '../../../lambdas/adapters/ulidIds.ts';

test('gives ids of our form, none twice, in the order of their milliseconds', async () => {
  const ids = Array.from({ length: 1000 }, () => ulidIds.submission());
  for (const id of ids) expect(SubmissionId.safeParse(id).success).toBe(true);
  expect(new Set(ids).size).toBe(1000);
  await new Promise((resolve) => setTimeout(resolve, 2));
  expect(ulidIds.submission() > (ids[0] ?? '')).toBe(true);
});
