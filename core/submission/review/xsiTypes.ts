/**
 * XNAT data types of a scan and a session, as XNAT 1.9 derives them from SOP classes (series-scans.properties,
 * study-sessions.properties). What is not listed is `otherDicom`.
 */
const storage = '1.2.840.10008.5.1.4.1.1.';

const scanKindBySopClass: Record<string, string> = {
  '128': 'pet',
  '130': 'pet',
  '4': 'mr',
  '4.1': 'mr',
  '4.3': 'mr',
  '2': 'ct',
  '2.1': 'ct',
  '12.1': 'xa',
  '13.1.1': 'xa',
  '12.2': 'rf',
  '6.1': 'us',
  '3.1': 'us',
  '1': 'cr',
  '1.1': 'dx',
  '1.1.1': 'dx',
  '1.2': 'mg',
  '1.2.1': 'mg',
  '1.3': 'io',
  '1.3.1': 'io',
  '20': 'nm',
  '7': 'sc',
  '66.4': 'seg',
  '77.1.5.1': 'op',
  '77.1.5.2': 'op',
  '77.1.5.4': 'opt',
  '77.1.6': 'sm',
  '77.1.2': 'gm',
  '77.1.7': 'dms',
  '77.1.8': 'cfm',
  '9.1.1': 'ecg',
  '9.1.3': 'ecg',
  '9.7.1': 'eeg',
  '9.3.1': 'eps',
  '9.2.1': 'hd',
};

/** The kinds that lead a session, strongest first; the others make no session type of their own. */
const leading = ['pet', 'mr', 'ct', 'xa', 'us', 'rtImage', 'cr', 'opt', 'mg', 'dx', 'nm', 'sr'];
const sessionKinds = [...leading, 'op', 'io', 'sm', 'gm', 'ecg', 'eeg', 'eps', 'hd', 'rf'];
/** Session types are named after the whole; a few differ from their scans. */
const sessionNames: Record<string, string> = { rtImage: 'rt' };

export function scanKind(sopClass: string): string {
  if (!sopClass.startsWith(storage)) return 'otherDicom';
  const suffix = sopClass.slice(storage.length);
  if (suffix.startsWith('481.')) return 'rtImage';
  if (suffix.startsWith('88.')) return 'sr';
  return scanKindBySopClass[suffix] ?? 'otherDicom';
}

/** The data type of one scan, like `xnat:ctScanData`. */
export const scanXsiType = (sopClass: string) => `xnat:${scanKind(sopClass)}ScanData`;

/** The data type of a session by the SOP classes of its scans: PET with MR is a type of its own. */
export function sessionXsiType(sopClasses: readonly string[]): string {
  const kinds = new Set(sopClasses.map(scanKind));
  if (kinds.has('pet') && kinds.has('mr')) return 'xnat:petmrSessionData';
  const kind = sessionKinds.find((each) => kinds.has(each)) ?? 'otherDicom';
  return `xnat:${sessionNames[kind] ?? kind}SessionData`;
}
