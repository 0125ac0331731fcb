import { access } from 'node:fs/promises';

/** True when there is something of that path, whatever it is. */
export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
