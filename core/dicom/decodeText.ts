/**
 * Defined terms of Specific Character Set (PS3.3 §C.12.1.1.2) to the label of the Encoding Standard that reads the same
 * bytes. The single-byte sets of Windows are supersets of ISO 8859 and TIS 620 here.
 */
const labels: Record<string, string> = {
  '': 'iso-8859-1',
  '6': 'iso-8859-1',
  '100': 'iso-8859-1',
  '101': 'iso-8859-2',
  '109': 'iso-8859-3',
  '110': 'iso-8859-4',
  '144': 'iso-8859-5',
  '127': 'iso-8859-6',
  '126': 'iso-8859-7',
  '138': 'iso-8859-8',
  '148': 'windows-1254',
  '203': 'iso-8859-15',
  '166': 'windows-874',
  '13': 'shift_jis',
  '149': 'euc-kr',
  '58': 'gbk',
  '192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

/** Escape sequences (PS3.3 Table C.12-3, C.12-4) behind ESC, to the set that follows and how its bytes stand. */
const escapes: Array<{ sequence: string; label: string; form?: 'G0' | 'supplementary' }> = [
  { sequence: '(B', label: 'iso-8859-1' },
  { sequence: '(J', label: 'iso-8859-1' },
  { sequence: ')I', label: 'shift_jis' },
  { sequence: '-A', label: 'iso-8859-1' },
  { sequence: '-B', label: 'iso-8859-2' },
  { sequence: '-C', label: 'iso-8859-3' },
  { sequence: '-D', label: 'iso-8859-4' },
  { sequence: '-L', label: 'iso-8859-5' },
  { sequence: '-G', label: 'iso-8859-6' },
  { sequence: '-F', label: 'iso-8859-7' },
  { sequence: '-H', label: 'iso-8859-8' },
  { sequence: '-M', label: 'windows-1254' },
  { sequence: '-T', label: 'windows-874' },
  { sequence: '$)C', label: 'euc-kr' },
  { sequence: '$)A', label: 'gbk' },
  { sequence: '$B', label: 'euc-jp', form: 'G0' },
  { sequence: '$@', label: 'euc-jp', form: 'G0' },
  { sequence: '$(D', label: 'euc-jp', form: 'supplementary' },
];

const decoders = new Map<string, TextDecoder>();

function decodeAs(label: string, bytes: Uint8Array): string {
  const decoder = decoders.get(label) ?? new TextDecoder(label);
  decoders.set(label, decoder);
  return decoder.decode(bytes);
}

/**
 * Bytes, one a character, as the text that they are in a character set; what is no text there becomes U+FFFD. Used to
 * search for a text in other encodings: nothing is ever written from it.
 * @param specificCharacterSet value of (0008,0005), with all its components
 */
export function decodeText(text: string, specificCharacterSet: string): string {
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const first = labelOf(specificCharacterSet.split('\\')[0] ?? '');
  if (!text.includes('\u001b')) return decodeAs(first, bytes);
  return text
    .split('\u001b')
    .map((part, i) => (i === 0 ? decodeLatin(part, first) : decodeEscaped(part, first)))
    .join('');
}

function labelOf(term: string): string {
  const set = term.trim().replace(/^ISO[_ ](?:2022[_ ])?IR[_ ]/, '');
  return labels[set] ?? 'iso-8859-1';
}

const decodeLatin = (text: string, label: string) =>
  decodeAs(
    label,
    Uint8Array.from(text, (character) => character.charCodeAt(0)),
  );

/** PS3.5 §6.1.2.5.3: a delimiter ends what an escape sequence began, so that the first set holds behind it. */
function decodeEscaped(part: string, first: string): string {
  const found = escapes.find(({ sequence }) => part.startsWith(sequence));
  if (found === undefined) return decodeLatin(part, first);
  const { sequence, label, form } = found;
  const text = part.slice(sequence.length);
  if (form === undefined) return decodeLatin(text, label);
  // Both sets lie in EUC-JP with the high bit set, the supplementary one behind 8F
  const lead = form === 'supplementary' ? '\u008f' : '';
  const pairs = text.replace(
    /[\s\S]{2}/g,
    (pair) => lead + String.fromCharCode(...[...pair].map((each) => each.charCodeAt(0) | 0x80)),
  );
  return decodeLatin(pairs, label);
}
