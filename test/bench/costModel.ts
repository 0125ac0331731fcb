/**
 * What one run would cost in AWS: the counts of the run by list prices of us-east-1 without free tier
 * (research/aws.md §13). Egress is left out: it depends on where XNAT is.
 */
const prices = {
  s3PutPer1000: 0.005,
  s3GetPer1000: 0.0004,
  s3StoragePerGbMonth: 0.023,
  lambdaPerGbSecond: 0.0000133334,
  lambdaPerMillion: 0.2,
  transitionsPer1000: 0.025,
  expressPerMillion: 1,
  expressPerGbSecond: 0.00001667,
  tableWritesPerMillion: 0.625,
  apiPerMillion: 1,
  eventsPerMillion: 1,
} as const;

/** An Express execution is billed in chunks of 64 MB. */
const EXPRESS_GB = 0.0625;
/** Staging and clean bytes lie in S3 until Seal; Seal deletes them, and a day covers a hold. */
const STORED_COPIES = 2;
const STORED_DAYS = 1;

export interface RunCounts {
  s3Requests: Record<string, number>;
  /** Of the Standard execution and of Standard children. */
  transitions: number;
  /** Express children and the seconds that they ran. */
  expressExecutions: number;
  expressSeconds: number;
  invocations: { count: number; gbSeconds: number };
  apiRequests: number;
  /** Table items written in transactions: each counts twice. */
  tableWrites: number;
  bytes: number;
}

/** S3 bills these as GET; all else but deletes, which are free, as PUT. */
const reading = /^(Get|Head)/;
const free = /^(Delete|Abort)/;

export function costOf(counts: RunCounts): Record<string, number> {
  const requests = Object.entries(counts.s3Requests);
  const sum = (of: (operation: string) => boolean) =>
    requests.filter(([operation]) => of(operation)).reduce((total, [, count]) => total + count, 0);
  const gets = sum((operation) => reading.test(operation));
  const puts = sum((operation) => !reading.test(operation) && !free.test(operation));
  const gigabytes = counts.bytes / 1e9;
  return {
    s3Requests: (puts * prices.s3PutPer1000 + gets * prices.s3GetPer1000) / 1000,
    s3Storage: (STORED_COPIES * gigabytes * prices.s3StoragePerGbMonth * STORED_DAYS) / 30,
    lambda:
      counts.invocations.gbSeconds * prices.lambdaPerGbSecond +
      (counts.invocations.count * prices.lambdaPerMillion) / 1e6,
    stepFunctions:
      (counts.transitions * prices.transitionsPer1000) / 1000 +
      (counts.expressExecutions * prices.expressPerMillion) / 1e6 +
      counts.expressSeconds * EXPRESS_GB * prices.expressPerGbSecond,
    table: (2 * counts.tableWrites * prices.tableWritesPerMillion) / 1e6,
    apiAndEvents: (counts.apiRequests * prices.apiPerMillion + prices.eventsPerMillion) / 1e6,
  };
}
