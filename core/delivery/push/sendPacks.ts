import type { Delivery } from '../../submission/contracts/steps.ts';
import type { Ports } from '../../submission/ports.ts';
import type { Turn } from '../turns/takeTurn.ts';

/** Sends the packs that hold the given files, and none that is complete in XNAT; then has XNAT read their headers. */
export async function sendPacks(
  { clean, archive }: Pick<Ports, 'clean' | 'archive'>,
  delivery: Delivery,
  { files, turn }: { files: readonly Delivery['files'][number][]; turn: Turn },
): Promise<void> {
  const awaited = new Set(files.map(({ pack }) => pack));
  for (const { key } of delivery.packs) {
    if (!awaited.has(key)) continue;
    await archive.putPack(delivery, { name: nameOf(key), body: turn.keeping(clean.read(key)) });
  }
  await turn.keep();
  await archive.readHeaders(delivery);
}

const nameOf = (key: string) => key.slice(key.lastIndexOf('/') + 1);
