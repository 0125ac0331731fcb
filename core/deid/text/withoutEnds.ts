/**
 * A text without such characters at its ends. An expression like `[ ]+$` tries each character of a run in the middle as
 * the first of the end: 60 kB of spaces took it seconds.
 * @param characters each of one unit
 */
export function withoutEnds(text: string, characters: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && characters.includes(text.charAt(start))) start += 1;
  while (end > start && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
