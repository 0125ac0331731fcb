const secondaryCapture = '1.2.840.10008.5.1.4.1.1.7';
const ultrasound = new Set([
  '1.2.840.10008.5.1.4.1.1.3',
  '1.2.840.10008.5.1.4.1.1.3.1',
  '1.2.840.10008.5.1.4.1.1.6',
  '1.2.840.10008.5.1.4.1.1.6.1',
  '1.2.840.10008.5.1.4.1.1.6.2',
]);

/** What vendors write into Image Type of pictures of screens and of dose pages. */
const screenTypes = /^(?:SCREEN ?SAVE|SCREENSHOT|SECONDARY CAPTURE|DOSE_INFO|DOSE REPORT|DOSE|PROTOCOL|PASTED|REPORT)$/;

/**
 * The element that makes burned-in names or dates likely; undefined when none does. No profile cleans pixels, so that
 * such a file needs a person. Only ultrasound may clear itself by Burned In Annotation: its class alone says little.
 * @param text reads a top-level element
 */
export function burnedInRisk(sopClass: string, text: (tag: number) => string | undefined): number | undefined {
  const burnedIn = 0x00280301;
  const imageType = 0x00080008;
  if (text(burnedIn) === 'YES') return burnedIn;
  if (sopClass === secondaryCapture || sopClass.startsWith(`${secondaryCapture}.`)) return 0x00080016;
  if ((text(imageType) ?? '').split('\\').some((each) => screenTypes.test(each.trim()))) return imageType;
  if (ultrasound.has(sopClass) || text(0x00080060) === 'US') return text(burnedIn) === 'NO' ? undefined : burnedIn;
  return undefined;
}
