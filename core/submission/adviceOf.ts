import { errorCatalogue } from './errorCatalogue.ts';
import { findingCatalogue } from './findingCatalogue.ts';

/** What to do about a code of the error catalogue; empty for any other. */
export const actionOf = (code: string): string =>
  Object.entries(errorCatalogue).find(([name]) => name === code)?.[1].action ?? '';

/** What a code of either catalogue means, and what to do about it; empty for any other. */
export function adviceOf(code: string): string {
  const errors = Object.entries(errorCatalogue).map(([name, { meaning, action }]) => ({
    name,
    meaning,
    advice: action,
  }));
  const findings = Object.entries(findingCatalogue).map(([name, { meaning, advice }]) => ({ name, meaning, advice }));
  const known = [...errors, ...findings].find(({ name }) => name === code);
  return known === undefined ? '' : `${known.meaning}. ${known.advice}`;
}
