/** Marks a fault of this computer's disk, so that it is told from one of the data, or of the disk written to. */
const unreadable = new WeakSet<Error>();

/** True for an error that was thrown because a file could not be read. */
export const isUnreadable = (error: unknown): boolean => error instanceof Error && unreadable.has(error);

/** Throws it on, as a fault of what is read; what the file system did not say is one of this program. */
export function markUnreadable(error: unknown): never {
  if (error instanceof Error && 'syscall' in error) unreadable.add(error);
  throw error;
}

/** Reads, and marks what goes wrong as a fault of what is read. */
export function onDisk<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    return markUnreadable(error);
  }
}

/** What a file that is not the one that was listed becomes. */
export const becameAnother = (): never => fail('The file was written to while it was read');

/** What a file that loses its end while it is read becomes. */
export const becameShorter = (): never => fail('The file became shorter while it was read');

function fail(message: string): never {
  const error = new Error(message);
  unreadable.add(error);
  throw error;
}
