import type { RouteName } from '../submission/contracts/api.ts';

/** What a token may grant. Site and roles come from the token alone, never from a request. */
export type Role = 'uploader' | 'operator' | 'auditor';

/** Who may do what: one table, for every route that needs a token. A role counts for the token's own site only. */
export const accessTable = {
  createSubmission: ['uploader'],
  listSubmissions: ['uploader', 'operator', 'auditor'],
  getSubmission: ['uploader', 'operator', 'auditor'],
  putManifest: ['uploader'],
  signParts: ['uploader'],
  listParts: ['uploader'],
  completeObject: ['uploader'],
  commitSubmission: ['uploader'],
  resumeSubmission: ['operator'],
  relabelSubmission: ['operator'],
  listRelabellings: ['uploader', 'operator', 'auditor'],
  withdrawSubmission: ['operator'],
  getCertificate: ['uploader', 'operator', 'auditor'],
  getReceipt: ['uploader', 'operator', 'auditor'],
  listEvents: ['uploader', 'operator', 'auditor'],
} as const satisfies Record<Exclude<RouteName, 'describeService'>, readonly Role[]>;
