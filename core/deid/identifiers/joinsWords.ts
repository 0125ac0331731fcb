import { isTerm } from '../text/isTerm.ts';
import { withoutZeros } from './joinedTexts.ts';

/** What is sought begins with so many letters, by which most of what words make is left alone. */
const startLetters = 3;
/** Of letters that stand alone fewer make a name by chance, and more make none. */
const fewestLetters = 5;
const mostLetters = 24;
/** Marks that part what belongs together, such as the ") " of a telephone number. */
const longestGap = 3;

interface Known {
  /** What two and more words make, put together. */
  joins: ReadonlySet<string>;
  /** What letters that stand alone make, and the pieces of a word that programs break. */
  texts: ReadonlySet<string>;
}

/**
 * Tells of a text, in small letters, whether some of its words that follow each other make a name or an id, whatever
 * marks are between them.
 */
export function joinsWords({ joins, texts }: Known): (text: string) => boolean {
  const starts = new Set<string>();
  let longest = 0;
  for (const join of joins) {
    starts.add(join.slice(0, startLetters));
    longest = Math.max(longest, join.length);
  }
  const mayGoOn = (made: string) =>
    made.length < startLetters || (made.length < longest && starts.has(made.slice(0, startLetters)));
  return (text) => {
    if (breaksWord(texts, text)) return true;
    const spelled = spelledWords(texts);
    let open: string[] = [];
    let end = 0;
    for (const { 0: word, index } of text.matchAll(/[\p{L}\p{N}]+/gu)) {
      const isApart = index - end > longestGap;
      end = index + word.length;
      const made = isApart ? [] : open.map((each) => each + word);
      if (spelled.endsBefore(word, isApart) || made.some((each) => joins.has(each))) return true;
      made.push(withoutZeros(word));
      open = made.filter(mayGoOn);
    }
    return spelled.endsBefore('', true);
  };
}

/** Follows letters that stand alone. */
function spelledWords(texts: ReadonlySet<string>) {
  let letters = '';
  const isText = () =>
    letters.length >= fewestLetters &&
    letters.length <= mostLetters &&
    // Apart from an initial before or behind it
    [letters, letters.slice(1), letters.slice(0, -1), letters.slice(1, -1)].some((each) => texts.has(each));
  return {
    /** True where a name ends before the next word, which is taken in. */
    endsBefore(word: string, isApart: boolean): boolean {
      const goesOn = word.length === 1 && !isApart;
      const ends = !goesOn && isText();
      if (goesOn) letters = letters.length > mostLetters ? letters : letters + word;
      else letters = word.length === 1 ? word : '';
      return ends;
    },
  };
}

/** Such as a line ends with, lies between two values, or is not seen: spaces part words. */
const broken = /(?<![a-z])[a-z]+(?:[-_=\\\p{Cc}]+ *[a-z]+)+/gu;
const breaks = /[-_=\\\p{Cc}]+ */u;
/** Fewer letters are those of two words, as a rule. */
const fewestBroken = 6;
/** A name is broken into no more. */
const mostPieces = 8;

/** True where pieces of a word that follow each other make a name, and are no words of images themselves. */
function breaksWord(texts: ReadonlySet<string>, text: string): boolean {
  for (const [word] of text.matchAll(broken)) {
    const pieces = word.split(breaks);
    for (const [first, piece] of pieces.entries()) {
      let made = piece;
      let areTerms = isTerm(piece);
      for (const next of pieces.slice(first + 1, first + mostPieces)) {
        made += next;
        areTerms &&= isTerm(next);
        if (made.length >= fewestBroken && !areTerms && texts.has(made)) return true;
      }
    }
  }
  return false;
}
