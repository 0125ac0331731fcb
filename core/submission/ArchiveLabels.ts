import type { SessionLabels } from './contracts/Submission.ts';
import type { ArchivedFile } from './ports.ts';

/** Where a session is. */
export interface FoundSession extends SessionLabels {
  xnatProject: string;
  study: string | undefined;
}

/**
 * Sessions of XNAT by their addresses, which no other label changes. Every call is safe to repeat.
 * @throws DomainError XnatUnavailable, XnatRefused
 */
export interface ArchiveLabels {
  /** Where the session of this address is by now, whoever put it there; undefined where there is none. */
  findSession(uri: string): Promise<FoundSession | undefined>;
  /** A subject by its label, or by XNAT's id, which no other label changes; undefined where there is none. */
  findSubject(place: { xnatProject: string; subject: string }): Promise<{ id: string; subject: string } | undefined>;
  /** Files in the own resources of the session, or scan, of this address; empty where there is none. */
  listStored(item: string): Promise<ArchivedFile[]>;
  /**
   * Gives a session the label, then the subject that it has not yet; the subject is made where it is absent.
   * @param job names the work in XNAT's records
   * @throws DomainError XnatBusy while XNAT works on the session, XnatConflict where the label is another's: nothing has
   *   changed then
   */
  relabel(session: FoundSession & { uri: string }, to: SessionLabels, job: string): Promise<void>;
}
