import { once } from 'node:events';
import type { Server } from 'node:http';

/**
 * Binds a server to loopback, where port 0 takes a free one, and answers its port and how to end it.
 * @throws Error with a sentence for people when the port is taken
 */
export async function listen(server: Server, port: number): Promise<{ port: number; stop: () => Promise<void> }> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Error(`Cannot listen on 127.0.0.1:${port}: another program has this port. ${portAdvice}`, { cause });
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Cannot listen: the server has no port');
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  return { port: address.port, stop };
}

/** What to do when a port is taken. */
const portAdvice = 'Set AIRLOCK_PORT_BASE to the first of five free ports';
