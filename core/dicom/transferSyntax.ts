import { dicomRoot, fileTransferSyntaxes } from './tables/registeredUids.ts';

const known = new Set(fileTransferSyntaxes.split(' ').map((suffix) => dicomRoot + suffix));

export const implicitLittleEndian = '1.2.840.10008.1.2';
export const explicitLittleEndian = '1.2.840.10008.1.2.1';
export const explicitBigEndian = '1.2.840.10008.1.2.2';

/** MPEG-2, MPEG-4 and HEVC: one stream of all frames, with or without sound (PS3.5 §A.4.5 and on). */
export const isVideo = (uid: string): boolean => /^1\.2\.840\.10008\.1\.2\.4\.10[0-8](\.1)?$/.test(uid);

/** How a data set is written (PS3.5 Annex A). */
export interface Encoding {
  explicit: boolean;
  bigEndian: boolean;
  deflated: boolean;
}

/** True for a transfer syntax that PS3.6 registers and that a file can have. */
export const isKnownTransferSyntax = (uid: string): boolean => known.has(uid);

/** Every other syntax, also one of the future, is explicit VR little endian (PS3.5 §A.4). */
export function encodingOf(transferSyntax: string): Encoding {
  return {
    explicit: transferSyntax !== implicitLittleEndian,
    bigEndian: transferSyntax === explicitBigEndian,
    deflated: transferSyntax === '1.2.840.10008.1.2.1.99',
  };
}
