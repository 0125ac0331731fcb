import * as z from 'zod';
import type { Registers } from '../submission/ports.ts';
import { PreviousReceipt } from './PreviousReceipt.ts';

/** By XNAT's address of the session, which no other label changes, and which no other session ever gets. */
const nameOf = (uri: string) => `receipt${uri}`;

/** The newest receipt, or addendum, that was sealed for a session: what the next one is chained to. */
export async function lastReceipt(registers: Registers, uri: string): Promise<PreviousReceipt | undefined> {
  const { value } = await registers.read(nameOf(uri));
  return PreviousReceipt.safeParse(value).data;
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
export async function noteReceipt(registers: Registers, uri: string, receipt: Sealed): Promise<void> {
  const { previous, ...noted } = receipt;
  for (;;) {
    const { version, value } = await registers.read(nameOf(uri));
    const standing = Noted.safeParse(value).data;
    const isNext =
      standing === undefined || standing.sha256 === previous?.sha256 || standing.issuedAt < receipt.issuedAt;
    if (!isNext || (await registers.swap(nameOf(uri), { version, value: noted satisfies z.infer<typeof Noted> }))) {
      return;
    }
  }
}
