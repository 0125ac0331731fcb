import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import * as z from 'zod';
import type { Ports } from '../../core/submission/ports.ts';
import { faultRecord } from './faultRecord.ts';
import { logger } from './logger.ts';
import { once } from './once.ts';
import { lambdaPorts } from './ports.ts';
import type { LambdaFunction } from './stepHandler.ts';

const Batch = z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) });

/** SQS: the named messages come again, and after the queue's last try go to its dead letters. */
interface BatchAnswer {
  batchItemFailures: { itemIdentifier: string }[];
}

/** The Lambda function of one queue: each message is handled by itself, and one that fails fails alone. */
export function queueHandler<Message extends z.ZodType>(
  message: Message,
  handle: (ports: Ports) => (message: z.output<Message>) => Promise<void>,
  ports: () => Ports = lambdaPorts,
): LambdaFunction<BatchAnswer> {
  const run = once(() => handle(ports()));
  const succeeds = async (body: string): Promise<boolean> => {
    try {
      await run()(message.parse(JSON.parse(body)));
      return true;
    } catch (error) {
      logger.error('message failed', { fault: faultRecord(error) });
      return false;
    }
  };
  return middy<unknown, BatchAnswer>()
    .use(injectLambdaContext(logger, { logEvent: false, resetKeys: true }))
    .handler(async (event: unknown) => {
      const failures: BatchAnswer['batchItemFailures'] = [];
      for (const { messageId, body } of Batch.parse(event).Records) {
        if (!(await succeeds(body))) failures.push({ itemIdentifier: messageId });
      }
      return { batchItemFailures: failures };
    });
}
