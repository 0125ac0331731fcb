import { bytesToHex } from '@noble/hashes/utils.js';
import { keyedDigest } from '../identity/keyedDigest.ts';
import type { Identifiers } from './harvestIdentifiers.ts';
import { foldAscii } from './identifierTexts.ts';
import { shortestText, squeezed } from './labelIdentifies.ts';
import { wordsOf } from './namingTexts.ts';

/** Enough that no label meets one by chance. */
const DIGEST_BYTES = 8;
const LABEL_LENGTH = 64;

const digestOf = (key: Uint8Array, kind: 'part' | 'word', text: string) =>
  bytesToHex(keyedDigest(key, 'label', [kind, text]).subarray(0, DIGEST_BYTES));

/** What has other characters, or more, stands in no label. */
const mayStand = (text: string) => text.length <= LABEL_LENGTH && /^[a-z0-9_-]+$/.test(text);

/**
 * What `labelIdentifies` asks a file, as digests under the project's key: a label can be looked at with them when the
 * file is gone, and they tell nobody who has not the key what they stand for.
 */
export function labelDigests({ texts, words, dates }: Identifiers, key: Uint8Array): string[] {
  const bare = [...texts].map(squeezed).filter((text) => text.length >= shortestText);
  const parts = new Set([...texts, ...bare, ...dates].filter(mayStand));
  return [
    ...[...parts].map((text) => digestOf(key, 'part', text)),
    ...[...words].filter(mayStand).map((text) => digestOf(key, 'word', text)),
  ];
}

/** True for a label in which something stands that one of these digests was made of: as `labelIdentifies` of the file. */
export function labelIsDigested(digests: ReadonlySet<string>, key: Uint8Array, label: string): boolean {
  const lower = foldAscii(label);
  if (wordsOf(lower).some((word) => digests.has(digestOf(key, 'word', word)))) return true;
  const readings = [lower, squeezed(label), lower.replaceAll('-', '')];
  const parts = new Set(readings.flatMap(partsOf));
  return [...parts].some((part) => digests.has(digestOf(key, 'part', part)));
}

/** Every part that is long enough. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  for (let start = 0; start + shortestText <= text.length; start += 1) {
    for (let end = start + shortestText; end <= text.length; end += 1) parts.push(text.slice(start, end));
  }
  return parts;
}
