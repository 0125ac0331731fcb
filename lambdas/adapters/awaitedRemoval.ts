import type { Removal } from '../../core/submission/Removal.ts';
import { openedOnUse } from './openedOnUse.ts';

/** A removal that is opened by its first call, and anew after a failed one. */
export function awaitedRemoval(open: () => Promise<Removal>): Removal {
  const { call, end } = openedOnUse(open);
  return {
    listFiles: (item) => call((removal) => removal.listFiles(item)),
    listBelow: (item) => call((removal) => removal.listBelow(item)),
    remove: (address) => call((removal) => removal.remove(address)),
    clearFields: (session, fields) => call((removal) => removal.clearFields(session, fields)),
    end,
  };
}
