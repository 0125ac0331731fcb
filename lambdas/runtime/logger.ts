import { Logger } from '@aws-lambda-powertools/logger';

/** JSON lines with the request's correlation keys. It is given ids, codes and stack frames only, never an event. */
export const logger = new Logger({ serviceName: 'airlock' });
