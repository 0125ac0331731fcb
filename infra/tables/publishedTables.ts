import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

export interface PublishedTables {
  /** Folder of the newest edition of the standard, within the folder of the tables. */
  standard: string;
  /** As `2025b, tables of 2025-07-08`: with the day on which they were drawn up. */
  source: string;
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
  const edition = z.string().parse(readJson(`${standard}/version.json`));
  const { version } = Procedure.parse(readJson(`${standard}/procedure.json`));
  const source = `${edition}, tables of ${version.replace(dated, '$1-$2-$3')}`;
  return { standard, edition, source, newest, readJson };
}

/** Drawn up with the tables of its folder, by the same people on the same day: like 0.20250708.0. */
const dated = /^\d+\.(\d{4})(\d{2})(\d{2})\.\d+$/;
const Procedure = z.object({ version: z.string().regex(dated) });

/** First line of a written table. @param source an edition, and a day where one is known */
export const writtenFrom = (source: string) =>
  `// Written by \`npm run tables\` from the DICOM standard, edition ${source}.\n\n`;
