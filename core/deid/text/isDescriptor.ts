import { descriptorWords } from '../tables/descriptorWords.ts';

const listed = new Set(descriptorWords.trim().split(/\s+/));

/** True for a word, in small letters, that describes images and names nobody. */
export const isDescriptor = (word: string): boolean => listed.has(word);
