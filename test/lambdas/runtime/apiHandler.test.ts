import '../../fakes/quietLog.ts';

import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { DomainError } from '../../../core/submission/codes/DomainError.ts';
import { type DomainErrorCode, errorCatalogue } from '../../../core/submission/codes/errorCatalogue.ts';
import { Problem } from '../../../core/submission/contracts/api.ts';
import { apiHandler } from '../../../lambdas/runtime/apiHandler.ts';
import { apiRoute } from '../../../lambdas/runtime/apiRoute.ts';
import { lambdaContext } from '../../fakes/lambdaContext.ts';
import { eventOf } from '../../fakes/openApi.ts';
import { portsOf } from '../../fakes/portsOf.ts';

const isCode = (code: string): code is DomainErrorCode => Object.hasOwn(errorCatalogue, code);
const codes = Object.keys(errorCatalogue).filter(isCode);

const answering = (answer: () => Promise<{ status: number; body: { fine: boolean } }>) =>
  apiHandler(
    apiRoute('getSubmission', { request: z.object({}), result: z.object({ fine: z.boolean() }) }, () => answer),
    () => portsOf({}),
  );

describe('a route as a Lambda function', () => {
  test.each(codes.map((code) => ({ code })))(
    'answers $code as a problem with a status of its own',
    async ({ code }) => {
      const handler = answering(() => Promise.reject(new DomainError(code, 'Cannot do it: it is not done')));
      const { statusCode, headers, body } = await handler(eventOf({}), lambdaContext);
      const problem = Problem.parse(JSON.parse(body));
      expect(statusCode).toBeGreaterThanOrEqual(400);
      expect(problem).toMatchObject({ code, status: statusCode, type: `urn:airlock:problem:${code}` });
      expect(problem).toMatchObject({ title: errorCatalogue[code].meaning, detail: 'Cannot do it: it is not done' });
      expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
    },
  );

  test('says nothing of a fault that is not known', async () => {
    const handler = answering(() => Promise.reject(new Error('DOE^JOHN')));
    const { statusCode, body } = await handler(eventOf({}), lambdaContext);
    expect({ statusCode, code: JSON.parse(body).code }).toEqual({ statusCode: 500, code: 'UnexpectedFault' });
    expect(body).not.toContain('DOE');
  });

  test('lets nothing out that its contract does not name', async () => {
    const handler = answering(async () => ({ status: 200, body: { fine: true, secret: 'x' } }));
    const { statusCode, body } = await handler(eventOf({}), lambdaContext);
    expect({ statusCode, body }).toEqual({ statusCode: 200, body: '{"fine":true}' });
  });

  test.each([{ fails: false }, { fails: true }])(
    'carries the headers that browsers guard by (fails: $fails)',
    async ({ fails }) => {
      const handler = answering(async () => {
        if (fails) throw new DomainError('StateConflict', 'Cannot do it: not now');
        return { status: 200, body: { fine: true } };
      });
      const { headers } = await handler(eventOf({}), lambdaContext);
      const byName = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
      expect(byName).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'strict-transport-security': expect.stringContaining('max-age='),
        'referrer-policy': 'no-referrer',
      });
    },
  );

  test('is closed without a token', async () => {
    const handler = answering(async () => ({ status: 200, body: { fine: true } }));
    const { statusCode, body } = await handler({ requestContext: {} }, lambdaContext);
    expect({ statusCode, code: JSON.parse(body).code }).toEqual({ statusCode: 401, code: 'Unauthenticated' });
  });

  test('reads a body that came as base64', async () => {
    const route = apiRoute(
      'createSubmission',
      { request: z.object({ body: z.object({ a: z.int() }) }), result: z.object({ a: z.int() }) },
      () =>
        async ({ body }) => ({ status: 200, body }),
    );
    const event = { ...Object(eventOf({ body: Buffer.from('{"a":1}').toString('base64') })), isBase64Encoded: true };
    const { body } = await apiHandler(route, () => portsOf({}))(event, lambdaContext);
    expect(body).toBe('{"a":1}');
  });
});
