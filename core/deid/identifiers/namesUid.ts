/** ITU-T X.667: a UUID is the last component of its UID, as one number. */
const uuid = /(?<![0-9a-f])[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}(?![0-9a-f])/g;
const uuidRoot = '2.25.';
/** Numbers with the marks by which files and accounts are named, as many as a UID can have. */
const parted = /\d{1,64}(?:[._ -]\d{1,64}){2,31}/g;
/** So many numbers stand before a UID, that count files or series. */
const mostBefore = 4;

/** True for a text, in small letters, in which one of some UIDs stands, with whatever marks or as a UUID. */
export function namesUid(text: string, uids: ReadonlySet<string>): boolean {
  if (uids.size === 0) return false;
  for (const [found] of text.matchAll(uuid)) {
    if (uids.has(`${uuidRoot}${BigInt(`0x${found.replaceAll('-', '')}`)}`)) return true;
  }
  for (const [found] of text.matchAll(parted)) if (beginsSoon(found.split(/[._ -]/), uids)) return true;
  return false;
}

function beginsSoon(numbers: readonly string[], uids: ReadonlySet<string>): boolean {
  for (let start = 0; start <= mostBefore && start < numbers.length; start += 1) {
    let uid = '';
    for (const number of numbers.slice(start)) {
      uid = uid === '' ? number : `${uid}.${number}`;
      if (uids.has(uid)) return true;
    }
  }
  return false;
}
