import { expect, test } from 'vitest';
import { stopReason } from '../../../../core/submission/review/stopReason.ts';

const excluded = [
  { file: 0, disposition: 'duplicate', code: 'DuplicateInstance' },
  { file: 1, disposition: 'hold', code: 'BurnedInRisk' },
  { file: 2, disposition: 'refuse', code: 'NotDicom' },
  { file: 3, disposition: 'refuse', code: 'NotDicom' },
] as const;

test.each([
  { reasons: ['NothingToArchive'], tells: 'NothingToArchive BurnedInRisk NotDicom', why: 'every file' },
  { reasons: ['FilesHeld'], tells: 'FilesHeld BurnedInRisk', why: 'the held files' },
  {
    reasons: ['MixedPatients', 'FilesRefused'],
    tells: 'MixedPatients FilesRefused NotDicom',
    why: 'the refused files',
  },
  { reasons: ['MixedStudies'], tells: 'MixedStudies', why: 'labels, not files' },
])('tells the codes that led to a stop about $why, once each', ({ reasons, tells }) => {
  expect(stopReason({ reasons, excluded: [...excluded] })).toBe(tells);
});
