import type { ResourceLevel } from '../policy/ResourceRule.ts';

interface Place {
  xnatProject: string;
  subject: string;
  resource: { level: ResourceLevel; label: string } | undefined;
}

/** The name of a resource that several sessions' files go into, to be written by one at a time; none of any other. */
export function sharedResource({ xnatProject, subject, resource }: Place): string[] {
  if (resource?.level === 'subject') return [`resource/${xnatProject}/${subject}/${resource.label}`];
  if (resource?.level === 'project') return [`resource/${xnatProject}/${resource.label}`];
  return [];
}
