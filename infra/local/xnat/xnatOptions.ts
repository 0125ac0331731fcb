import * as z from 'zod';

const XnatRole = z.enum(['admin', 'member', 'collaborator', 'none']);
export type XnatRole = z.infer<typeof XnatRole>;

export const XnatUser = z.object({
  login: z.string().min(1),
  password: z.string().min(1),
  /** On every project: admin does all, member reads and writes, collaborator reads, none does not even see it. */
  role: XnatRole,
  /** Roles in single projects, over the one above. */
  projects: z.record(z.string(), XnatRole).optional(),
});
export type XnatUser = z.infer<typeof XnatUser>;

/** What the stand-in is started with; crosses the process border as JSON. */
export const XnatOptions = z.object({
  /** Holds the database and the archive; survives restarts. */
  dataDir: z.string(),
  /** 0 picks a free one. */
  port: z.int().nonnegative(),
  users: z.array(XnatUser),
  /** Created at start where absent. */
  projects: z.array(z.string()),
  /** Opens PUT /_faults to anyone who reaches the port: for tests alone. */
  faultRoute: z.boolean().optional(),
  /** Idle time after which a session ends; XNAT's default is 15 minutes. */
  sessionIdleMs: z.int().positive().optional(),
  /** How long a session in the prearchive rests before it is built and archived by itself; XNAT's default is 5 minutes. */
  prearchiveIdleMs: z.int().positive().optional(),
  /** Sessions one user may hold; XNAT's default is 1000. */
  sessionsPerUser: z.int().positive().optional(),
});
export type XnatOptions = z.infer<typeof XnatOptions>;
