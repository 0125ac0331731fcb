import { vrCode } from '../dicom/vr.ts';

/** What the text of a VR may be (PS3.5 Table 6.2-1). */
export interface ValueRule {
  /** Characters of one value, or of one component group of PN. */
  maxLength: number;
  /** How one value is written, spaces around it included; undefined where the characters alone decide. */
  form: RegExp | undefined;
  /** 1 for each byte that may stand in it. */
  allowed: Uint8Array;
  /** False where a backslash is a character like any other. */
  isMultiple: boolean;
  /** True where (0008,0005) decides what a character is. */
  isText: boolean;
}

const month = '(?:0[1-9]|1[0-2])';
const day = '(?:0[1-9]|[12]\\d|3[01])';
const hour = '(?:[01]\\d|2[0-3])';
/** Seconds go to 60: a leap second. */
const time = `${hour}(?:[0-5]\\d(?:(?:[0-5]\\d|60)(?:\\.\\d{1,6})?)?)?`;
/** From -1200 to +1400; that there is no offset is +0000 alone. */
const zone = '(?:\\+(?:(?:0\\d|1[0-3])[0-5]\\d|1400)|-(?!0000)(?:(?:0\\d|1[01])[0-5]\\d|1200))?';

/** Every character but controls; ESC is added below (PS3.5 §6.1.3). */
const line = /[\x20-\x7e\x80-\xff]/;
/** TAB, LF, FF and CR may stand in a text of lines. */
const lines = /[\t\n\f\r\x20-\x7e\x80-\xff]/;
const printable = /[\x20-\x7e]/;
/** What a URI is written with (RFC 3986 §2). */
const uri = /[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]/;
/** The first arcs of an object identifier are three, and those below the first two go to 39 (ISO 8824). */
const arcs = '(?:[01]\\.[1-3]?\\d|2\\.(?:0|[1-9]\\d*))(?:\\.(?:0|[1-9]\\d*))*';

/** Spaces around one value, which may be absent: where PS3.5 allows them on both sides, behind it, and nowhere. */
const padded = (form: string) => new RegExp(`^ *(?:${form})? *$`);
const filled = (form: string) => new RegExp(`^(?:${form})? *$`);
const bare = (form: string) => new RegExp(`^(?:${form})?$`);

/** In the order: characters allowed, longest value, form. Dots and colons as ACR-NEMA 300 wrote dates and times. */
const forms: Record<string, [RegExp, number, RegExp?]> = {
  AE: [printable, 16, /^$|[^ ]/],
  AS: [/[\dDWMY]/, 4, bare('\\d{3}[DWMY]')],
  CS: [/[A-Z0-9 _]/, 16],
  DA: [/[\d.]/, 10, bare(`\\d{4}(\\.?)${month}\\1${day}`)],
  DS: [/[\d+\-.eE ]/, 16, padded('[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?')],
  DT: [/[\d+\-. ]/, 26, filled(`\\d{4}(?:${month}(?:${day}(?:${time})?)?)?${zone}`)],
  IS: [/[\d+\- ]/, 12, padded('[+-]?0*\\d{1,10}')],
  TM: [/[\d.: ]/, 16, filled(`(?:${time}|${hour}:[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,6})?)?)`)],
  UI: [/[\d.]/, 64, bare(arcs)],
  UR: [uri, Number.POSITIVE_INFINITY],
  ...{ LO: [line, 64], PN: [line, 64], SH: [line, 16], UC: [line, Number.POSITIVE_INFINITY] },
  ...{ LT: [lines, 10_240], ST: [lines, 1024], UT: [lines, Number.POSITIVE_INFINITY] },
};
const text = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);
const single = new Set(['LT', 'ST', 'UR', 'UT']);

const names = new Map(Object.keys(forms).map((name) => [vrCode(name), name]));
const known = new Map<number, ValueRule>();

/** The rule for the text of a VR; undefined for a VR of numbers, bytes or items. */
export function valueRule(code: number): ValueRule | undefined {
  const rule = known.get(code);
  if (rule !== undefined) return rule;
  const name = names.get(code);
  const made = name === undefined ? undefined : makeRule(name);
  if (made !== undefined) known.set(code, made);
  return made;
}

function makeRule(name: string): ValueRule | undefined {
  const written = forms[name];
  if (written === undefined) return undefined;
  const [characters, maxLength, form] = written;
  return {
    maxLength,
    form,
    allowed: allowedBytes(characters, text.has(name)),
    isMultiple: !single.has(name),
    isText: text.has(name),
  };
}

function allowedBytes(characters: RegExp, hasEscapes: boolean): Uint8Array {
  const allowed = Uint8Array.from({ length: 256 }, (_, byte) => Number(characters.test(String.fromCharCode(byte))));
  allowed[0x1b] = Number(hasEscapes);
  return allowed;
}
