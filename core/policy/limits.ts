const KIB = 1024;
const MIB = 1024 * KIB;

/** Every limit of the system that a user could meet, each with its reason. Sizes in bytes, times in seconds. */
export const limits = {
  /** Longest path on Linux (PATH_MAX). */
  pathLength: 4096,
  /** 100,000 files are a large study. Seal holds 5 kB of each, and of twice as many 1 GB of its 1,769 MB. */
  manifestFiles: 200_000,
  /** At 500 bytes a line. */
  manifestBytes: 100 * MIB,
  /** S3: at most 10,000 parts of at most 5 GiB, at least 5 MiB each but the last. */
  partsPerObject: 10_000,
  partMinBytes: 5 * MIB,
  /** A client holds four parts and what the platform copies of them: 16 MiB each took more than 400 MB. */
  partDefaultBytes: 8 * MIB,
  /** What the pipeline itself streams into S3: half the requests of a client's part, and two are held at most. */
  streamPartBytes: 16 * MIB,
  /** A part is sent again whole: this takes 9 minutes over 1 Mbit/s. */
  partMaxBytes: 64 * MIB,
  objectMaxBytes: 10_000 * 64 * MIB,
  /** A pack: large enough to save requests, small enough to send again. */
  packTargetBytes: 64 * MIB,
  packMaxBytes: 256 * MIB,
  /** A file above this travels as its own object. */
  packFileMaxBytes: 64 * MIB,
  objectsPerSubmission: 20_000,
  /** Uploads that nobody touched for so long expire. S3 gives up an upload's parts after 7 days by the bucket's own rule. */
  draftDays: 14,
  /** Presigned URLs are signed when needed; 15 minutes carry an 8 MiB part over 75 kbit/s. */
  partUrlSeconds: 15 * 60,
  partsSignedPerRequest: 100,
  /** A client follows the link at once. */
  receiptUrlSeconds: 60,
  /** A batch is 10 to 30 s of work: one map item. */
  batchBytes: 128 * MIB,
  batchFiles: 500,
  /** A ZIP's end record, its comment and its Zip64 records lie in this much of its tail. */
  packTailBytes: 128 * KIB,
  /** Central directory of one pack: 100,000 entries of about 160 bytes. */
  packDirectoryBytes: 32 * MIB,
  packEntries: 100_000,
  /** What a file of a pack may inflate to whatever its data: a mask is nearly all zeros. Beyond it dicomInflateRatio holds. */
  packInflateBytes: 1024 * MIB,
  /** A file that is no DICOM finds its session by the folders it lies in; studies are kept in a few. */
  folderLevels: 16,
  /** DICOM structure (research/security.md, threats T11 to T20). */
  dicomHeadBytes: 64 * MIB,
  dicomTailBytes: 16 * MIB,
  dicomDepth: 32,
  dicomElements: 5_000_000,
  dicomInflateRatio: 200,
  /** A text that is read as one: of all VRs only those without a limit of their own (UC, UR, UT) come near it. */
  dicomTextBytes: MIB,
  /** Values that name people: a usual file has some hundred bytes. As 200,000 forms they take seconds and 200 MB. */
  dicomNamingBytes: 64 * KIB,
  /** UIDs, and days: as many as references to every slice of a thousand large series. */
  dicomReferences: 500_000,
  /** Bytes that are compared to prove one output, beside one look at each: they take a second. */
  dicomSearchSteps: 2 ** 29,
  /** Elements that `airlock deid --diff` tells of one file, twice as many as a large image has; the rest is counted. */
  changesPerFile: 50_000,
  /** What one file departs from the standard in; the rest is counted. */
  findingsPerFile: 50,
  /** API Gateway's own limit is 10 MB; the largest body of this API lists 10,000 parts of 95 bytes to complete. */
  requestBodyBytes: MIB,
  /** Lambda answers with at most 6 MB, in which each quotation mark of the body takes two bytes. */
  answerBytes: 4 * MIB,
  listPageSize: 50,
  /** A client: parts in memory at once, tries of one request, its longest wait between tries and between looks. */
  clientPartsInFlight: 4,
  clientAttempts: 8,
  clientAttemptsRefused: 3,
  /** While nothing has answered yet: a person with a wrong address waits seconds. */
  clientAttemptsUnanswered: 3,
  clientBackoffSeconds: 30,
  clientPollSeconds: 10,
  /** Attempts that the reconciler starts without a person: beyond these the fault does not go away by itself. */
  attemptsUnattended: 10,
  /** Submissions of one state that one run of the reconciler, or of the sweep, visits: at 50 ms each, ten at once, 5 s. */
  visitedPerRun: 1000,
  visitedAtOnce: 10,
  /** XNAT is given work by this many at once: its own desktop client takes six, alone. */
  archiveWriters: 4,
  /** Longer than a quiet while within one call to XNAT; a dead writer's session waits this long for another submission. */
  leaseSeconds: 300,
  leaseRenewSeconds: 60,
  /** So many failures in a row are an outage; from then on one call in a policy's `restSeconds` looks whether it is over. */
  archiveFailuresInRow: 5,
  /** What an archive may ask for by Retry-After: a mistaken date must not close the way for days. */
  archiveRestMaxSeconds: 3600,
  /** JSON documents of the work bucket that a step holds whole. */
  workDocumentBytes: 256 * MIB,
} as const;
