import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Address } from './address.ts';
import type { ArchiveFolder } from './archiveFolder.ts';
import type { ArchiveStore } from './archiveStore.ts';
import type { Faults } from './faults.ts';
import type { Logins, Session } from './logins.ts';
import type { PrearchiveStore } from './prearchive/prearchiveStore.ts';
import type { XnatUser } from './xnatOptions.ts';

/** Everything a route works on. */
export interface Site {
  store: ArchiveStore;
  prearchive: PrearchiveStore;
  folder: ArchiveFolder;
  logins: Logins;
  faults: Faults;
  now(): Date;
}

/** One request after sign-in. */
export interface Call {
  method: string;
  address: Address;
  query: URLSearchParams;
  request: IncomingMessage;
  user: XnatUser;
  session: Session;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string | Readable;
}

export type Route = (call: Call, site: Site) => Answer | Promise<Answer>;

export const text = (body: string, status = 200): Answer => ({
  status,
  headers: { 'Content-Type': 'text/plain;charset=UTF-8' },
  body,
});

export const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json;charset=UTF-8' },
  body: JSON.stringify(value),
});
