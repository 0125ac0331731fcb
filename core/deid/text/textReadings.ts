import { decodeText } from '../../dicom/decodeText.ts';

const unreadable = '\ufffd';

/**
 * A text by the character set that holds for it, and by the one that its writer may have meant: many write UTF-8 and say
 * nothing of it, or say UTF-8 of something else.
 * @param text bytes, one a character
 */
export function textReadings(text: string, characterSet: string): string[] {
  const readings = [decodeText(text, characterSet)];
  const inUtf8 = decodeText(text, 'ISO_IR 192');
  readings.push(inUtf8.includes(unreadable) ? decodeText(text, 'ISO_IR 100') : inUtf8);
  return [...new Set(readings)];
}
