import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const projectRoot = join(import.meta.dirname, '../../..');

/** What tells one state of a file from another, without its bytes; undefined when it is not there. */
export function stateOf(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && `${stat.size} ${stat.mtimeMs} ${stat.ctimeMs} ${stat.ino}`;
}

/**
 * The folder of the bundled command line, if it was made of the sources as they are now. Each of them is looked at: 3 ms.
 * JavaScript, because to load TypeScript takes Node longer than all this.
 */
export function freshBundle(root = projectRoot) {
  try {
    const { folder, sources } = JSON.parse(readFileSync(join(root, 'dist/cli/bundle.json'), 'utf8'));
    const bundle = join(root, 'dist/cli', folder);
    const isFresh = sources.every(([path, state]) => stateOf(`${root}/${path}`) === state);
    return isFresh && stateOf(bundle) !== undefined ? bundle : undefined;
  } catch {
    // none was made, or somebody damaged it
    return undefined;
  }
}
