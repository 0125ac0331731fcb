import type { Receipt } from '../../core/audit/Receipt.ts';

/** Lines for people: how many files ended how, by which codes, and where in XNAT they are. */
export function receiptSummary({ totals, files, sessions }: Receipt): string[] {
  const codesOf = (outcome: 'held' | 'refused') => {
    const counts = Map.groupBy(files, (file) => (file.outcome === outcome ? (file.code ?? 'no code') : undefined));
    const told = [...counts].flatMap(([code, some]) => (code === undefined ? [] : [`${code} ${some.length}`]));
    return told.length === 0 ? '' : ` (${told.join(', ')})`;
  };
  return [
    `archived ${totals.archived}, held ${totals.held}${codesOf('held')}, refused ${totals.refused}${codesOf('refused')}, duplicate ${totals.duplicate}`,
    ...sessions.map(({ subject, session, uri }) => `XNAT: subject ${subject}, session ${session} at ${uri}`),
  ];
}
