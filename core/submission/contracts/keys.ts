/**
 * Every S3 key of the system. Keys hold ids that we made and nothing a person typed: CloudTrail, access logs, events
 * and execution history all record them.
 */
export const stagingKeys = {
  manifest: (submission: string) => `${submission}/manifest.ndjson`,
  object: (submission: string, object: string) => `${submission}/objects/${object}`,
  /** Written once by the API; its creation event starts the workflow. No client ever gets a URL under `control/`. */
  commit: (submission: string) => `control/${submission}/commit.json`,
  all: (submission: string) => `${submission}/`,
};

export const workKeys = {
  batches: (submission: string) => `${submission}/batches.jsonl`,
  batchPlan: (submission: string, batch: string) => `${submission}/plan/${batch}.json`,
  findings: (submission: string, batch: string) => `${submission}/findings/${batch}.jsonl`,
  facts: (submission: string, batch: string) => `${submission}/facts/${batch}.jsonl`,
  review: (submission: string) => `${submission}/review.json`,
  evidence: (submission: string, batch: string) => `${submission}/evidence/${batch}.jsonl`,
  packs: (submission: string, batch: string) => `${submission}/packs/${batch}.jsonl`,
  deliveries: (submission: string) => `${submission}/deliveries.jsonl`,
  delivery: (submission: string, delivery: string) => `${submission}/delivery/${delivery}.json`,
  /** Of a session or a delivery. */
  claim: (submission: string, id: string) => `${submission}/claims/${id}.json`,
  /** Keyed digests of what may not stand in a label. */
  labelDigests: (submission: string, batch: string) => `${submission}/labels/${batch}.jsonl`,
  /** What one attempt found wrong in XNAT. */
  mismatches: (submission: string, attempt: number, delivery: string) =>
    `${submission}/mismatches/a${attempt}-${delivery}.jsonl`,
  /** What a withdrawal found to remove, before it removed anything. */
  withdrawal: (submission: string) => `${submission}/withdrawal.json`,
  all: (submission: string) => `${submission}/`,
  /** What one attempt has read back of a delivery. */
  confirmed: (submission: string, attempt: number, delivery: string) =>
    `${submission}/confirmed/a${attempt}-${delivery}.json`,
  confirmation: (submission: string) => `${submission}/confirmation.json`,
};

export const cleanKeys = {
  /** A batch may hold several runs of files of one scan; each is a pack. */
  pack: (submission: string, scan: string, run: string) => `${submission}/${scan}/${run}.zip`,
  all: (submission: string) => `${submission}/`,
};

export const quarantineKeys = {
  file: (submission: string, file: number) => `${submission}/${file}`,
  all: (submission: string) => `${submission}/`,
};

export const auditKeys = {
  receipt: (submission: string) => `receipts/${submission}.json`,
  /** The addendum of its relabelling of this number, counted from 1. */
  relabelling: (submission: string, number: number) => `receipts/${submission}/relabelling-${number}.json`,
  certificate: (submission: string) => `certificates/${submission}.json`,
};

/** The name of a receipt in the resource AIRLOCK of its sessions in XNAT. */
export const recordName = (submission: string) => `${submission}.json`;

/** The name of an addendum there. */
export const addendumName = (submission: string, number: number) => `${submission}-relabelling-${number}.json`;

/** True for the name of a receipt, or an addendum, of this submission. */
export const isRecordOf = (submission: string, name: string) =>
  name === recordName(submission) || name.startsWith(`${submission}-relabelling-`);

/** The execution name is the idempotency key of StartExecution: at most 80 characters of [0-9A-Za-z_-]. */
export const executionName = (submission: string, attempt: number) => `${submission}-a${attempt}`;

/** The submission id in a commit key, or undefined when the key is none. */
export function submissionOfCommitKey(key: string): string | undefined {
  return /^control\/([0-9A-Za-z_]+)\/commit\.json$/.exec(key)?.[1];
}
