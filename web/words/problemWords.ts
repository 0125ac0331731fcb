import { errorCatalogue } from '../../core/submission/codes/errorCatalogue.ts';
import { findingCatalogue } from '../../core/submission/codes/findingCatalogue.ts';
import { reviewReasons } from '../../core/submission/codes/reviewReasons.ts';

/** When something went wrong: that decides what it means for the person's data. */
export type Moment = 'signIn' | 'choosing' | 'sending' | 'following' | 'receipt';

const dataWords: Record<Moment, string> = {
  signIn: 'Nothing has left this computer.',
  choosing: 'Nothing has left this computer.',
  sending: 'Nothing is in the archive. What arrived so far is kept in staging, and your own files are untouched.',
  following: 'Your files are in staging. Processing does not depend on this page.',
  receipt: 'Your submission and what is in the archive are not changed by this.',
};

const unknownProblem = {
  meaning: 'Something went wrong that this page does not know',
  action: 'Try again; if it stays, tell your administrator the code',
};

/** Problems that only a browser has: the error catalogue names those of the service. */
const browserProblems: Record<string, { meaning: string; action: string }> = {
  ServiceUnreachable: {
    meaning: 'The service does not answer',
    action: 'Check the network connection, then try again',
  },
  StorageRefused: {
    meaning: 'The storage does not accept what was sent',
    action: 'Check that the clock of this computer is right, then try again',
  },
  AnswerInvalid: {
    meaning: 'The service gives an answer that this page does not understand',
    action: 'Reload the page; if it stays, tell your administrator the code',
  },
  SignInFailed: { meaning: 'The sign-in was not completed', action: 'Sign in again' },
  Unauthenticated: {
    meaning: 'Your sign-in has ended',
    action: 'Sign in again: this page stays as it is, and sending goes on where it stopped',
  },
  FileUnreadable: {
    meaning: 'A file was moved, changed or locked after you chose it',
    action: 'Close programs that use the folder, then choose it again',
  },
  ManifestMismatch: {
    meaning: 'A file is not the same any more as when it was read first',
    action: 'Close programs that write to the folder, then choose it again',
  },
  UnexpectedFault: unknownProblem,
  BrowserTooOld: {
    meaning: 'This browser lacks something that this page needs',
    action: 'Update the browser or use another one; a saved receipt is also verified by the command “airlock verify”',
  },
  NothingChosen: {
    meaning: 'There is no file to send in what you chose',
    action: 'Choose the folder that holds the scans',
  },
};

interface ProblemWords {
  happened: string;
  data: string;
  action: string;
}

/** What happened, what it means for the data, what to do. */
export function problemWords(code: string, moment: Moment): ProblemWords {
  const known = browserProblems[code] ?? lookUp(errorCatalogue, code) ?? unknownProblem;
  return { happened: `${known.meaning}.`, data: dataWords[moment], action: `${known.action}.` };
}

/** Why a submission or a file did not go on, by its code. */
export function reasonWords(code: string): { meaning: string; action: string | undefined } {
  const finding = lookUp(findingCatalogue, code);
  if (finding !== undefined) return { meaning: finding.meaning, action: finding.advice };
  const error = lookUp(errorCatalogue, code);
  if (error !== undefined) return { meaning: error.meaning, action: error.action };
  return lookUp(reviewReasons, code) ?? { meaning: code, action: undefined };
}

function lookUp<T>(table: Record<string, T>, code: string): T | undefined {
  return Object.hasOwn(table, code) ? table[code] : undefined;
}
