import type { Registers } from '../submission/ports.ts';
import { PreviousReceipt } from './PreviousReceipt.ts';

/** A session of XNAT: a label is unique in its project. */
interface Labelled {
  xnatProject: string;
  session: string;
}

const nameOf = ({ xnatProject, session }: Labelled) => `receipt/${xnatProject}/${session}`;

/** The newest receipt that was sealed for a session: what an addendum is chained to. */
export async function lastReceipt(registers: Registers, place: Labelled): Promise<PreviousReceipt | undefined> {
  const { value } = await registers.read(nameOf(place));
  return PreviousReceipt.safeParse(value).data;
}

/** Safe to repeat. @throws DomainError StorageUnavailable */
export async function noteReceipt(registers: Registers, place: Labelled, receipt: PreviousReceipt): Promise<void> {
  for (;;) {
    const { version } = await registers.read(nameOf(place));
    if (await registers.swap(nameOf(place), { version, value: receipt })) return;
  }
}
