import type { SubmissionView } from '../../core/submission/contracts/api.ts';
import type { FilesSummary } from '../../core/upload/summarizeFiles.ts';
import type { UploadEvent } from '../../core/upload/uploadSubmission.ts';
import type { PlainProblem } from '../words/plainProblem.ts';
import type { FromWorker, PlannedUpload, ReadingProgress } from './workerMessages.ts';

interface SendingProgress {
  submission: string | undefined;
  /** Files in objects that storage confirmed whole. */
  files: number;
  ofFiles: number;
  bytes: number;
  ofBytes: number;
  /** Of `bytes`, what storage held already from an earlier time. */
  skippedBytes: number;
}

/** Where the upload stands; what a step needs is in it and nothing else. */
export type UploadFlow =
  | { step: 'choose'; problem?: PlainProblem }
  | { step: 'reading'; leftOut: string[]; progress: ReadingProgress }
  /** `leftOut`: paths of files that are no research data. */
  | { step: 'found'; leftOut: string[]; summary: FilesSummary; plan?: PlannedUpload; problem?: PlainProblem }
  | {
      step: 'sending';
      status: 'running' | 'pausing' | 'paused' | 'stopped';
      leftOut: string[];
      summary: FilesSummary;
      plan: PlannedUpload;
      sent: SendingProgress;
      problem?: PlainProblem;
    }
  | { step: 'committed'; submission: SubmissionView; paths: string[] };

export type FlowAction =
  | FromWorker
  | { kind: 'chosen'; leftOut: string[]; files: number; bytes: number }
  | { kind: 'sendAsked' }
  | { kind: 'pauseAsked' }
  | { kind: 'reset' };

/** The next state of the flow. What does not fit the present step came too late and changes nothing. */
export function nextFlow(flow: UploadFlow, action: FlowAction): UploadFlow {
  switch (action.kind) {
    case 'reset':
      return { step: 'choose' };
    case 'chosen':
      return {
        step: 'reading',
        leftOut: action.leftOut,
        progress: { files: 0, ofFiles: action.files, bytes: 0, ofBytes: action.bytes },
      };
    case 'inspecting':
      return flow.step === 'reading' ? { ...flow, progress: action.progress } : flow;
    case 'inspected':
      return flow.step === 'reading' ? { step: 'found', leftOut: flow.leftOut, summary: action.summary } : flow;
    case 'planned':
      return flow.step === 'found' ? { ...flow, plan: action.plan } : flow;
    case 'failed':
      return failed(flow, action.problem);
    case 'committed':
      return { step: 'committed', submission: action.submission, paths: action.paths };
    case 'tokenWanted':
      return flow;
    default:
      return nextSending(flow, action);
  }
}

function failed(flow: UploadFlow, problem: PlainProblem): UploadFlow {
  switch (flow.step) {
    case 'found':
      return { ...flow, problem };
    case 'sending': {
      const { leftOut, summary, plan, sent } = flow;
      // Nothing was opened: the person may have to name another project
      if (sent.submission === undefined) return { step: 'found', leftOut, summary, plan, problem };
      return { ...flow, status: 'stopped', problem };
    }
    default:
      return { step: 'choose', problem };
  }
}

type SendingAction = Extract<FlowAction, { kind: 'sendAsked' | 'pauseAsked' | 'paused' | 'event' }>;

function nextSending(flow: UploadFlow, action: SendingAction): UploadFlow {
  if (action.kind === 'sendAsked') return begin(flow);
  if (flow.step !== 'sending') return flow;
  if (action.kind === 'pauseAsked') return { ...flow, status: 'pausing' };
  if (action.kind === 'paused') return { ...flow, status: 'paused' };
  return { ...flow, sent: afterEvent(flow.sent, action.event) };
}

function begin(flow: UploadFlow): UploadFlow {
  if ((flow.step !== 'found' && flow.step !== 'sending') || flow.plan === undefined) return flow;
  const { leftOut, summary, plan } = flow;
  const submission = flow.step === 'sending' ? flow.sent.submission : undefined;
  const sent = { submission, files: 0, ofFiles: plan.files, bytes: 0, ofBytes: plan.bytes, skippedBytes: 0 };
  return { step: 'sending', status: 'running', leftOut, summary, plan, sent };
}

function afterEvent(sent: SendingProgress, event: UploadEvent): SendingProgress {
  switch (event.type) {
    case 'opened':
      return { ...sent, submission: event.submission };
    case 'part':
      return withBytes(sent, event);
    case 'object':
      // The bytes of an object that was sent were counted part by part
      return { ...(event.skipped ? withBytes(sent, event) : sent), files: sent.files + event.files };
    default:
      return sent;
  }
}

const withBytes = (sent: SendingProgress, { bytes, skipped }: { bytes: number; skipped: boolean }) => ({
  ...sent,
  bytes: sent.bytes + bytes,
  skippedBytes: sent.skippedBytes + (skipped ? bytes : 0),
});
