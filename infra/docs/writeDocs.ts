import { writeFileSync } from 'node:fs';
import { codesPage } from './codesPage.ts';

writeFileSync(new URL('../../docs/codes.md', import.meta.url), codesPage());
