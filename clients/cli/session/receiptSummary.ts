import type { Receipt } from '../../../core/audit/Receipt.ts';
import { adviceOf } from '../../../core/submission/codes/adviceOf.ts';
import { counted } from '../terminal/counted.ts';

/** Lines for people: how many files ended how, by which codes, and where in XNAT they are. */
export function receiptSummary({ totals, files, sessions }: Receipt): string[] {
  const codesOf = (outcome: 'held' | 'refused') => {
    const counts = Map.groupBy(files, (file) => (file.outcome === outcome ? (file.code ?? 'no code') : undefined));
    const told = [...counts].flatMap(([code, some]) => (code === undefined ? [] : [`${code} ${some.length}`]));
    return told.length === 0 ? '' : ` (${told.join(', ')})`;
  };
  const stood = files.filter(({ archived }) => archived?.stood === true).length;
  const before = stood === 0 ? '' : ` (${counted(stood, 'was', 'were')} there before)`;
  return [
    `archived ${totals.archived}${before}, held ${totals.held}${codesOf('held')}, refused ${totals.refused}${codesOf('refused')}, duplicate ${totals.duplicate}`,
    ...sessions.map(({ subject, session, uri }) => `XNAT: subject ${subject}, session ${session} at ${uri}`),
  ];
}

/** Lines for people: by each code, the first file that is not archived, and what to do about it. */
export function faultLines({ files }: Receipt, paths: readonly string[] = []): string[] {
  const faults = files.flatMap(({ file, outcome, code }) =>
    outcome === 'archived' || code === undefined ? [] : [{ file, outcome, code }],
  );
  return [...Map.groupBy(faults, ({ outcome, code }) => `${outcome}  ${code}`)].flatMap(([kind, some]) => {
    const [first] = some;
    const name = paths[first?.file ?? -1] ?? `file ${first?.file}`;
    const which = some.length === 1 ? name : `${some.length} files, the first is ${name}`;
    return [`${kind}  ${which}`, `        ${adviceOf(first?.code ?? '')}`];
  });
}
