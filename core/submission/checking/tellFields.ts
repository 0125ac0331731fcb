import type { FieldSource, SessionFields } from '../../policy/SessionFields.ts';
import { DomainError } from '../codes/DomainError.ts';
import type { SessionField } from '../contracts/SessionField.ts';
import type { Submission } from '../contracts/Submission.ts';

/**
 * What the policy has the sessions of a submission say; the digest of the receipt is not known before it is sealed.
 * @throws DomainError ManifestMissing, PolicyChanged
 */
export function tellFields(wanted: SessionFields, { id, site, project, policy, manifest }: Submission): SessionField[] {
  if (manifest === undefined) throw new DomainError('ManifestMissing', `Cannot tell of ${id}: it has no manifest`);
  if (policy === undefined) throw new DomainError('PolicyChanged', `Cannot tell of ${id}: its plan names no policy`);
  const values: Record<Exclude<FieldSource, 'receipt'>, string> = {
    ...{ submission: id, site, project },
    ...{ policy: policy.sha256, manifest: manifest.sha256 },
  };
  return Object.entries(wanted).map(([name, source]) =>
    source === 'receipt' ? { name } : { name, value: values[source] },
  );
}
