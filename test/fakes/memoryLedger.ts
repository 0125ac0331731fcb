import type { ChainedEvent } from '../../core/audit/AuditEvent.ts';
import { placeInState } from '../../core/submission/attempts/placeInState.ts';
import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Submission, UploadedObject } from '../../core/submission/contracts/Submission.ts';
import type { Ledger, LedgerChange } from '../../core/submission/ports.ts';

/** The ledger in memory, held to the same contract suite as the real ones. */
export function memoryLedger(): Ledger {
  const submissions = new Map<string, { submission: Submission; events: ChainedEvent[] }>();
  const objects = new Map<string, UploadedObject>();
  const copy = structuredClone;
  const ordered = (keep: (submission: Submission) => boolean) =>
    [...submissions.values()]
      .map(({ submission }) => submission)
      .filter(keep)
      .sort((left, right) => (placeOf(left) < placeOf(right) ? 1 : -1));
  const put = ({ next, event }: LedgerChange) => {
    const events = submissions.get(next.id)?.events ?? [];
    submissions.set(next.id, copy({ submission: next, events: [...events, event] }));
  };

  return {
    async create(change) {
      if (submissions.has(change.next.id)) throw conflict(change);
      put(change);
    },
    async commit(change) {
      const head = submissions.get(change.next.id)?.submission.chain.hash;
      if (head !== change.event.prev) throw conflict(change);
      put(change);
    },
    async get(id) {
      return copy(submissions.get(id)?.submission);
    },
    async list({ site, limit, cursor }) {
      const rest = ordered((each) => each.site === site && (cursor === undefined || placeOf(each) < cursor));
      const last = rest.length > limit ? rest[limit - 1] : undefined;
      return copy({ items: rest.slice(0, limit), ...(last && { cursor: placeOf(last) }) });
    },
    async *listByState(state, { after = '', before = '~' } = {}) {
      const found = ordered(
        (each) => each.state === state && placeInState(each) > after && placeInState(each) < before,
      );
      yield* copy(found.sort((left, right) => (placeInState(left) < placeInState(right) ? -1 : 1)));
    },
    async events(submission) {
      return copy(submissions.get(submission)?.events ?? []);
    },
    async openObject(submission, object) {
      const key = `${submission}/${object.object}`;
      if (!objects.has(key)) objects.set(key, copy(object));
      return copy(objects.get(key) ?? object);
    },
    async closeObject(submission, object) {
      const key = `${submission}/${object.object}`;
      if (objects.get(key)?.uploadId !== object.uploadId) {
        throw new DomainError('ObjectNotFound', `Cannot close ${object.object}: no such upload is open`);
      }
      objects.set(key, copy(object));
    },
    async getObject(submission, object) {
      return copy(objects.get(`${submission}/${object}`));
    },
    async listObjects(submission) {
      const keys = [...objects.keys()].filter((key) => key.startsWith(`${submission}/`)).sort();
      return copy(keys.flatMap((key) => objects.get(key) ?? []));
    },
  };
}

const placeOf = ({ createdAt, id }: Submission) => `${createdAt}#${id}`;
const conflict = ({ next }: LedgerChange) =>
  new DomainError('LedgerConflict', `Cannot change ${next.id}: another writer was first`);
