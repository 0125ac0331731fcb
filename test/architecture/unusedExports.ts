import { importsOf } from './importRules.ts';

const exportPattern = /(?:^|\n)export (?:async )?(?:const|function\*?|class|type|interface) (\w+)/g;

/** Files that a tool or a platform enters by name: nobody imports what they export. */
const entries = [/^lambdas\/(api|steps|events)\//, /^infra\/app\.ts$/, /\.config\.ts$/, /^test\//, /Process\.ts$/];

/** Exports that no other file names, as `file: name`. A name in another file's import of this file counts as use. */
export function unusedExports(sources: ReadonlyMap<string, string>): string[] {
  const unused: string[] = [];
  // each source is gone through once: once for each other one took half a minute
  const imports = [...sources].map(([file, text]) => ({ file, text, bases: new Set(importsOf(text).map(baseOf)) }));
  for (const [file, source] of sources) {
    if (entries.some((entry) => entry.test(file))) continue;
    const importers = imports.filter((other) => other.file !== file && other.bases.has(baseOf(file)));
    for (const [, name] of source.matchAll(exportPattern)) {
      if (name !== undefined && !importers.some(({ text }) => new RegExp(`\\b${name}\\b`).test(text)))
        unused.push(`${file}: ${name}`);
    }
  }
  return unused;
}

const baseOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
