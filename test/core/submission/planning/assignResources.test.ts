import { expect, test } from 'vitest';
import { ResourceRules } from '../../../../core/policy/ResourceRules.ts';
import { assignResources } from '../../../../core/submission/planning/assignResources.ts';
import { digest } from '../../../fixtures/submissions.ts';

const rules = ResourceRules.parse([
  { label: 'PACKED', endings: ['.gz'] },
  { label: 'NIFTI', endings: ['.nii.gz', '.nii', '.json'] },
  { label: 'DOCS', endings: ['.json'], folder: 'Docs' },
  { label: 'PHYSIO', endings: ['.log'], level: 'scan', seriesAfter: 'scan-' },
]);

/** Files of these paths, of different bytes, or of the digits given for them. */
const assign = (paths: readonly string[], bytes: readonly string[] = []) =>
  assignResources(
    paths.map((path, file) => ({ path, file, sha256: digest(bytes[file] ?? String(file)) })),
    rules,
  );
const labels = (paths: readonly string[]) => [...assign(paths).values()].map(({ rule }) => rules[rule]?.label);
const names = (...given: Parameters<typeof assign>) => [...assign(...given).values()].map(({ name }) => name);
const stems = (...given: Parameters<typeof assign>) => names(...given).map((name) => name.replace(/\..*/, ''));

test.each([
  { why: 'by the longest ending', path: 'a.nii.gz', label: 'NIFTI' },
  { why: 'by a shorter one', path: 'b.gz', label: 'PACKED' },
  { why: 'whatever its case', path: 'A.NII', label: 'NIFTI' },
  { why: 'by its folder before its ending', path: 'x/docs/y/a.json', label: 'DOCS' },
  { why: 'by a folder of any case', path: 'DOCS/a.json', label: 'DOCS' },
  { why: 'not by a part of a folder', path: 'mydocs/a.json', label: 'NIFTI' },
  { why: 'not by its own name', path: 'docs.json', label: 'NIFTI' },
])('a file is taken $why', ({ path, label }) => {
  expect(labels([path])).toEqual([label]);
});

test('other files have no place', () => {
  expect(names(['a.exe', 'nii', 'a.nii.exe'])).toEqual([]);
});

test('a name is a digest and an ending, whatever the site calls it', () => {
  for (const name of names(['Doe^Jane/DOE JANE.nii.gz', '../../etc/passwd.json', 'a\nb\u0000.nii', 'Ü/ß.GZ'])) {
    expect(name).toMatch(/^[0-9a-f]{16}\.(nii\.gz|json|nii|gz)$/);
  }
});

test('sidecars share a name, and folders keep them apart', () => {
  const [image, sidecar, other] = stems(['x/a.nii', 'x/a.json', 'y/a.json']);
  expect(sidecar).toBe(image);
  expect(other).not.toBe(image);
});

test('the same files have the same names, wherever and beside whatever they are sent', () => {
  const alone = names(['x/a.nii', 'x/a.json'], ['1', '2']);
  expect(names(['y/b.json', 'y/b.nii', 'z.gz'], ['2', '1', '3']).slice(0, 2).sort()).toEqual([...alone].sort());
});

test('other bytes have other names, also those of a sidecar', () => {
  const [before] = stems(['a.nii', 'a.json'], ['1', '2']);
  const [after] = stems(['a.nii', 'a.json'], ['1', '3']);
  expect(after).not.toBe(before);
});

test.each([
  { why: 'differ in case alone', paths: ['a.nii', 'a.NII', 'A.nii'], bytes: ['1', '2', '3'] },
  { why: 'are copies', paths: ['x/a.nii', 'y/a.nii', 'z/b.nii'], bytes: ['1', '1', '1'] },
  { why: 'differ in case alone, and are copies', paths: ['a.nii', 'a.NII'], bytes: ['1', '1'] },
])('no two files that $why have one name', ({ paths, bytes }) => {
  const given = names(paths, bytes);
  expect(new Set(given).size).toBe(paths.length);
});

test.each([
  { path: 'scan-3.log', number: 3 },
  { path: 'scan-3/scan-3_physio.log', number: 3 },
  { path: 'scan-0012/x.log', number: 12 },
  { path: 'scan-3/scan-4.log', number: undefined },
  { path: 'scan-notes/x.log', number: undefined },
  { path: 'x.log', number: undefined },
  { path: 'scan-99999999999.log', number: 999_999_999 },
])('$path tells the series $number', ({ path, number }) => {
  expect(assign([path]).get(0)?.seriesNumber).toBe(number);
});
