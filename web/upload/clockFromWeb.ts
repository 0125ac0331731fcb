import type { Clock } from '../../core/submission/ports.ts';

/** The browser's clock; a sleep ends with the signal's reason when the signal does. */
export function clockFromWeb(signal?: AbortSignal): Clock {
  return {
    now: () => new Date().toISOString(),
    sleep: (milliseconds) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, milliseconds);
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      }),
  };
}
