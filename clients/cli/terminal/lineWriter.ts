import type { Writable } from 'node:stream';

/** So much is written at once; a line by itself costs as much as to find out what it says. */
const enough = 16 * 1024;

/** Lines for a stream: written when the work pauses, when they are many, and when they are asked for. */
export function lineWriter(stream: Pick<Writable, 'write'>) {
  let waiting = '';
  let isPlanned = false;
  const flush = () => {
    const lines = waiting;
    waiting = '';
    if (lines !== '') stream.write(lines);
  };
  return {
    line(text: string): void {
      waiting += `${text}\n`;
      if (waiting.length >= enough) flush();
      if (isPlanned || waiting === '') return;
      isPlanned = true;
      setImmediate(() => {
        isPlanned = false;
        flush();
      });
    },
    flush,
  };
}
