import { expect, test } from 'vitest';
import type { Template } from '../../../infra/local/readTemplate.ts';
import { type LocalAddress, resolveTemplate } from '../../../infra/local/resolveTemplate.ts';

const template: Template = {
  directory: '',
  resources: new Map([['Logs', { Type: 'AWS::Logs::LogGroup', Properties: {} }]]),
  outputs: new Map(),
  exports: new Map([['Data:TableName', { Ref: 'Ledger' }]]),
  parameters: new Map([['Stage', 'prod']]),
};
const addresses = new Map<string, LocalAddress>([
  ['Ledger', { ref: 'sqlite:/data/ledger.sqlite' }],
  ['Staging', { ref: 'staging', attributes: { RegionalDomainName: '127.0.0.1:4181', Arn: 'arn:aws:s3:::staging' } }],
]);
const origins = new Map([['https://issuer.example', 'http://127.0.0.1:4182']]);
const resolve = resolveTemplate(template, { resources: addresses, origins });

test.each([
  { why: 'a reference', value: { Ref: 'Ledger' }, wanted: 'sqlite:/data/ledger.sqlite' },
  { why: 'an attribute', value: { 'Fn::GetAtt': ['Staging', 'Arn'] }, wanted: 'arn:aws:s3:::staging' },
  { why: 'an attribute in dotted form', value: { 'Fn::GetAtt': 'Staging.Arn' }, wanted: 'arn:aws:s3:::staging' },
  {
    why: 'a join, and an AWS host over plain HTTP',
    value: { 'Fn::Join': ['', ['connect-src https://', { 'Fn::GetAtt': ['Staging', 'RegionalDomainName'] }]] },
    wanted: 'connect-src http://127.0.0.1:4181',
  },
  {
    why: 'a substitution with pseudo parameters, attributes and literals',
    value: { 'Fn::Sub': `\${AWS::Region}/\${Staging.Arn}/\${!kept}` },
    wanted: `us-east-1/arn:aws:s3:::staging/\${kept}`,
  },
  {
    why: 'a substitution with values of its own',
    value: { 'Fn::Sub': [`\${table}`, { table: { Ref: 'Ledger' } }] },
    wanted: 'sqlite:/data/ledger.sqlite',
  },
  { why: 'a selection from a split', value: { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b'] }] }, wanted: 'b' },
  { why: 'an import', value: { 'Fn::ImportValue': 'Data:TableName' }, wanted: 'sqlite:/data/ledger.sqlite' },
  { why: 'a parameter', value: { Ref: 'Stage' }, wanted: 'prod' },
  { why: 'an origin written out', value: ['to https://issuer.example'], wanted: ['to http://127.0.0.1:4182'] },
  { why: 'no value', value: { kept: 1, left: { Ref: 'AWS::NoValue' } }, wanted: { kept: 1 } },
])('resolves $why', ({ value, wanted }) => {
  expect(resolve(value)).toEqual(wanted);
});

test.each([
  { why: 'a resource without an address', value: { Ref: 'Logs' }, message: /Ref of Logs \(AWS::Logs::LogGroup\)/ },
  { why: 'an unknown resource', value: { Ref: 'Ghost' }, message: /Ghost \(no resource/ },
  { why: 'an unknown attribute', value: { 'Fn::GetAtt': ['Staging', 'WebsiteURL'] }, message: /WebsiteURL of Staging/ },
  { why: 'an unknown function', value: { 'Fn::Cidr': [] }, message: /Fn::Cidr is not known/ },
  { why: 'an unknown import', value: { 'Fn::ImportValue': 'x' }, message: /nothing is exported as x/ },
  { why: 'an object where a text is wanted', value: { 'Fn::Join': ['', [{ a: 1 }]] }, message: /a object stands/ },
])('refuses $why loudly', ({ value, message }) => {
  expect(() => resolve(value)).toThrow(message);
});
