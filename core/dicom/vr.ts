/** A VR as the 16-bit number that its two letters make. */
export const vrCode = (name: string): number => (name.charCodeAt(0) << 8) | name.charCodeAt(1);

/** The two letters of a VR code. */
export const vrName = (code: number): string => String.fromCharCode(code >> 8, code & 0xff);

const codes = (names: string) => names.split(' ').map(vrCode);

/** VRs of the data elements with 32-bit length (PS3.5 Table 7.1-1) and with 16-bit length (Table 7.1-2). */
const longForm = codes('OB OD OF OL OV OW SQ SV UC UN UR UT UV');
const shortForm = codes('AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US');

const headerBytes = new Uint8Array(0x10000);
for (const code of longForm) headerBytes[code] = 12;
for (const code of shortForm) headerBytes[code] = 8;

/** Bytes of an explicit VR element before its value: 8 or 12; 0 for what is no VR. */
export const explicitHeaderBytes = (code: number): number => headerBytes[code] ?? 0;

export const vr = {
  AE: vrCode('AE'),
  AS: vrCode('AS'),
  CS: vrCode('CS'),
  DA: vrCode('DA'),
  DS: vrCode('DS'),
  DT: vrCode('DT'),
  IS: vrCode('IS'),
  LO: vrCode('LO'),
  OB: vrCode('OB'),
  OW: vrCode('OW'),
  PN: vrCode('PN'),
  SH: vrCode('SH'),
  SQ: vrCode('SQ'),
  TM: vrCode('TM'),
  UI: vrCode('UI'),
  UL: vrCode('UL'),
  UN: vrCode('UN'),
  US: vrCode('US'),
} as const;

const textual = new Set(codes('AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT'));

/** True for a VR whose value is text. */
export const isTextVr = (code: number): boolean => textual.has(code);

const valueBytes = new Uint8Array(0x10000);
const sizes = {
  ...{ AT: 4, FD: 8, FL: 4, SL: 4, SS: 2, SV: 8, UL: 4, US: 2, UV: 8 },
  ...{ OD: 8, OF: 4, OL: 4, OV: 8, OW: 2 },
};
for (const [name, bytes] of Object.entries(sizes)) valueBytes[vrCode(name)] = bytes;

/** Bytes of one number of a VR of numbers (PS3.5 §6.2); 0 for any other VR. */
export const bytesPerNumber = (code: number): number => valueBytes[code] ?? 0;

/** True for OB, OD, OF, OL, OV and OW: one value, however many numbers it holds. */
export const isStream = (code: number): boolean => code >>> 8 === 0x4f;

const singleTexts = new Set(codes('ST LT UT'));

/** True for a VR of one text, in which a backslash is text: in others it stands between several. */
export const isSingleText = (code: number): boolean => singleTexts.has(code);
