import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import { digestBytes } from '../../clients/cli/files/nodeCodecs.ts';
import type { SubmissionView } from '../../core/submission/contracts/api.ts';
import { apiClient } from '../../core/upload/apiClient.ts';
import { type ClientConfig, clientCredentialsToken } from '../../core/upload/clientCredentials.ts';
import { retrying } from '../../core/upload/retrying.ts';
import { type UploadPorts, uploadSubmission } from '../../core/upload/uploadSubmission.ts';
import { watchSubmission } from '../../core/upload/watchSubmission.ts';
import { builtPaths } from '../../infra/local/buildWhenStale.ts';
import type { XnatAccount } from '../../infra/local/openKeyring.ts';
import { codecs } from '../core/pack/streams.ts';
import { localFiles } from '../core/upload/uploads.ts';
import type { StudyFile } from './study.ts';

export type Site = ReturnType<typeof openSite>;

/**
 * A site that sends to a running Airlock: its command line in a process of its own, the same engine in this one, and
 * its account at XNAT. What the site keeps for itself is under `home`.
 */
export function openSite({ client, xnat, home }: { client: ClientConfig; xnat: XnatAccount; home: string }) {
  const clock = { sleep: (milliseconds: number) => setTimeout(milliseconds) };
  const retry = retrying({ clock, random: Math.random });
  let token: Promise<string> | undefined;
  const tokenOf = async ({ renew }: { renew: boolean }) => {
    if (renew) token = undefined;
    token ??= fetchToken(client);
    return token;
  };
  const api = apiClient({ url: client.url, fetch, retry, token: tokenOf });
  const portsFor = (bytes: ReadonlyMap<string, Uint8Array>, send = fetch): UploadPorts => ({
    ...{ api, retry, codecs, digestBytes, fetch: send },
    readFile: async (path, { start, end }) => new Uint8Array((bytes.get(path) ?? new Uint8Array()).slice(start, end)),
  });
  return {
    ...{ api, xnat, home, token: () => tokenOf({ renew: false }) },
    /** Runs `airlock`, as the site's machine or as the holder of a token. */
    cli: (args: string[], token?: string) => runCli(args, { client, xnat, home, token }),
    /** The command line's process, to be killed. */
    startCli: (args: string[]) => spawnCli(args, { client, xnat, home }),
    portsFor,
    /** Sends files with the engine and answers the submission's id. */
    async send(files: readonly StudyFile[], send = fetch): Promise<string> {
      const { bytes, plan } = localFiles(Object.fromEntries(files.map(({ path, bytes }) => [path, bytes])));
      return (await uploadSubmission(portsFor(bytes, send), { plan, target: { project: 'DEMO' } })).id;
    },
    /** Waits until a submission rests. */
    async rested(submission: string): Promise<SubmissionView> {
      const watch = watchSubmission({ api, clock }, submission);
      for (;;) {
        const { done, value } = await watch.next();
        if (done) return value;
      }
    },
    /** Writes files where a person would have them. */
    async writeFolder(name: string, files: readonly StudyFile[]): Promise<string> {
      const folder = join(home, 'studies', name);
      for (const { path, bytes } of files) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), bytes);
      }
      return folder;
    },
    /** One file of XNAT by its address. */
    readArchived: async (uri: string) => new Uint8Array(await (await askXnat(xnat, uri)).arrayBuffer()),
    /** Every DICOM file that XNAT lists in the project, with its address. */
    listArchive: () => listArchive(xnat),
  };
}

async function fetchToken({ url, clientId, clientSecret }: ClientConfig): Promise<string> {
  const described = await (await fetch(`${url}/.well-known/airlock.json`)).json();
  const { issuer } = z.object({ issuer: z.url() }).parse(described);
  return (await clientCredentialsToken(fetch, { issuer, clientId, clientSecret })).token;
}

interface CommandLine {
  client: ClientConfig;
  xnat: XnatAccount;
  home: string;
  token?: string | undefined;
}

function spawnCli(args: string[], { client, xnat, home, token }: CommandLine) {
  return spawn(process.execPath, [join(builtPaths.root, 'clients/cli/airlock.js'), ...args], {
    cwd: builtPaths.root,
    env: {
      PATH: process.env.PATH,
      ...{ AIRLOCK_HOME: home, AIRLOCK_URL: client.url },
      ...(token === undefined
        ? { AIRLOCK_CLIENT_ID: client.clientId, AIRLOCK_CLIENT_SECRET: client.clientSecret }
        : { AIRLOCK_TOKEN: token }),
      ...{ AIRLOCK_XNAT_URL: xnat.url, AIRLOCK_XNAT_USERNAME: xnat.username, AIRLOCK_XNAT_PASSWORD: xnat.password },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const CliEvent = z.looseObject({ type: z.string(), submission: z.string().optional(), receipt: z.string().optional() });

async function runCli(args: string[], commandLine: CommandLine) {
  const child = spawnCli(args, commandLine);
  const ended = once(child, 'exit');
  const [out, err] = await Promise.all(
    [child.stdout, child.stderr].map(async (stream) => String(Buffer.concat(await stream.toArray()))),
  );
  const [code] = await ended;
  const lines = (out ?? '').split('\n').filter((line) => line !== '');
  const events = args.includes('--json') ? lines.map((line) => CliEvent.parse(JSON.parse(line))) : [];
  return { code, lines, events, err: err ?? '' };
}

async function askXnat({ url, username, password }: XnatAccount, path: string): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const response = await fetch(`${url}${path}`, { headers: { authorization } });
  if (!response.ok) throw new Error(`Cannot read XNAT: it answers ${response.status}`);
  return response;
}

const Rows = <Row extends z.ZodRawShape>(row: Row) =>
  z.object({ ResultSet: z.object({ Result: z.array(z.object(row)) }) }).transform(({ ResultSet }) => ResultSet.Result);
const Sessions = Rows({ ID: z.string(), label: z.string() });
const Scans = Rows({ ID: z.string() });
const Files = Rows({ Name: z.string(), Size: z.string(), URI: z.string() });

async function listArchive(xnat: XnatAccount) {
  const list = async <Row>(path: string, rows: z.ZodType<Row[]>) =>
    rows.parse(await (await askXnat(xnat, `${path}?format=json`)).json());
  const found: { session: string; scan: string; name: string; uri: string; sizeBytes: number }[] = [];
  for (const { ID, label } of await list('/data/projects/DEMO/experiments', Sessions)) {
    for (const scan of await list(`/data/experiments/${ID}/scans`, Scans)) {
      for (const file of await list(`/data/experiments/${ID}/scans/${scan.ID}/resources/DICOM/files`, Files)) {
        const { Name: name, URI: uri, Size: sizeBytes } = file;
        found.push({ session: label, scan: scan.ID, name, uri, sizeBytes: Number(sizeBytes) });
      }
    }
  }
  return found;
}
