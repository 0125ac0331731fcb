import type { ProjectPolicy } from '../../../core/policy/ProjectPolicy.ts';
import { assignResources } from '../../../core/submission/planning/assignResources.ts';
import { numberFolders } from '../../../core/submission/planning/numberFolders.ts';
import { takeOtherFile } from '../../../core/submission/review/takeOtherFile.ts';
import type { LocalFile } from '../files/localInput.ts';
import type { Examined } from './examineFile.ts';

/** What Plan would say of these files, for each that was examined: by its path, a file may be one that the project takes. */
export function plannedPlaces(files: readonly LocalFile[], policy: ProjectPolicy): (examined: Examined) => Examined {
  // names in XNAT come of digests, and are not told here
  const lines = files.map(({ path }, file) => ({ file, path, sha256: '' }));
  const resources = assignResources(lines, policy.resources);
  const folders = numberFolders(lines);
  return ({ fact, findings }) =>
    takeOtherFile({ fact: { ...fact, folders: folders.get(fact.file) }, findings }, resources.get(fact.file), policy);
}
