import { startXnat } from './startXnat.ts';
import { XnatOptions } from './xnatOptions.ts';

// entry of the forked process: its first message holds the options, its answer the URL; it ends with its parent
process.once('message', async (message) => {
  try {
    const xnat = await startXnat(XnatOptions.parse(message));
    const end = () => void xnat.stop().finally(() => process.exit(0));
    if (!process.connected) return end();
    process.on('disconnect', end);
    process.send?.({ url: xnat.url });
  } catch (error) {
    process.send?.({ failure: error instanceof Error ? error.message : 'unknown' });
    process.exit(1);
  }
});
// Ctrl-C reaches the whole group; the parent ends first, and this one with it, in order
process.on('SIGINT', () => undefined);
