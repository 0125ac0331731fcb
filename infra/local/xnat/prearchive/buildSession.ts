import { setTimeout as wait } from 'node:timers/promises';
import type { Site } from '../call.ts';
import { refusal } from '../refusal.ts';
import type { PrearchiveRow } from './prearchiveStore.ts';

/**
 * Makes a row ready. What arrives meanwhile interrupts it, and the row goes back to receiving.
 * @throws refusal 409 for a row that other work has locked
 */
export async function buildSession({ key }: PrearchiveRow, { prearchive, faults }: Site): Promise<PrearchiveRow> {
  const row = prearchive.getRow(key);
  if (row === undefined) throw refusal(404, 'Unable to find the specified session');
  if (row.status !== 'RECEIVING' && !prearchive.isResting(row)) throw refusal(409, 'session document locked');
  prearchive.setStatus(key, 'BUILDING');
  await wait(faults.get().buildMs);
  const current = prearchive.getRow(key);
  const files = prearchive.listFiles(key);
  if (current?.status === 'RECEIVING_INTERRUPT') prearchive.setStatus(key, 'RECEIVING');
  else if (files.length === 0) prearchive.setStatus(key, 'ERROR', 'No parseable files for the session');
  else prearchive.setStatus(key, 'READY');
  return prearchive.getRow(key) ?? row;
}
