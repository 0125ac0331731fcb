const backslash = 0x5c;
const equals = 0x3d;
const caret = 0x5e;
const mostGroups = 3;
const mostComponents = 5;

/** True when no name among the values of PN has more groups, and no group more components, than PS3.5 §6.2.1 knows. */
export function isNameForm(bytes: Uint8Array, from: number, to: number): boolean {
  let groups = 1;
  let components = 1;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte === caret) components += 1;
    else if (byte === equals || byte === backslash) {
      groups = byte === equals ? groups + 1 : 1;
      components = 1;
    }
    if (groups > mostGroups || components > mostComponents) return false;
  }
  return true;
}
