import { errorCatalogue } from '../../core/submission/codes/errorCatalogue.ts';
import { findingCatalogue } from '../../core/submission/codes/findingCatalogue.ts';
import { reviewReasons } from '../../core/submission/codes/reviewReasons.ts';

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** docs/codes.md, made from the catalogues that the system itself runs on. */
export function codesPage(): string {
  const errors = Object.entries(errorCatalogue).map(([code, { meaning, action, retryable }]) => [
    `\`${code}\``,
    meaning,
    action,
    retryable ? 'yes' : '',
  ]);
  const findings = Object.entries(findingCatalogue).map(([code, { severity, disposition, meaning, advice }]) => [
    `\`${code}\``,
    severity,
    disposition,
    meaning,
    advice,
  ]);
  const reasons = Object.entries(reviewReasons).map(([code, { meaning, action }]) => [`\`${code}\``, meaning, action]);
  return `# Codes

Made from the catalogues in \`core/submission/codes\` by \`npm run docs\`; a test fails when this page is older than they are.

## Refusals

The code is the problem type of the API, the error name in Step Functions and the reason of a failed submission.

${table(['code', 'meaning', 'what to do', 'may pass by itself'], errors)}

## Findings about one file

A finding never stops the other files. What it does to its own file can be re-classed by the project's policy: \`accept\`
goes on, \`hold\` waits in quarantine for a person, \`refuse\` stays with the site. What is re-classed is as severe as that:
\`info\`, \`warning\` or \`error\`.

${table(['code', 'severity', 'does', 'meaning', 'advice'], findings)}

## Why a whole submission is held or rejected

The codes of the files that led to it stand beside the reason.

${table(['code', 'meaning', 'what to do'], reasons)}
`;
}
