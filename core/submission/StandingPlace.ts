/** What XNAT holds where a session is to go. */
export interface StandingPlace {
  /** The project has no subject of this label. */
  isSubjectNew: boolean;
  /** The session of this label, whoever's it is. */
  session: StandingSession | undefined;
  /** XNAT's ids of other sessions of the project that hold the same study. */
  elsewhere: string[];
}

interface StandingSession {
  /** XNAT's own. */
  id: string;
  xsiType: string;
  /** Is it under the subject that is asked for? */
  isOfSubject: boolean;
  study: string | undefined;
  scans: { scan: string; series: string | undefined }[];
}
