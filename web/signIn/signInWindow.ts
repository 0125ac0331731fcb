import { Session } from './heldSession.ts';

const query = '?sign-in';
const channelName = 'airlock.session';

/** True in the window that `signInByWindow` opens. */
export const isSignInWindow = () => location.search === query;

/**
 * Signs in again in a window of its own, so that this page keeps the files it was given: an upload may outlast a
 * token. The opener cannot be named across the issuer's page (Cross-Origin-Opener-Policy), hence the channel: it
 * reaches pages of this origin alone, and only one that waits listens. Undefined when the browser opens no window.
 */
export async function signInByWindow(): Promise<Session | undefined> {
  const opened = window.open(`/${query}`, 'airlock-sign-in', 'popup,width=480,height=680');
  if (opened === null) return undefined;
  const channel = new BroadcastChannel(channelName);
  return new Promise((resolve) => {
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const session = Session.safeParse(data);
      if (!session.success) return;
      channel.close();
      resolve(session.data);
    });
  });
}

/** Hands the session to the page that waits, and closes the window. */
export function handOver(session: Session): void {
  const channel = new BroadcastChannel(channelName);
  channel.postMessage(session);
  channel.close();
  window.close();
}
