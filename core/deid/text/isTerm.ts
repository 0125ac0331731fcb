import { termWords } from '../tables/termWords.ts';
import { isDescriptor } from './isDescriptor.ts';

/** Names are words, and so are defined terms: PERFUSION, HEAD. */
const terms = new Set(termWords.split(' '));

/** True for a word, in small letters, of the standard's defined terms or of those that describe images. */
export const isTerm = (word: string): boolean => terms.has(word) || isDescriptor(word);
