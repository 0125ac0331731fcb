import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openLocalFolder } from '../../clients/cli/files/localFolder.ts';
import { profileRows } from '../../core/deid/tables/profileRows.ts';
import { lookUpVr } from '../../core/dicom/lookUpVr.ts';
import { vrName } from '../../core/dicom/vr.ts';

/** A de-identifier: cleans a flat folder into another one and tells which output an input has, by name. */
interface DeidTool {
  name: string;
  isThere: boolean;
  run(input: string, output: string): Promise<Map<string, string>>;
}

const rows = profileRows
  .trim()
  .split('\n')
  .map((row) => row.split(' '))
  .map(([tag = '', action = '']) => ({ tag, action }));

const isInstalled = (command: string) => spawnSync(command, ['--version']).error === undefined;
const python = '/usr/bin/python3';

/** Tools that go on without a file leave no output for it. */
function sameNames(input: string, output: string, names: readonly string[]): Map<string, string> {
  return new Map(
    names.map((name) => [join(input, name), join(output, name)] as const).filter(([, made]) => existsSync(made)),
  );
}

/** @param directory for keys and lists that tools want */
export function deidTools(directory: string): DeidTool[] {
  return [airlock(directory), gdcmanon(directory), dcmodify(), pydicom(directory)];
}

const namesIn = async (folder: string) => (await openLocalFolder(folder)).files.map(({ path }) => path);

function airlock(directory: string): DeidTool {
  const key = join(directory, 'key');
  writeFileSync(key, 'ab'.repeat(32));
  return {
    name: 'airlock deid',
    isThere: true,
    async run(input, output) {
      const names = await namesIn(input);
      const command = ['clients/cli/airlock.js', 'deid', input, '--out', output, '--key-file', key, '--json'];
      const { stdout } = spawnSync('node', command, {
        encoding: 'utf8',
        maxBuffer: 2 ** 28,
      });
      const events = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const written = events.filter(({ type }) => type === 'file');
      return new Map(written.map(({ file, name }) => [join(input, names[file] ?? ''), join(output, name)]));
    },
  };
}

function gdcmanon(directory: string): DeidTool {
  const certificate = join(directory, 'certificate.pem');
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=bench', '-keyout', '/dev/null'];
  spawnSync('openssl', [...request, '-out', certificate]);
  return {
    name: 'gdcmanon -e',
    isThere: isInstalled('gdcmanon'),
    async run(input, output) {
      mkdirSync(output, { recursive: true });
      const names = await namesIn(input);
      const options = ['-e', '-c', certificate, '--continue'];
      // a folder at once is its fast way; it stops at the first file that it refuses, so then each is tried alone
      const all = spawnSync('gdcmanon', [...options, '-r', '-i', input, '-o', output]);
      if (all.status !== 0) {
        for (const name of names)
          spawnSync('gdcmanon', [...options, '-i', join(input, name), '-o', join(output, name)]);
      }
      return sameNames(input, output, names);
    },
  };
}

const dummies: Record<string, string> = {
  DA: '19000101',
  TM: '000000',
  DT: '19000101',
  AS: '000Y',
  DS: '0',
  IS: '0',
  UI: '2.25.1',
};

function dcmodify(): DeidTool {
  const edits = rows.flatMap(({ tag, action }) => {
    const key = `(${tag.slice(0, 4)},${tag.slice(4)})`;
    if (action === 'U' || tag < '00080000') return [];
    if (action.startsWith('X')) return ['-ea', key];
    if (action.startsWith('Z')) return ['-ma', `${key}=`];
    return ['-ma', `${key}=${dummies[vrName(lookUpVr(Number.parseInt(tag, 16)) ?? 0)] ?? 'ANON'}`];
  });
  return {
    name: 'dcmodify -ea -ma -ep',
    isThere: isInstalled('dcmodify'),
    async run(input, output) {
      mkdirSync(output, { recursive: true });
      const names = await namesIn(input);
      for (const name of names) copyFileSync(join(input, name), join(output, name));
      const copies = names.map((name) => join(output, name));
      spawnSync('dcmodify', ['-q', '-nb', '-ie', '-imt', '-ep', '-gst', '-gse', '-gin', ...edits, ...copies]);
      return sameNames(input, output, names);
    },
  };
}

function pydicom(directory: string): DeidTool {
  const table = join(directory, 'rows.txt');
  writeFileSync(table, rows.map(({ tag, action }) => `${tag} ${action}\n`).join(''));
  return {
    name: 'pydicom, 60 lines',
    isThere: spawnSync(python, ['-c', 'import pydicom']).status === 0,
    async run(input, output) {
      mkdirSync(output, { recursive: true });
      const names = await namesIn(input);
      const pairs = names.flatMap((name) => [join(input, name), join(output, basename(name))]);
      spawnSync(python, [join(import.meta.dirname, 'deidBaseline.py'), table, ...pairs]);
      return sameNames(input, output, names);
    },
  };
}
