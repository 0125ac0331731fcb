import * as z from 'zod';
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

/** Nothing stands under this label any more: a session that takes it later follows no receipt. Safe to repeat. */
export async function forgetReceipt(registers: Registers, place: Labelled): Promise<void> {
  for (;;) {
    const { version, value } = await registers.read(nameOf(place));
    if (!PreviousReceipt.safeParse(value).success) return;
    if (await registers.swap(nameOf(place), { version, value: null })) return;
  }
}

const Noted = PreviousReceipt.extend({ issuedAt: z.iso.datetime() });

interface Sealed extends z.infer<typeof Noted> {
  /** What it is an addendum to. */
  previous: PreviousReceipt | undefined;
}

/**
 * Notes a receipt where the one it follows stands, or an older one: sealing an older submission once more changes
 * nothing. Safe to repeat. @throws DomainError StorageUnavailable
 */
export async function noteReceipt(registers: Registers, place: Labelled, receipt: Sealed): Promise<void> {
  const { previous, ...noted } = receipt;
  for (;;) {
    const { version, value } = await registers.read(nameOf(place));
    const standing = Noted.safeParse(value).data;
    const isNext =
      standing === undefined || standing.sha256 === previous?.sha256 || standing.issuedAt < receipt.issuedAt;
    if (!isNext || (await registers.swap(nameOf(place), { version, value: noted satisfies z.infer<typeof Noted> }))) {
      return;
    }
  }
}
