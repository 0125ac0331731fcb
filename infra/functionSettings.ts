import type { RouteName } from '../core/submission/contracts/api.ts';
import type { Access } from './Access.ts';

/** Where its file lies, what it is given to run on, and all it may touch. */
interface FunctionSettings {
  folder: 'steps' | 'api' | 'events';
  memoryMb: number;
  timeoutSeconds: number;
  access: readonly Access[];
}

/**
 * A map item runs in an Express execution of at most 5 minutes, in which a worker that died is replaced twice:
 * 3 × 90 s and the pauses between fit. A batch is 10 to 30 s of work.
 */
const batch = { folder: 'steps', memoryMb: 1769, timeoutSeconds: 90 } as const;
/** 1,769 MB are one full vCPU: these steps read or stream the submission's documents or packs. */
const stream = { folder: 'steps', memoryMb: 1769, timeoutSeconds: 900 } as const;
const small = { folder: 'steps', memoryMb: 512, timeoutSeconds: 60 } as const;
const route = { folder: 'api', memoryMb: 512, timeoutSeconds: 10 } as const;
const event = { folder: 'events', memoryMb: 512 } as const;

const steps = {
  planSubmission: { ...stream, access: ['staging.read', 'work.write', 'ledger.write', 'policies'] },
  validateBatch: {
    ...batch,
    access: ['staging.read', 'work.read', 'work.write', 'ledger.read', 'policies', 'deidKey'],
  },
  reviewFindings: { ...stream, access: ['work.read', 'work.write', 'ledger.write', 'policies', 'xnat'] },
  anonymizeBatch: {
    ...batch,
    access: [
      'staging.read',
      'work.read',
      'work.write',
      'clean.write',
      'quarantine.write',
      'ledger.read',
      'policies',
      'deidKey',
    ],
  },
  checkIntegrity: { ...stream, access: ['work.read', 'work.write', 'clean.read', 'ledger.write', 'policies'] },
  pushScan: {
    ...stream,
    access: ['work.read', 'work.write', 'clean.read', 'ledger.read', 'registers', 'policies', 'xnat'],
  },
  confirmArchive: {
    ...stream,
    access: ['work.read', 'work.write', 'clean.read', 'ledger.write', 'registers', 'policies', 'xnat'],
  },
  sealReceipt: {
    ...stream,
    access: [
      'staging.remove',
      'work.read',
      'clean.remove',
      'audit.read',
      'audit.write',
      'ledger.write',
      'registers',
      'policies',
      'signer.sign',
      'xnat',
    ],
  },
  relabelSession: {
    ...stream,
    access: [
      'work.read',
      'work.write',
      'audit.read',
      'audit.write',
      'ledger.write',
      'registers',
      'policies',
      'signer.sign',
      'deidKey',
      'xnat',
    ],
  },
  removeSubmission: {
    ...stream,
    access: [
      'staging.remove',
      'staging.abort',
      'work.read',
      'work.write',
      'work.remove',
      'clean.remove',
      'quarantine.remove',
      'audit.read',
      'audit.certificates',
      'audit.certify',
      'ledger.write',
      'registers',
      'policies',
      'signer.sign',
      'xnat',
      'xnatRemoval',
    ],
  },
  holdSubmission: { ...small, access: ['work.read', 'ledger.write'] },
  rejectSubmission: { ...small, access: ['staging.remove', 'work.read', 'ledger.write'] },
  recordFailure: { ...small, access: ['ledger.write'] },
} as const satisfies Record<string, FunctionSettings>;

const api = {
  describeService: { ...route, access: ['signIn', 'signer.publicKey'] },
  createSubmission: { ...route, access: ['ledger.write', 'policies'] },
  listSubmissions: { ...route, access: ['ledger.read'] },
  getSubmission: { ...route, access: ['ledger.read'] },
  putManifest: { ...route, access: ['staging.putManifest', 'ledger.write'] },
  signParts: { ...route, access: ['staging.putObjects', 'ledger.write'] },
  listParts: { ...route, access: ['staging.putObjects', 'ledger.read'] },
  completeObject: { ...route, access: ['staging.putObjects', 'staging.read', 'ledger.write'] },
  commitSubmission: { ...route, access: ['staging.read', 'staging.commit', 'ledger.write'] },
  resumeSubmission: { ...route, access: ['ledger.write', 'executions', 'policies'] },
  relabelSubmission: { ...route, access: ['ledger.write', 'executions'] },
  listRelabellings: { ...route, access: ['audit.read', 'ledger.read'] },
  withdrawSubmission: { ...route, access: ['ledger.write', 'executions'] },
  getCertificate: { ...route, access: ['audit.certificates', 'ledger.read'] },
  getReceipt: { ...route, access: ['audit.read', 'ledger.read'] },
  listEvents: { ...route, access: ['ledger.read'] },
} as const satisfies Record<RouteName, FunctionSettings>;

const events = {
  startExecution: { ...event, timeoutSeconds: 30, access: ['ledger.write', 'executions', 'commitQueue'] },
  sweepUploads: {
    ...event,
    timeoutSeconds: 900,
    access: ['ledger.write', 'registers', 'staging.remove', 'staging.abort'],
  },
  reconcileSubmissions: {
    ...event,
    timeoutSeconds: 240,
    access: ['ledger.write', 'registers', 'executions'],
  },
} as const satisfies Record<string, FunctionSettings>;

/** Every Lambda function of the system; the name is at once the file's name and the construct's id. */
export const functionSettings = { ...steps, ...api, ...events };
export type FunctionName = keyof typeof functionSettings;
export type StepName = keyof typeof steps;

export const functionNames = Object.keys(functionSettings).filter(isFunctionName);
export const stepNames = Object.keys(steps).filter(isStepName);

function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(functionSettings, name);
}

function isStepName(name: string): name is StepName {
  return Object.hasOwn(steps, name);
}
