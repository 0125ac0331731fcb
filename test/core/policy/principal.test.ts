import { describe, expect, test } from 'vitest';
import { principalOf, requireAccess } from '../../../core/policy/principal.ts';

const person = { sub: 'subject-1', client_id: 'portal', token_use: 'access' };
const machine = { sub: 'gateway', client_id: 'gateway', token_use: 'access' };
const ofNorth = { site: 'north', subject: 'subject-1', roles: ['uploader'] };

describe('the principal of a token', () => {
  test.each([
    { why: 'groups as a list', claims: { ...person, 'cognito:groups': ['site-north', 'uploader'] }, is: ofNorth },
    {
      why: 'groups as API Gateway writes them',
      claims: { ...person, 'cognito:groups': '[site-north uploader]' },
      is: ofNorth,
    },
    { why: 'groups with commas', claims: { ...person, 'cognito:groups': '[site-north, uploader]' }, is: ofNorth },
    {
      why: 'several roles and a group of somebody else',
      claims: { ...person, 'cognito:groups': ['auditor', 'operator', 'site-a-1', 'staff'] },
      is: { site: 'a-1', subject: 'subject-1', roles: ['operator', 'auditor'] },
    },
    {
      why: 'scopes of a machine',
      claims: { ...machine, scope: 'airlock/site-north airlock/uploader other/operator' },
      is: { site: 'north', subject: 'gateway', roles: ['uploader'] },
    },
    {
      why: 'scopes that a person asked for, which grant nothing',
      claims: {
        ...person,
        'cognito:groups': ['site-north', 'uploader'],
        scope: 'openid airlock/operator airlock/site-south',
      },
      is: ofNorth,
    },
    {
      why: 'a site without a role',
      claims: { ...person, 'cognito:groups': ['site-north'] },
      is: { site: 'north', subject: 'subject-1', roles: [] },
    },
  ])('follows $why', ({ claims, is }) => {
    expect(principalOf(claims)).toEqual(is);
  });

  test.each([
    { why: 'there are no claims', claims: undefined, code: 'Unauthenticated' },
    { why: 'there is no subject', claims: { 'cognito:groups': ['site-north'] }, code: 'Unauthenticated' },
    {
      why: 'it is an ID token',
      claims: { ...person, token_use: 'id', 'cognito:groups': ['site-north', 'uploader'] },
      code: 'Unauthenticated',
    },
    { why: 'it names no site', claims: { ...person, 'cognito:groups': ['uploader'] }, code: 'Forbidden' },
    { why: 'it names two sites', claims: { ...person, 'cognito:groups': ['site-a', 'site-b'] }, code: 'Forbidden' },
    { why: 'its site has no proper name', claims: { ...person, 'cognito:groups': ['site-../x'] }, code: 'Forbidden' },
    {
      why: 'a person has scopes alone',
      claims: { ...person, scope: 'airlock/site-north airlock/uploader' },
      code: 'Forbidden',
    },
    { why: 'a machine has groups alone', claims: { ...machine, 'cognito:groups': ['site-north'] }, code: 'Forbidden' },
  ])('is refused when $why', ({ claims, code }) => {
    expect(() => principalOf(claims)).toThrow(expect.objectContaining({ name: code }));
  });

  test('opens a route by any of its roles and by no other', () => {
    expect(() => requireAccess({ ...ofNorth, roles: ['operator'] }, 'resumeSubmission')).not.toThrow();
    expect(() => requireAccess({ ...ofNorth, roles: ['uploader', 'auditor'] }, 'resumeSubmission')).toThrow(
      expect.objectContaining({ name: 'Forbidden' }),
    );
  });
});
