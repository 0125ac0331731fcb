import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { CliContext, Command } from './CliContext.ts';
import { exitCodes } from './exitCodes.ts';
import { exitOf, refusal } from './exitOf.ts';
import { helpText } from './help.ts';
import { endLoading } from './start/streamingFlags.js';
import { reporter } from './terminal/reporter.ts';

/** For those that read what somebody else wrote. */
const withSchemas = (load: () => Promise<Command>) => async () => {
  await import('./start/plainSchemas.ts');
  return load();
};

/** Each is loaded when it is asked for: to load all of them takes longer than to de-identify a hundred slices. */
const commands: Record<string, () => Promise<Command>> = {
  upload: withSchemas(async () => (await import('./commands/upload.ts')).upload),
  status: withSchemas(async () => (await import('./commands/status.ts')).status),
  receipt: withSchemas(async () => (await import('./commands/receipt.ts')).receipt),
  verify: withSchemas(async () => (await import('./commands/verify.ts')).verify),
  validate: async () => (await import('./commands/validate.ts')).validate,
  deid: async () => (await import('./commands/deid.ts')).deid,
  audit: withSchemas(async () => (await import('./commands/auditVerify.ts')).auditVerify),
  release: withSchemas(async () => (await import('./commands/release.ts')).release),
  relabel: withSchemas(async () => (await import('./commands/relabel.ts')).relabel),
  withdraw: withSchemas(async () => (await import('./commands/withdraw.ts')).withdraw),
  whoami: withSchemas(async () => (await import('./commands/whoami.ts')).whoami),
};

/** Runs one command and turns what it throws into a line on stderr and an exit code. */
export async function runCli(args: readonly string[], context: CliContext & { version: string }): Promise<number> {
  const [name = 'help', ...rest] = args;
  if (name === 'help' || [name, ...rest].some((arg) => arg === '--help' || arg === '-h')) {
    context.out(helpText);
    return exitCodes.archived;
  }
  if (name === '--version') {
    context.out(context.version);
    return exitCodes.archived;
  }
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) throw refusal('usage', 'There is no such command: see `airlock help`');
    const run = await command();
    endLoading();
    return await run(rest, context);
  } catch (error) {
    const exit = context.signal.aborted ? exitCodes.interrupted : exitOf(error);
    const message = context.signal.aborted ? 'interrupted' : await messageOf(error);
    context.err(message);
    if (wantsEvents(rest)) reporter(context, true).result({ type: 'error', code: errorCode(error), exit, message }, []);
    return exit;
  }
}

/** Programs read stdout alone: they learn of an error there too. */
const wantsEvents = (args: readonly string[]) =>
  args.includes('--json') || args.includes('--format=jsonl') || args[args.indexOf('--format') + 1] === 'jsonl';

/** The code of a catalogue, of the file system, or the name of the exit code. */
function errorCode(error: unknown): string {
  if (DomainError.is(error)) return error.name;
  if (!(error instanceof Error)) return 'unexpected';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'exit' in error && typeof error.exit === 'string' ? error.exit : 'unexpected';
}

/** Errors of the file system name a path; this computer's own terminal may show which code it was, not more. */
async function messageOf(error: unknown): Promise<string> {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if ('syscall' in error && code !== undefined) return `Cannot use a local file (${code}): ${localAdvice(code)}`;
  if (code?.startsWith('ERR_PARSE_ARGS')) return `${error.message}: see \`airlock help\``;
  const known = DomainError.is(error) ? error.name : code;
  if (known === undefined) return ownMessage(error);
  // loaded when something failed: no command waits for the catalogues
  const { actionOf } = await import('../../core/submission/codes/adviceOf.ts');
  const action = clientActions.get(known) ?? actionOf(known);
  return `${known}: ${error.message}${error.message.endsWith(action) ? '' : `. ${action}`}`;
}

/** What is written here for people is told; what JavaScript says of a fault of ours may quote a value of a file. */
async function ownMessage(error: Error): Promise<string> {
  const { describeFault, isProgramFault } = await import('./terminal/describeFault.ts');
  return isProgramFault(error)
    ? `Airlock failed by a fault of its own: ${describeFault(error)}. Report it`
    : error.message;
}

/** Problems that only a client sees; the catalogue has those of the service. */
const clientActions: ReadonlyMap<string, string> = new Map([
  [
    'ServiceUnreachable',
    'Check the network and the address (AIRLOCK_URL, or cli.json in AIRLOCK_HOME); on one machine, that `npm start` runs',
  ],
  ['StorageRefused', 'Check that the clock of this computer is right, then try again'],
]);

function localAdvice(code: string): string {
  switch (code) {
    case 'ENOENT':
      return 'there is none of that name';
    case 'EACCES':
    case 'EPERM':
      return 'you may not read or write it; `airlock validate` names the files that cannot be read';
    case 'ENOSPC':
      return 'the disk is full';
    default:
      return '`airlock validate` names the files that cannot be read';
  }
}
