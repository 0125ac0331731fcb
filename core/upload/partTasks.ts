/** Runs tasks side by side, so many at once, and stops at the first that fails. */
export interface PartTasks {
  /** Waits until another task may begin. @throws the first failure */
  room(): Promise<void>;
  /** Begins a task that takes up room. */
  begin<T>(task: () => Promise<T>): Promise<T>;
  /** Watches work that only waits for tasks. */
  follow(work: Promise<unknown>): void;
  /** Waits for all that was begun or followed. @throws the first failure */
  end(): Promise<void>;
}

/** @param onFailure called once, to end what is still under way */
export function partTasks(atOnce: number, onFailure: (error: unknown) => void): PartTasks {
  const running = new Set<Promise<unknown>>();
  const followed = new Set<Promise<unknown>>();
  let failure: { error: unknown } | undefined;

  function watch(among: Set<Promise<unknown>>, work: Promise<unknown>): void {
    const ended = work
      .catch((error: unknown) => {
        if (failure === undefined) {
          failure = { error };
          onFailure(error);
        }
      })
      .finally(() => among.delete(ended));
    among.add(ended);
  }

  return {
    room: async () => {
      while (running.size >= atOnce && failure === undefined) await Promise.race(running);
      if (failure !== undefined) throw failure.error;
    },
    begin: (task) => {
      const work = task();
      watch(running, work);
      return work;
    },
    follow: (work) => watch(followed, work),
    end: async () => {
      while (running.size + followed.size > 0) await Promise.all([...running, ...followed]);
      if (failure !== undefined) throw failure.error;
    },
  };
}
