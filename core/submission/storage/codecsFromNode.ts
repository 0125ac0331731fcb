import type { Bytes, Codecs } from '../ports.ts';

/** The parts of node:crypto, node:zlib and node:stream that are needed; core imports no node module itself. */
interface NodeModules {
  crypto: Pick<typeof import('node:crypto'), 'createHash'>;
  zlib: Pick<typeof import('node:zlib'), 'crc32' | 'createInflateRaw' | 'createDeflateRaw'>;
  stream: Pick<typeof import('node:stream'), 'Readable'>;
}

/** A stream reads ahead, and a chunk may be valid until the next one is asked for; a slice of a Buffer is no copy. */
async function* ownMemory(body: Bytes): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of body) yield new Uint8Array(chunk);
}

/**
 * Codecs for Lambda and the command line, from Node's own modules: 5 to 8 times faster than JavaScript's.
 * @param node each is looked at when it is used, so that it can be a getter that loads it then
 */
export function codecsFromNode(node: NodeModules): Codecs {
  const hasher = (algorithm: string) => {
    const { createHash } = node.crypto;
    const hash = createHash(algorithm);
    return {
      update: (chunk: Uint8Array) => {
        hash.update(chunk);
      },
      hex: () => hash.digest('hex'),
    };
  };
  // pipe alone would not carry the source's error over to the reader of the result
  const through = (body: Bytes, transform: ReturnType<NodeModules['zlib']['createInflateRaw']>): Bytes => {
    const source = node.stream.Readable.from(ownMemory(body));
    source.on('error', (error) => transform.destroy(error));
    transform.on('close', () => source.destroy());
    return source.pipe(transform);
  };
  return {
    sha256: () => hasher('sha256'),
    md5: () => hasher('md5'),
    crc32: (chunk, previous = 0) => node.zlib.crc32(chunk, previous),
    inflateRaw: (body) => through(body, node.zlib.createInflateRaw()),
    deflateRaw: (body) => through(body, node.zlib.createDeflateRaw()),
  };
}
