import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/**
 * Where any of these texts stands under a folder: in the name of a file or in its bytes, as UTF-8 or UTF-16, in any
 * case. Databases, logs, stored objects and archived files are all bytes here.
 */
export async function findMarkers(folder: string, markers: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = relative(folder, join(entry.parentPath, entry.name));
    const text = entry.isFile() ? (await readFile(join(folder, path))).toString('latin1').toLowerCase() : '';
    for (const marker of markers) {
      const forms = [marker, marker.split('').join('\0')].map((form) => form.toLowerCase());
      if (forms.some((form) => text.includes(form) || path.toLowerCase().includes(form)))
        found.push(`${path}: ${marker}`);
    }
  }
  return found;
}
