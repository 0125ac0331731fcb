import { digestBytes } from '../../../clients/cli/files/nodeCodecs.ts';
import { apiClient } from '../../../core/upload/apiClient.ts';
import { planUpload } from '../../../core/upload/planUpload.ts';
import { retrying } from '../../../core/upload/retrying.ts';
import type { UploadPorts } from '../../../core/upload/uploadSubmission.ts';
import { codecs, sha256 } from '../pack/streams.ts';

/** Local files in memory; a test may change them while they are sent. */
export function localFiles(contents: Record<string, Uint8Array>) {
  const bytes = new Map(Object.entries(contents));
  const files = [...bytes].map(([path, body]) => ({
    path,
    sizeBytes: body.length,
    sha256: sha256(body),
    crc32: codecs.crc32(body),
    kind: 'dicom' as const,
  }));
  return { bytes, files, plan: planUpload(files, codecs) };
}

export function filled(sizeBytes: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (let at = 0, value = seed; at < sizeBytes; at += 1) {
    value = (value * 1_103_515_245 + 12_345) & 0x7fffffff;
    bytes[at] = value >> 16;
  }
  return bytes;
}

/** The engine's ports against a server, with waits that take no time but are recorded. */
export function uploadPorts(url: string, bytes: ReadonlyMap<string, Uint8Array>, signal?: AbortSignal) {
  const waits: number[] = [];
  const retries: string[] = [];
  const clock = {
    sleep: async (milliseconds: number) => {
      waits.push(milliseconds);
    },
  };
  const retry = retrying({ clock, random: () => 0.5, signal, onRetry: ({ code }) => retries.push(code) });
  const tokens: string[] = ['good'];
  const api = apiClient({
    url,
    fetch,
    retry,
    signal,
    token: async ({ renew }) => {
      if (renew) tokens.shift();
      return tokens[0] ?? 'none';
    },
  });
  const ports: UploadPorts = {
    api,
    fetch,
    retry,
    signal,
    codecs,
    digestBytes,
    readFile: async (path, { start, end }) => new Uint8Array((bytes.get(path) ?? new Uint8Array(0)).slice(start, end)),
  };
  return { ports, api, retry, clock, waits, retries, tokens };
}
