import type { Delivery } from '../../submission/contracts/steps.ts';
import type { Archive, ArchivedFile } from '../../submission/ports.ts';

type Awaited = Delivery['files'][number];

interface Comparison {
  /** Listed under our name, with our SOP Instance UID. */
  equal: { awaited: Awaited; listed: ArchivedFile }[];
  absent: Awaited[];
  /** Of another instance. */
  different: Awaited[];
  /** Listed under names that are not ours. */
  foreign: ArchivedFile[];
}

/** Compares a delivery by its instances with an archive that wrote its files again. */
export async function compareInstances(
  archive: Pick<Archive, 'listFiles' | 'listInstances'>,
  delivery: Delivery,
): Promise<Comparison> {
  const listed = new Map((await archive.listFiles(delivery)).map((file) => [file.name, file]));
  const instances = listed.size === 0 ? new Map<string, string>() : await archive.listInstances(delivery);
  const comparison: Comparison = { equal: [], absent: [], different: [], foreign: [] };
  for (const awaited of delivery.files) {
    const file = listed.get(awaited.name);
    listed.delete(awaited.name);
    if (file === undefined) comparison.absent.push(awaited);
    else if (instances.get(awaited.name) === instanceOf(awaited)) comparison.equal.push({ awaited, listed: file });
    else comparison.different.push(awaited);
  }
  comparison.foreign = [...listed.values()];
  return comparison;
}

/** A clean file is named after its instance. */
const instanceOf = ({ name }: Awaited) => name.replace(/\.dcm$/, '');
