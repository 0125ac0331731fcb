import { createHash } from 'node:crypto';
import { limits } from '../../core/policy/limits.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { ObjectStore, StoredObject } from '../../core/submission/ports.ts';

interface Version {
  object: StoredObject;
  bytes: Uint8Array;
}

/** The ObjectStore port in memory, with versions and S3's two kinds of SHA-256. */
export function memoryObjectStore(): ObjectStore {
  const versions = new Map<string, Version[]>();
  let count = 0;
  const add = (key: string, bytes: Uint8Array, checksumSha256: string): StoredObject => {
    count += 1;
    const object = { sizeBytes: bytes.length, versionId: `v${count}`, checksumSha256 };
    versions.set(key, [...(versions.get(key) ?? []), { object, bytes }]);
    return object;
  };
  const keysUnder = (prefix: string) => [...versions.keys()].filter((key) => key.startsWith(prefix));
  return {
    head: async (key) => versions.get(key)?.at(-1)?.object,
    async *read(key, { range, versionId } = {}) {
      const found = versions.get(key) ?? [];
      const version =
        versionId === undefined ? found.at(-1) : found.find(({ object }) => object.versionId === versionId);
      if (version === undefined) throw new DomainError('ObjectMissing', 'Read an object: it is not there');
      const bytes = range === undefined ? version.bytes : version.bytes.subarray(range.start, range.end);
      if (bytes.length > 0) yield bytes.slice();
    },
    async write(key, body, { ifAbsent = false } = {}) {
      if (ifAbsent && versions.has(key)) return false;
      add(key, body.slice(), sha256(body).toString('base64'));
      return true;
    },
    async writeStream(key, body) {
      const bytes = Buffer.concat(await Array.fromAsync(body));
      return add(key, bytes, multipartSha256(bytes));
    },
    async removeAll(prefix) {
      for (const key of keysUnder(prefix)) versions.delete(key);
    },
    async *list(prefix) {
      yield* keysUnder(prefix).sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
    },
  };
}

function multipartSha256(bytes: Uint8Array): string {
  if (bytes.length <= limits.streamPartBytes) return sha256(bytes).toString('base64');
  const parts: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += limits.streamPartBytes) {
    parts.push(sha256(bytes.subarray(start, start + limits.streamPartBytes)));
  }
  return `${sha256(Buffer.concat(parts)).toString('base64')}-${parts.length}`;
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
