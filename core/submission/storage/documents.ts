import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type * as z from 'zod';
import { limits } from '../../policy/limits.ts';
import { DomainError } from '../codes/DomainError.ts';
import type { Bytes, ObjectStore } from '../ports.ts';

/** The JSON and JSON Lines documents that steps leave for one another; each is parsed by its contract when read. */

const NEWLINE = 0x0a;
const decoder = new TextDecoder('utf-8', { fatal: true });
const parseUtf8 = (bytes: Uint8Array) => decoder.decode(bytes);

/** @throws DomainError ObjectMissing, LimitExceeded; ZodError for what breaks the contract */
export async function readDocument<T>(store: ObjectStore, key: string, schema: z.ZodType<T>): Promise<T> {
  return schema.parse(JSON.parse(parseUtf8(await collect(store.read(key), limits.workDocumentBytes))));
}

/** With `ifAbsent` the document that stands first stays, and the answer is false. */
export async function writeDocument(
  store: ObjectStore,
  key: string,
  value: unknown,
  options: { ifAbsent?: boolean } = {},
): Promise<boolean> {
  return store.write(key, utf8ToBytes(JSON.stringify(value)), options);
}

/** @throws DomainError ObjectMissing, LimitExceeded; ZodError for what breaks the contract */
export async function readLines<T>(store: ObjectStore, key: string, schema: z.ZodType<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const line of lines(store.read(key), limits.workDocumentBytes)) {
    values.push(schema.parse(JSON.parse(parseUtf8(line))));
  }
  return values;
}

export async function writeLines(store: ObjectStore, key: string, values: readonly unknown[]): Promise<void> {
  await store.write(key, utf8ToBytes(values.map((value) => `${JSON.stringify(value)}\n`).join('')));
}

/**
 * Lines of a text without their line feeds, empty ones left out; holds one line at a time.
 * @throws DomainError LimitExceeded above `maxBytes` in all
 */
export async function* lines(body: Bytes, maxBytes: number): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0;
  let rest: Uint8Array[] = [];
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw tooLarge(maxBytes);
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const line = concatBytes(...rest, chunk.subarray(start, end));
      rest = [];
      start = end + 1;
      if (line.length > 0) yield line;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
  if (rest.length > 0) yield concatBytes(...rest);
}

/** @throws DomainError LimitExceeded */
export async function collect(body: Bytes, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return concatBytes(...chunks);
}

const tooLarge = (maxBytes: number) =>
  new DomainError('LimitExceeded', `Cannot hold a document: over ${maxBytes} bytes`);
