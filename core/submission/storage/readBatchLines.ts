import type * as z from 'zod';
import { DomainError } from '../codes/DomainError.ts';
import { workKeys } from '../contracts/keys.ts';
import { BatchItem } from '../contracts/steps.ts';
import type { ObjectStore } from '../ports.ts';
import { readLines } from './documents.ts';

/**
 * What the items of a map left, over all batches of the plan, in the order of the files.
 * @throws DomainError BatchIncomplete when a batch left nothing
 */
export async function readBatchLines<T extends { file: number }>(
  work: ObjectStore,
  submission: string,
  { key, schema }: { key: (submission: string, batch: string) => string; schema: z.ZodType<T> },
): Promise<T[]> {
  const values: T[] = [];
  for (const { batch } of await readLines(work, workKeys.batches(submission), BatchItem)) {
    const name = key(submission, batch);
    if ((await work.head(name)) === undefined) {
      throw new DomainError('BatchIncomplete', `Cannot read the results of batch ${batch}: it left none`);
    }
    // one by one: a spread of a large batch would overflow the stack
    for (const value of await readLines(work, name, schema)) values.push(value);
  }
  return values.sort((left, right) => left.file - right.file);
}
