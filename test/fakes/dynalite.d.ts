declare module 'dynalite' {
  import type { Server } from 'node:http';
  /** DynamoDB in memory behind a server that is not listening yet. */
  export default function dynalite(options: { createTableMs?: number }): Server;
}
