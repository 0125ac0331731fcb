/** What operating systems and viewers leave in folders, and the index of a DICOM medium, which lists names. */
const junk = [
  /^\./,
  /^thumbs\.db$/i,
  /^desktop\.ini$/i,
  /^dicomdir$/i,
  /^autorun\.inf$/i,
  /^__MACOSX$/,
  /^\$RECYCLE\.BIN$/i,
  /^System Volume Information$/i,
  /\.(exe|dll|lnk|tmp|part|crdownload)$/i,
];

/** True for a path of which any folder or the name itself is no research data; such files stay where they are. */
export function isJunkFile(path: string): boolean {
  return path.split('/').some((segment) => junk.some((pattern) => pattern.test(segment)));
}
