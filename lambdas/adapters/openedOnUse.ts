/**
 * Something at XNAT whose account is a secret that is read when the first call comes. After a failed call it is read
 * again, so that a changed password needs no new function; what failed is ended when its last call is done.
 */
export function openedOnUse<Opened extends { end(): Promise<void> }>(open: () => Promise<Opened>) {
  let standing: { opened: Promise<Opened>; calls: number } | undefined;
  return {
    async call<Result>(use: (opened: Opened) => Promise<Result>): Promise<Result> {
      standing ??= { opened: open(), calls: 0 };
      const own = standing;
      own.calls += 1;
      try {
        return await use(await own.opened);
      } catch (error) {
        if (standing === own) standing = undefined;
        throw error;
      } finally {
        own.calls -= 1;
        if (standing !== own && own.calls === 0) await endQuietly(own.opened);
      }
    },
    async end(): Promise<void> {
      const ending = await standing?.opened.catch(() => undefined);
      await ending?.end();
    },
  };
}

/** What a call has answered counts, not how it was left. */
const endQuietly = (opened: Promise<{ end(): Promise<void> }>) =>
  opened.then((ending) => ending.end()).catch(() => undefined);
