import { expect, test } from 'vitest';
import { ProjectPolicy } from '../../../core/policy/ProjectPolicy.ts';
import { assignResources } from '../../../core/submission/assignResources.ts';
import { demoPolicy } from '../../fixtures/submissions.ts';

const { resources } = ProjectPolicy.parse({
  ...demoPolicy,
  resources: [
    { label: 'PACKED', endings: ['.gz'] },
    { label: 'NIFTI', endings: ['.nii.gz', '.nii', '.json'] },
  ],
});
const assigned = (...paths: string[]) =>
  [
    ...assignResources(
      paths.map((path, file) => ({ path, file })),
      resources,
    ),
  ].map(([file, { label, name }]) => `${file} ${label} ${name}`);

test.each([
  {
    why: 'the longest ending counts',
    paths: ['a.nii.gz', 'b.gz'],
    names: ['0 NIFTI 000000.nii.gz', '1 PACKED 000001.gz'],
  },
  { why: 'case does not', paths: ['A.NII'], names: ['0 NIFTI 000000.nii'] },
  {
    why: 'sidecars share the number',
    paths: ['x/a.json', 'x/a.nii'],
    names: ['0 NIFTI 000000.json', '1 NIFTI 000000.nii'],
  },
  {
    why: 'folders keep them apart',
    paths: ['x/a.json', 'y/a.json'],
    names: ['0 NIFTI 000000.json', '1 NIFTI 000001.json'],
  },
  { why: 'no two have one name', paths: ['a.nii', 'a.NII'], names: ['0 NIFTI 000000.nii', '1 NIFTI 000001.nii'] },
  { why: 'others have no place', paths: ['a.exe', 'nii', 'a.nii.exe'], names: [] },
])('$why', ({ paths, names }) => {
  expect(assigned(...paths)).toEqual(names);
});
