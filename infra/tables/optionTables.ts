import * as z from 'zod';

/** PS3.15 Table E.3.10-1 as published: `(7053,xx00)`, creator, VR. */
export const SafePrivate = z.array(z.object({ element: z.string(), creator: z.string(), vr: z.string() }));

/** PS3.15 Table E.3.4-1 as published. */
export const ContentTable = z.object({ head: z.array(z.string()), rows: z.array(z.array(z.string())) });

/** One line a group and creator: four digits, the creator, a tab, then low byte and VR of each element. */
export function safePrivateTable(elements: z.infer<typeof SafePrivate>): string {
  const lines = new Map<string, string[]>();
  for (const { element, creator, vr } of elements) {
    const parts = /^\(([0-9A-F]{4}),xx([0-9A-F]{2})\)$/i.exec(element);
    if (parts === null) throw new Error('Cannot read Table E.3.10-1: an element has no group and byte');
    const block = `${parts[1]?.toUpperCase()} ${creator}`;
    const code = /^[A-Z]{2}/.exec(vr)?.[0] ?? 'UN';
    lines.set(block, [...(lines.get(block) ?? []), `${parts[2]?.toUpperCase()}${code}`]);
  }
  const text = [...lines].sort().map(([block, list]) => `${block}\t${[...new Set(list)].sort().join(' ')}`);
  return [
    '/** PS3.15 Table E.3.10-1, one line a block: group, creator, a tab, then low byte and VR of each safe element (UN:\n',
    ' * whatever is written). */\n',
    `export const safePrivateBlocks = \`\n${text.join('\n')}\n\`;\n`,
  ].join('');
}

/** Column of the published table to the option letter that Table E.1-1 uses here. */
const optionColumns: Array<[number, string]> = [
  [7, 'U'],
  [8, 'D'],
  [9, 'I'],
  [10, 'P'],
  [11, 'L'],
  [12, 'M'],
  [13, 'T'],
];

/** One line a concept: scheme and code, value type, basic action, then the options that say something. */
export function contentTable({ rows }: z.infer<typeof ContentTable>): string {
  const lines = rows.map((row) => {
    const [, code = '', scheme = '', valueType = '', , , basic = ''] = row;
    const options = optionColumns.flatMap(([column, letter]) => (row[column] ? [`${letter}${row[column]}`] : []));
    return [`${scheme.replace(/ .*/, '')}:${code}`, valueType, basic, ...options].join(' ');
  });
  return [
    '/** PS3.15 Table E.3.4-1, one line a concept of a content item: scheme and code, value type, basic action, then option\n',
    ' * letter and action as in Table E.1-1. */\n',
    `export const contentRows = \`\n${[...new Set(lines)].sort().join('\n')}\n\`;\n`,
  ].join('');
}
