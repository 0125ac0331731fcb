import { expect, test } from 'vitest';
import { readPolicy } from '../../../core/policy/readPolicy.ts';

const policy = { project: 'DEMO', xnatProject: 'DEMO', sites: ['demo'] };
const rule = { label: 'NIFTI', endings: ['.nii'] };

test('a rule goes to the session and holds, where it says nothing else', () => {
  expect(readPolicy({ ...policy, resources: [rule] }).resources).toEqual([
    { ...rule, level: 'session', disposition: 'hold', format: '', content: '', tags: '' },
  ]);
});

test.each([
  { why: 'a folder tells them apart', others: [{ ...rule, folder: 'nifti', label: 'OTHER' }] },
  { why: 'they are of different levels', others: [{ ...rule, endings: ['.gz'], level: 'project', format: 'GZ' }] },
  { why: 'they agree on their resource', others: [{ ...rule, endings: ['.gz'] }] },
])('two rules stand beside each other when $why', ({ others }) => {
  expect(readPolicy({ ...policy, resources: [rule, ...others] }).resources).toHaveLength(2);
});

test.each([
  { why: 'it has an unknown level', resources: [{ ...rule, level: 'site' }], says: 'resources.0.level' },
  { why: 'its label is taken', resources: [{ ...rule, label: 'AIRLOCK' }], says: 'taken' },
  { why: 'its label is a number', resources: [{ ...rule, label: '12' }], says: 'more than a number' },
  { why: 'its label is no label', resources: [{ ...rule, label: '../x' }], says: 'resources.0.label' },
  { why: 'its folder is a path', resources: [{ ...rule, folder: 'a/b' }], says: 'resources.0.folder' },
  { why: 'two rules take one ending', resources: [rule, { ...rule, level: 'subject' }], says: 'Two rules take .nii' },
  {
    why: 'two rules take one ending of one folder, in another case',
    resources: [
      { ...rule, folder: 'X' },
      { ...rule, folder: 'x' },
    ],
    says: 'Two rules take .nii',
  },
  {
    why: 'two rules of one resource disagree',
    resources: [rule, { ...rule, endings: ['.gz'], format: 'GZ' }],
    says: 'resources.1 (Two rules of one resource differ',
  },
  {
    why: 'it tells a scan by number where there is none',
    resources: [{ ...rule, seriesAfter: 'scan-' }],
    says: 'Only a rule of level scan',
  },
])('a policy is refused by code when $why', ({ resources, says }) => {
  const refused = expect.objectContaining({ name: 'PolicyInvalid', message: expect.stringContaining(says) });
  expect(() => readPolicy({ ...policy, resources })).toThrow(refused);
});

test('a policy that is none is refused too', () => {
  expect(() => readPolicy(undefined)).toThrow(expect.objectContaining({ name: 'PolicyInvalid' }));
});
