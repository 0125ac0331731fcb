import { mkdir, mkdtemp, readdir, readlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runCli } from '../../../clients/cli/runCli.ts';
import { writePack } from '../../../core/pack/writePack.ts';
import { collect, nodeCodecs } from '../../fixtures/deidContext.ts';

/** A folder of its own with files in it. */
export async function folderOf(files: Record<string, Uint8Array | string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'airlock-cli-'));
  for (const [name, body] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), body);
  }
  return root;
}

/** Files of this process that are open, as Linux lists them. */
export const openPaths = async () =>
  Promise.all(
    (await readdir('/proc/self/fd')).map((name) => readlink(`/proc/self/fd/${name}`).catch(() => 'closed by now')),
  );

interface Options {
  cwd: string;
  env?: Record<string, string>;
  signal?: AbortSignal;
  /** Called at each line on stdout. */
  onOut?: () => void;
}

/** Runs one command in this process, with waits that take no time. */
export async function airlock(
  args: string[],
  { cwd, env = {}, signal = new AbortController().signal, onOut }: Options,
) {
  const out: string[] = [];
  const err: string[] = [];
  const exit = await runCli(args, {
    version: '1.2.3',
    env,
    cwd,
    out: (line) => {
      out.push(line);
      onOut?.();
    },
    err: (line) => err.push(line),
    fetch,
    clock: { now: () => new Date().toISOString(), sleep: async () => undefined },
    random: () => 0,
    signal,
  });
  return { exit, out, err, said: [...out, ...err].join('\n') };
}

/** A ZIP of such files, names as they stand here. */
export const zipOf = (files: Record<string, Uint8Array | string>) => collect(writePack(membersOf(files), nodeCodecs));

async function* membersOf(files: Record<string, Uint8Array | string>) {
  for (const [name, content] of Object.entries(files)) {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    yield { name, body: once(bytes) };
  }
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}

/** A little-endian explicit DICOM file with the elements a CT slice must have; text values only, in tag order. */
export function dicomFile(
  values: {
    patient?: string;
    study?: string;
    series?: string;
    sop?: string;
    instance?: string;
    modality?: string;
    pixels?: string;
  } = {},
) {
  const {
    patient = 'DOE^JOHN',
    study = '1.2.3',
    series = '1.2.3.4',
    sop = '1.2.3.4.5',
    instance = '1',
    modality = 'CT',
  } = values;
  const meta = element(0x0002, 0x0010, 'UI', '1.2.840.10008.1.2.1');
  const body = [
    element(0x0008, 0x0016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    element(0x0008, 0x0018, 'UI', sop),
    element(0x0008, 0x0060, 'CS', modality),
    element(0x0010, 0x0010, 'PN', patient),
    element(0x0010, 0x0020, 'LO', `ID-${patient}`),
    element(0x0020, 0x000d, 'UI', study),
    element(0x0020, 0x000e, 'UI', series),
    element(0x0020, 0x0013, 'IS', instance),
    ...(values.pixels === undefined ? [] : [longElement(0x7fe0, 0x0010, 'OB', values.pixels)]),
  ];
  const length = Buffer.alloc(12);
  length.writeUInt16LE(0x0002, 0);
  length.write('UL', 4);
  length.writeUInt16LE(4, 6);
  length.writeUInt32LE(meta.length, 8);
  return new Uint8Array(Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), length, meta, ...body]));
}

function element(group: number, number: number, vr: string, text: string): Buffer {
  const value = text.length % 2 === 0 ? text : `${text}${vr === 'UI' ? '\0' : ' '}`;
  const head = Buffer.alloc(8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4);
  head.writeUInt16LE(value.length, 6);
  return Buffer.concat([head, Buffer.from(value, 'latin1')]);
}

function longElement(group: number, number: number, vr: string, text: string): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4);
  head.writeUInt32LE(text.length, 8);
  return Buffer.concat([head, Buffer.from(text, 'latin1')]);
}
