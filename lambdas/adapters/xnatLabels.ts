import { DomainError } from '../../core/submission/codes/DomainError.ts';
import type { Archive } from '../../core/submission/ports.ts';
import { FileTable, LabelsAnswer } from './xnatAnswers.ts';
import { xnatPaths } from './xnatPaths.ts';
import type { xnatSession } from './xnatSession.ts';

type Xnat = ReturnType<typeof xnatSession>;

/**
 * Sessions by XNAT's own id, which no other label changes. XNAT gives a new label, or a new subject, by PUT: with a label
 * it does nothing else, and under a subject that is absent it does nothing and answers 200, so that the subject comes
 * first (org.nrg.xnat.restlet.resources.SubjAssessmentResource, org.nrg.xnat.archive.Rename of XNAT 1.8.11).
 */
export function xnatLabels(xnat: Xnat): Pick<Archive, 'findSession' | 'findSubject' | 'listStored' | 'relabel'> {
  const read = (path: string) => xnat.readJson({ action: 'read the labels of a session', path }, LabelsAnswer);
  const readSubject = ({ xnatProject, subject }: { xnatProject: string; subject: string }) =>
    read(`/data/projects/${xnatPaths.label(xnatProject)}/subjects/${xnatPaths.label(subject)}`);
  return {
    async findSession(uri) {
      const found = await read(itemOf(uri));
      if (found === undefined) return undefined;
      const { label: session, project: xnatProject = '', subject_ID: id = '', UID: study } = found;
      const subject = await readSubject({ xnatProject, subject: id });
      if (subject === undefined) throw new DomainError('XnatConflict', 'Cannot read a session: its subject is absent');
      return { xnatProject, session, subject: subject.label, study: study === '' ? undefined : study };
    },

    async findSubject(place) {
      const found = await readSubject(place);
      return found && { id: found.ID, subject: found.label };
    },

    async listStored(item) {
      const path = `${itemOf(item)}/files`;
      return (await xnat.readJson({ action: 'list the files of a session', path }, FileTable)) ?? [];
    },

    async relabel({ uri, xnatProject, ...from }, to, job) {
      const id = itemOf(uri).slice('/data/experiments/'.length);
      const put = (subject: string, query: Record<string, string> = {}, place = '') =>
        xnat.askText({
          ...{ action: 'relabel a session', method: 'PUT', query: { ...query, event_reason: job } },
          path: `${xnatPaths.subject({ xnatProject, session: { subject, session: id, study: '' } })}${place}`,
          // a session is copied whole before it has its new label; until then XNAT refuses to begin it again
          ...{ isTransfer: true, busyText: /being processed/ },
        });
      const session = `/experiments/${xnatPaths.label(id)}`;
      if (from.session !== to.session) await put(from.subject, { label: xnatPaths.label(to.session) }, session);
      if (from.subject === to.subject) return;
      await put(to.subject);
      await put(to.subject, {}, session);
    },
  };
}

/** @throws DomainError XnatRefused for what is not the address of a session or a scan */
function itemOf(uri: string): string {
  if (/^\/data\/experiments\/[A-Za-z0-9_-]+(\/scans\/[A-Za-z0-9_%-]+)?$/.test(uri)) return uri;
  throw new DomainError('XnatRefused', 'Cannot address a session: the address is not allowed, wanted one of a session');
}
