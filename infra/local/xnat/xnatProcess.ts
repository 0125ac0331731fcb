import { startXnat } from './startXnat.ts';
import { XnatOptions } from './xnatOptions.ts';

/** Entry of the forked process: its first message holds the options, its answer the URL; it ends with its parent. */
process.once('message', async (message) => {
  try {
    const xnat = await startXnat(XnatOptions.parse(message));
    process.on('disconnect', () => void xnat.stop().finally(() => process.exit(0)));
    process.send?.({ url: xnat.url });
  } catch (error) {
    process.send?.({ failure: error instanceof Error ? error.message : 'unknown' });
    process.exit(1);
  }
});
