import { dicomRoot, fileTransferSyntaxes } from './tables/registeredUids.ts';

const known = new Set(fileTransferSyntaxes.split(' ').map((suffix) => dicomRoot + suffix));

export const implicitLittleEndian = '1.2.840.10008.1.2';
export const explicitLittleEndian = '1.2.840.10008.1.2.1';
export const explicitBigEndian = '1.2.840.10008.1.2.2';
const deflatedLittleEndian = '1.2.840.10008.1.2.1.99';

/** MPEG-2, MPEG-4 and HEVC: one stream of all frames, with or without sound (PS3.5 §A.4.5 and on). */
export const isVideo = (uid: string): boolean => /^1\.2\.840\.10008\.1\.2\.4\.10[0-8](\.1)?$/.test(uid);

/** How a data set is written (PS3.5 Annex A). */
export interface Encoding {
  explicit: boolean;
  bigEndian: boolean;
  deflated: boolean;
}

const nativeSyntaxes = new Set([implicitLittleEndian, explicitLittleEndian, explicitBigEndian, deflatedLittleEndian]);

/** True where pixels are written as they are; every other syntax of PS3.5 encapsulates them in fragments (§A.4). */
export const isNative = (uid: string): boolean => nativeSyntaxes.has(uid);

/** True for a transfer syntax that PS3.6 registers and that a file can have. */
export const isKnownTransferSyntax = (uid: string): boolean => known.has(uid);

/** Every other syntax, also one of the future, is explicit VR little endian (PS3.5 §A.4). */
export function encodingOf(transferSyntax: string): Encoding {
  return {
    explicit: transferSyntax !== implicitLittleEndian,
    bigEndian: transferSyntax === explicitBigEndian,
    deflated: transferSyntax === deflatedLittleEndian,
  };
}
