/** architecture.md §2 as data: what each folder may import. The first rule whose folder matches decides. */
interface ImportRule {
  folder: string;
  /** Folders of this project, and packages; `node:` stands for every node module. */
  may: readonly string[];
}

const awsSdk = ['@aws-sdk/', '@smithy/'];

/** Folders of core/deid, each with those that it may ask: all stand above it, so that none asks back. */
export const deidFolders: Record<string, readonly string[]> = {
  rules: [],
  text: [],
  identity: [],
  pixels: [],
  identifiers: ['rules', 'text', 'identity'],
  edits: ['rules', 'text', 'identity', 'pixels', 'identifiers'],
  proof: ['rules', 'text', 'identity', 'identifiers', 'edits'],
};
const besideDeid = ['core/dicom/', 'core/policy/', 'core/submission/', '@noble/hashes', 'dicom-parser'];
const deidRules = Object.entries(deidFolders).map(([folder, asked]) => ({
  folder: `core/deid/${folder}/`,
  may: [...['tables', folder, ...asked].map((each) => `core/deid/${each}/`), ...besideDeid],
}));

/** The same of core/submission, whose ports stand in no folder: nearly all ask for them. */
export const submissionFolders: Record<string, readonly string[]> = {
  codes: [],
  contracts: ['codes'],
  ports: ['contracts'],
  storage: ['codes', 'contracts', 'ports'],
  attempts: ['codes', 'contracts', 'ports'],
  planning: ['codes', 'contracts', 'ports', 'storage'],
  review: ['codes', 'contracts'],
  checking: ['codes', 'contracts', 'ports', 'review'],
};
const portFiles = ['ports', 'ArchiveLabels', 'PrearchivedSession', 'Removal', 'StandingPlace'];
const placesInSubmission = (folder: string) =>
  folder === 'ports' ? portFiles.map((file) => `core/submission/${file}.ts`) : [`core/submission/${folder}/`];
const besideSubmission = [
  ...['core/audit/', 'core/dicom/', 'core/pack/', 'core/policy/', 'core/validation/'],
  ...['@noble/hashes', 'zod'],
];
const submissionRules = Object.entries(submissionFolders).flatMap(([place, asked]) => {
  const may = [...[place, ...asked].flatMap(placesInSubmission), ...besideSubmission];
  return placesInSubmission(place).map((folder) => ({ folder, may }));
});

export const importRules: readonly ImportRule[] = [
  ...deidRules,
  ...submissionRules,
  { folder: 'core/', may: ['core/', 'zod', '@noble/hashes', 'dicom-parser'] },
  { folder: 'lambdas/steps/', may: ['core/', 'lambdas/runtime/'] },
  { folder: 'lambdas/api/', may: ['core/', 'lambdas/runtime/', 'zod'] },
  { folder: 'lambdas/events/', may: ['core/', 'lambdas/runtime/', 'zod'] },
  { folder: 'lambdas/adapters/', may: ['core/', 'lambdas/adapters/', ...awsSdk, 'node:', 'zod'] },
  {
    folder: 'lambdas/runtime/',
    may: [
      'core/',
      'lambdas/adapters/',
      'lambdas/runtime/',
      '@middy/',
      '@aws-lambda-powertools/',
      'aws-lambda',
      ...awsSdk,
      'node:',
      'zod',
    ],
  },
  { folder: 'infra/local/', may: ['core/', 'infra/', 'lambdas/', 'node:', 'package:'] },
  { folder: 'infra/', may: ['core/', 'infra/', 'aws-cdk-lib', 'constructs', 'cdk-nag', 'esbuild', 'node:', 'zod'] },
  { folder: 'web/', may: ['core/', 'web/', 'package:'] },
  { folder: 'clients/cli/start/bundleCli.ts', may: ['clients/', 'esbuild', 'node:'] },
  { folder: 'clients/', may: ['core/', 'clients/', 'node:', 'zod', 'oauth4webapi', 'package.json'] },
  { folder: 'test/', may: ['core/', 'lambdas/', 'infra/', 'web/', 'clients/', 'test/', 'node:', 'package:'] },
];

/** What core may not touch even as a global: it is passed in. */
export const coreMayNotName = [
  /\bprocess\./,
  /\bDate\.now\b/,
  /\bnew Date\(\)/,
  /\bMath\.random\b/,
  /\bfetch\(/,
  /\bcrypto\./,
];

const importPattern = /(?:^|\n)\s*(?:import|export)\s(?:type\s)?(?:[\s\S]*?\sfrom\s)?'([^']+)'|\bimport\('([^']+)'\)/g;

/** Module names that a source imports, type imports included; `typeof import('…')` in a type is one too. */
export function importsOf(source: string): string[] {
  return [...source.matchAll(importPattern)].flatMap(([, named, dynamic]) => named ?? dynamic ?? []);
}

/** Violations as `file imports module`, by path relative to the repository. */
export function forbiddenImports(file: string, source: string): string[] {
  const rule = importRules.find(({ folder }) => file.startsWith(folder));
  if (rule === undefined) return [];
  return importsOf(source)
    .filter((module) => !isTypeOnlyNode(file, source, module))
    .map((module) => (module.startsWith('.') ? resolve(file, module) : module))
    .filter((target) => !rule.may.some((allowed) => matches(target, allowed)))
    .map((target) => `${file} imports ${target}`);
}

/** `typeof import('node:…')` names a type of what is passed in; nothing is loaded. */
function isTypeOnlyNode(file: string, source: string, module: string): boolean {
  return file.startsWith('core/') && module.startsWith('node:') && source.includes(`typeof import('${module}')`);
}

function resolve(file: string, module: string): string {
  return new URL(module, `file:///${file}`).pathname.slice(1);
}

const projectFolders = ['core/', 'lambdas/', 'infra/', 'web/', 'clients/', 'test/'];

function matches(target: string, allowed: string): boolean {
  if (allowed === 'package:')
    return !target.startsWith('node:') && !projectFolders.some((folder) => target.startsWith(folder));
  if (allowed.endsWith('/') || allowed.endsWith(':')) return target.startsWith(allowed);
  return target === allowed || target.startsWith(`${allowed}/`);
}
