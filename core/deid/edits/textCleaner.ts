import type { Identifiers } from '../identifiers/harvestIdentifiers.ts';
import { isDescriptor } from '../text/isDescriptor.ts';
import { withoutEnds } from '../text/withoutEnds.ts';

/** Terms that a list cannot hold: reconstruction kernels, levels of the spine, b-values, weightings. */
const termForm =
  /^(?:[abhqstu][0-9]{2}[fhsu]?|[ctls]\d{1,2}|b\d{1,4}|t[12]w?|(?:te|tr|ti)\d{1,4}|[34]d|\d+(?:st|nd|rd|th))$/;
/** A measure: at most three digits before the point, with or without a unit. Years, ids and postcodes are longer. */
const measureForm =
  /^\d{1,3}(?:\.\d{1,3})?(?:mm|cm|ms|s|sec|min|kv|kvp|ma|mas|ml|hz|t|x|deg|gy|pct|%|x\d{1,3}(?:\.\d)?)?$/;
const numberStart = /^[0-9]/;
/** What says that a number beside it is no age. */
const unitAlone = /^(?:mm|cm|ms|sec|min|kvp?|mas?|ml|hz|deg|gy|%)$/;
/** What tells an age, where a project's own words let it stay. */
const ageWord = /^(?:aged?|old|y|yo|yrs?|years?)$/;
/** 45 CFR 164.514(b)(2)(i)(C): ages of 90 and above are one. Nobody grew older than 122. */
const isHighAge = (word: string) => numberStart.test(word) && Number(word) >= 90 && Number(word) < 130;
/** What parts words; the point stays inside numbers. Bytes above ASCII belong to words, so that they never stay. */
const separators = /[^A-Za-z0-9.%\u0080-\uffff]+/;
const escapeCharacter = '\u001b';

/**
 * Cuts free text down to words that name nobody (PS3.15 §E.3.5): words of a list, the project's own words, terms and
 * measures. A number beside another number may be a date or a telephone number, so that both go, and so does every word
 * of a name, an id or an institution of the same file, whatever the list says. A number that may be an age of 90 and
 * above goes with the words that said so. What is cleaned once stays as it is.
 * @param words the project's own
 * @param identifiers of the file
 */
export function textCleaner(words: readonly string[], identifiers: () => Pick<Identifiers, 'words'>) {
  const isIdentifying = (word: string) => identifiers().words.has(word);
  const own = new Set(words.map((word) => word.toLowerCase()));

  function isHarmless(word: string, position: number, all: readonly string[]): boolean {
    if (isIdentifying(word) || word.split('.').some(isIdentifying)) return false;
    if (isDescriptor(word) || own.has(word) || termForm.test(word)) return true;
    return (
      measureForm.test(word) && ![all[position - 1], all[position + 1]].some((each) => numberStart.test(each ?? ''))
    );
  }

  /** Beside words that go, nobody can say of what it is a number. */
  function mayTellAge(position: number, all: readonly string[], areHarmless: readonly boolean[]): boolean {
    if (!isHighAge(all[position] ?? '') || unitAlone.test(all[position + 1] ?? '')) return false;
    return areHarmless.includes(false) || all.some((word) => ageWord.test(word));
  }

  /** Undefined when nothing had to go. */
  function cleanOnce(text: string): string | undefined {
    const words = text.split(separators).map((word) => withoutEnds(word, '.'));
    const lower = words.map((word) => word.toLowerCase());
    const areHarmless = lower.map((word, position) => word === '' || isHarmless(word, position, lower));
    const goes = (position: number) => areHarmless[position] === false || mayTellAge(position, lower, areHarmless);
    if (!words.some((_, position) => goes(position))) return undefined;
    return words.filter((word, position) => word !== '' && !goes(position)).join(' ');
  }

  /** The text as it was, or the words that may stay, in their order, parted by spaces; '' when none may. */
  return (text: string): string => {
    // ISO 2022: behind an escape sequence letters are no letters (PS3.5 §6.1.2.5)
    if (text.includes(escapeCharacter)) return '';
    let cleaned = text;
    for (let next = cleanOnce(cleaned); next !== undefined; next = cleanOnce(cleaned)) cleaned = next;
    return cleaned;
  };
}
