/**
 * Something at XNAT whose account is a secret that is read when the first call comes. After a failed call it is read
 * again, so that a changed password needs no new function.
 */
export function openedOnUse<Opened extends { end(): Promise<void> }>(open: () => Promise<Opened>) {
  let opened: Promise<Opened> | undefined;
  return {
    async call<Result>(use: (opened: Opened) => Promise<Result>): Promise<Result> {
      opened ??= open();
      try {
        return await use(await opened);
      } catch (error) {
        opened = undefined;
        throw error;
      }
    },
    async end(): Promise<void> {
      const ending = await opened?.catch(() => undefined);
      await ending?.end();
    },
  };
}
