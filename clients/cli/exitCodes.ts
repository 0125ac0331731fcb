/** What the exit code of `airlock` says; scripts rely on these numbers. */
export const exitCodes = {
  /** Archived and verified, or the stage that was asked for is reached. */
  archived: 0,
  unexpected: 1,
  usage: 2,
  /** Validation refused: nothing was archived. */
  refused: 3,
  /** Some files were not accepted. */
  partial: 4,
  /** Network, throttling or a busy service: trying again will help. */
  temporary: 5,
  authentication: 6,
  permission: 7,
  /** Something else is there, or files changed. */
  conflict: 8,
  integrity: 9,
  /** A person must decide. */
  held: 10,
  /** The pipeline failed. */
  failed: 11,
  /** Disk or files of this computer. */
  local: 12,
  configuration: 13,
  /** Interrupted; an upload can be resumed. */
  interrupted: 130,
} as const;

export type Exit = keyof typeof exitCodes;
