import * as z from 'zod';

/** Faults and quirks that a test switches. Each `set` replaces all of them: what is absent returns to its default. */
export const FaultSettings = z.strictObject({
  /** Nothing answers for so long. */
  downMs: z.int().nonnegative().default(0),
  downAnswer: z.enum(['reset', '503']).default('reset'),
  /** Sent with a 503 while it is down, when more than 0. */
  retryAfterSeconds: z.int().nonnegative().default(0),
  /** 500 on the first write to each path, before or after the work is done. */
  failOnce: z.enum(['never', 'beforeWrite', 'afterWrite']).default('never'),
  /** So many next writes are done, but the connection breaks before the answer. */
  dropReplies: z.int().nonnegative().default(0),
  /** So many next requests with a session cookie answer 401, and their session ends. */
  endSessions: z.int().nonnegative().default(0),
  /** So many next requests get the login page with status 200 instead of what they asked for. */
  htmlAnswers: z.int().nonnegative().default(0),
  /** So many next writes are done, but their proxy has given up before and answers 504. */
  gatewayTimeouts: z.int().nonnegative().default(0),
  /** So many next requests are led to `redirectTo`. */
  redirects: z.int().nonnegative().default(0),
  redirectTo: z.string().default('/app/template/Login.vm'),
  /** The connection breaks at this one of the next requests, counted from 1, before or after its work is done. */
  breakAt: z.int().nonnegative().default(0),
  breakMoment: z.enum(['beforeWork', 'afterWork']).default('beforeWork'),
  /** Every request waits so long. */
  slowMs: z.int().nonnegative().default(0),
  /** So many next file writes put their bytes in place, miss the catalog and answer 500. */
  catalogRaces: z.int().nonnegative().default(0),
  /** Write faults apply to paths that contain this. */
  pathIncludes: z.string().default(''),
  /** The site preference `checksums`. */
  digests: z.boolean().default(true),
  /** A file write without the right to edit answers 200 and stores nothing, as XNAT 1.8 does; else 403. */
  silentRefusal: z.boolean().default(true),
  /** PUT of an existing session label under another subject moves the session, as XNAT does; else 409. */
  movesSessions: z.boolean().default(true),
  /** So many next renames of sessions are refused with 409, since XNAT is at work there. */
  busyRenames: z.int().nonnegative().default(0),
  /** A file write of names that exist answers 200 with JSON as HTML, as XNAT does; else 409. */
  quietDuplicates: z.boolean().default(true),
  /** A raw body of unknown length is refused unless it is a ZIP, as in XNAT. */
  refusesChunked: z.boolean().default(true),
  /** An import into a project that is absent or closed goes by its headers, at last to Unassigned, as in XNAT; else 403. */
  unassignedFallback: z.boolean().default(true),
  /** The series import filter drops objects of this modality; empty drops none. */
  droppedModality: z.string().default(''),
  /** Any word for `overwrite` lets an import merge, as in XNAT; else `append`, `delete` and `override` alone. */
  looseOverwrite: z.boolean().default(true),
  /** The importer writes files again, as XNAT does: their digests change. */
  reencodes: z.boolean().default(true),
  /** The site's anonymisation script gives each file a SOP Instance UID of its own. */
  changesInstances: z.boolean().default(false),
  /** A commit that archived answers 301 without a Location, as XNAT does; else 200. */
  commitAnswers301: z.boolean().default(true),
  /** A commit with `http-session-listener` answers before it archives, as XNAT does from 1.8 on; else after it. */
  queuesCommits: z.boolean().default(true),
  /** A conflict is 400 on import and 500 on services/archive, as in XNAT; else 409 everywhere. */
  mapsConflicts: z.boolean().default(true),
  /** A conflict stays in the prearchive with its log, as in XNAT; else the row goes away. */
  keepsConflicts: z.boolean().default(true),
  /** Lines of an import's answer end with CR LF, as in XNAT. */
  crlfAnswers: z.boolean().default(true),
  /** So long takes the building, and the archiving, of a session in the prearchive. */
  buildMs: z.int().nonnegative().default(0),
  archiveMs: z.int().nonnegative().default(0),
  /** An expired session without other credentials gets the login page with status 200, as XNAT does; else 401. */
  htmlOnExpiry: z.boolean().default(true),
});
export type FaultSettings = z.infer<typeof FaultSettings>;

type Counter =
  | 'dropReplies'
  | 'gatewayTimeouts'
  | 'redirects'
  | 'endSessions'
  | 'htmlAnswers'
  | 'catalogRaces'
  | 'busyRenames';

/** The switchboard: routes and server ask it, tests set it in-process or over the fault route. */
export function faultSwitches(now: () => number) {
  let settings = FaultSettings.parse({});
  let downUntil = 0;
  let seen = 0;
  const failed = new Set<string>();
  return {
    set(input: z.input<typeof FaultSettings>) {
      settings = FaultSettings.parse(input);
      downUntil = now() + settings.downMs;
      seen = 0;
      failed.clear();
    },
    get: () => settings,
    /** When the connection of this request breaks, of all that came since `set`. */
    breakOf(): FaultSettings['breakMoment'] | undefined {
      seen += 1;
      return seen === settings.breakAt ? settings.breakMoment : undefined;
    },
    /** How many requests came since `set`. */
    seen: () => seen,
    isDown: () => now() < downUntil,
    concerns: (path: string) => path.includes(settings.pathIncludes),
    /** True when a counted fault is due; counts it. */
    take(counter: Counter): boolean {
      if (settings[counter] === 0) return false;
      settings = { ...settings, [counter]: settings[counter] - 1 };
      return true;
    },
    /** True on the first write to a path while `failOnce` is set to this moment. */
    failsNow(moment: 'beforeWrite' | 'afterWrite', path: string): boolean {
      if (settings.failOnce !== moment || failed.has(path)) return false;
      failed.add(path);
      return true;
    },
  };
}
export type Faults = ReturnType<typeof faultSwitches>;
