import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import httpSecurityHeaders from '@middy/http-security-headers';
import * as z from 'zod';
import type { Ports } from '../../core/submission/ports.ts';
import type { Answer, ApiRoute, Elsewhere } from './apiRoute.ts';
import { faultRecord, neutralError } from './faultRecord.ts';
import { issuesOf } from './issuesOf.ts';
import { logger } from './logger.ts';
import { once } from './once.ts';
import { lambdaPorts, signOut } from './ports.ts';
import { problemDetails } from './problemDetails.ts';
import type { LambdaFunction } from './stepHandler.ts';

/** API Gateway's answer, payload format 2.0. */
interface ApiResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** The Lambda function of one route. Whatever goes wrong answers as problem+json (RFC 9457). */
export function apiHandler(route: ApiRoute, ports: () => Ports = lambdaPorts): LambdaFunction<ApiResponse> {
  const run = once(() => route(ports()));
  return (
    middy<unknown, ApiResponse>()
      .use(injectLambdaContext(logger, { logEvent: false, resetKeys: true }))
      // No document is served here that could ask for a camera
      .use(httpSecurityHeaders({ permissionsPolicy: false }))
      .onError((request) => {
        request.response = problemResponse(request.error);
      })
      .handler(async (event: unknown) => {
        const answer = await run()(event).finally(signOut);
        return 'location' in answer ? seeOther(answer) : response(answer);
      })
  );
}

const response = ({ status, body }: Answer<unknown>, contentType = 'application/json'): ApiResponse => ({
  statusCode: status,
  headers: { 'content-type': contentType, 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});

const seeOther = ({ location }: Elsewhere): ApiResponse => ({
  statusCode: 303,
  headers: { location, 'cache-control': 'no-store' },
  body: '',
});

function problemResponse(error: unknown): ApiResponse {
  const { name: code, message: detail } = neutralError(error);
  const problem = problemDetails({ code, detail, issues: code === 'RequestInvalid' ? issuesBehind(error) : undefined });
  if (problem.status >= 500) logger.error('request failed', { fault: faultRecord(error) });
  else logger.info('request refused', { code });
  return response({ status: problem.status, body: problem }, 'application/problem+json');
}

const issuesBehind = (error: unknown) =>
  error instanceof Error && error.cause instanceof z.ZodError ? issuesOf(error.cause) : undefined;
