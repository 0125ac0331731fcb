import { holdsIdentifier, type Identifiers } from './harvestIdentifiers.ts';

/** What is left of an id or a name in a label, which takes letters, digits, _ and - alone. */
export const squeezed = (text: string) => text.toLowerCase().replace(/[^a-z0-9\u0080-\u00ff]/g, '');

/** Anything shorter stands in labels by chance. */
export const shortestText = 4;

/** True for a label in which an identifier of the file stands, also without the marks that a label cannot hold. */
export function labelIdentifies(identifiers: Identifiers, label: string): boolean {
  const plain = squeezed(label);
  const stands = (text: string) => text.length >= shortestText && plain.includes(text);
  return holdsIdentifier(identifiers, label) || [...identifiers.texts].some((text) => stands(squeezed(text)));
}
