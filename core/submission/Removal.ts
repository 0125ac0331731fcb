/**
 * Takes out of XNAT what was put there, by an account of its own that may delete. Addresses are XNAT's, relative to its
 * root, of sessions, scans, subjects and files.
 * @throws DomainError XnatUnavailable, XnatRefused
 */
export interface Removal {
  /** Addresses of the files in the item's own resources; undefined where there is no such item. */
  listFiles(item: string): Promise<string[] | undefined>;
  /** Addresses of the scans of a session, or of the sessions of a subject; undefined where there is no such item. */
  listBelow(item: string): Promise<string[] | undefined>;
  /** Removes an item with all below it, or a file; one that is gone is gone. */
  remove(address: string): Promise<void>;
  /** Takes these values out of the fields of a session, where they are those; answers the names that keep them. */
  clearFields(session: string, fields: Record<string, string>): Promise<string[]>;
  end(): Promise<void>;
}
