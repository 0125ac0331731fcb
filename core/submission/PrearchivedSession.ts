/** A session that waits in XNAT's prearchive for being archived. */
export interface PrearchivedSession {
  /** XNAT's address, relative to its root. */
  uri: string;
  /** XNAT works on it, or gave up on it. */
  state: 'open' | 'busy' | 'refused';
  /** File names by scan. */
  scans: { scan: string; names: string[] }[];
}
