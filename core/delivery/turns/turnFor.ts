import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import type { Delivery } from '../../submission/contracts/steps.ts';
import { sharedResource } from '../sharedResource.ts';

/** What `takeTurn` is asked for on behalf of one delivery. */
export const turnFor = (
  { xnatProject, session: { subject, session }, scan: { resource } }: Delivery,
  { policy, submission }: { policy: ProjectPolicy; submission: string },
) => ({ policy, submission, session, shared: sharedResource({ xnatProject, subject, resource }) });
