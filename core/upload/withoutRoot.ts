/**
 * Paths relative to the folder that was chosen: its own name is often a patient's, and equal contents shall make an
 * equal manifest wherever they lie. Paths without one folder above all of them stay as they are.
 */
export function withoutRoot<T extends { path: string }>(files: readonly T[]): T[] {
  const [first] = files;
  const root = first?.path.slice(0, first.path.indexOf('/') + 1) ?? '';
  if (root === '' || !files.every(({ path }) => path.startsWith(root))) return [...files];
  return files.map((file) => ({ ...file, path: file.path.slice(root.length) }));
}
