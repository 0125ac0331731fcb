import * as z from 'zod';
import { S3Options, type S3Server } from './s3Options.ts';
import { startS3 } from './startS3.ts';

/** What the parent sends: options once, then questions. */
export const S3Command = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('start'), options: S3Options }),
  z.object({ kind: z.literal('count'), id: z.int() }),
  z.object({ kind: z.literal('stop') }),
]);
export type S3Command = z.infer<typeof S3Command>;

let server: S3Server | undefined;

process.on('message', async (message) => {
  const command = S3Command.parse(message);
  if (command.kind === 'start') {
    const onObjectCreated = (event: unknown) => process.send?.({ kind: 'created', event });
    try {
      server = await startS3({ ...command.options, onObjectCreated });
      process.send?.({ kind: 'started', url: server.url });
    } catch (error) {
      process.send?.({ kind: 'failed', reason: error instanceof Error ? error.message : 'unknown' });
      process.disconnect();
    }
  }
  if (command.kind === 'count') process.send?.({ kind: 'counted', id: command.id, counts: await server?.counts() });
  if (command.kind === 'stop') {
    await server?.stop();
    process.exit(0);
  }
});

// the parent decides when to end, be it by dying: an interrupt of the terminal reaches both at once
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
