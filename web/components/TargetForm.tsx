import { type FormEvent, useRef, useState } from 'react';
import type { CreateSubmissionBody } from '../../core/submission/contracts/api.ts';
import { XnatLabel } from '../../core/submission/contracts/Submission.ts';
import type { FilesSummary } from '../../core/upload/summarizeFiles.ts';
import type { PlannedUpload } from '../upload/workerMessages.ts';
import { bytesWords, counted } from '../words/quantities.ts';
import { LabelField } from './LabelField.tsx';

interface Props {
  summary: FilesSummary;
  plan: PlannedUpload;
  /** What was entered before for these files, else the project of the last submission: nobody types it twice. */
  initial: Partial<CreateSubmissionBody>;
  send: (target: CreateSubmissionBody) => void;
}

/** Where the files belong. Labels are optional: without them the project's own scheme makes pseudonyms. */
export function TargetForm({ summary, plan, initial, send }: Props) {
  const [project, setProject] = useState(initial.project ?? '');
  const [subject, setSubject] = useState(initial.subject ?? '');
  const [session, setSession] = useState(initial.session ?? '');
  const [isAsked, setAsked] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const errors = {
    project: labelError(project, true),
    subject: labelError(subject, false),
    session: labelError(session, false),
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (Object.values(errors).every((error) => error === undefined)) {
      send({ project, ...(subject !== '' && { subject }), ...(session !== '' && { session }) });
      return;
    }
    // After this render: the first field with an error takes the focus
    requestAnimationFrame(() => form.current?.querySelector<HTMLInputElement>('[aria-invalid="true"]')?.focus());
  };
  const shown = (error: string | undefined) => (isAsked ? error : undefined);

  return (
    <form ref={form} onSubmit={submit} noValidate>
      <LabelField
        label="Project"
        hint="As your study calls it in XNAT"
        value={project}
        isRequired
        error={shown(errors.project)}
        onChange={setProject}
      />
      <LabelField
        label="Subject label"
        hint="A code of the study, never a name. Leave it empty to get a pseudonym"
        value={subject}
        error={shown(errors.subject)}
        onChange={setSubject}
      />
      <LabelField
        label="Session label"
        hint="The visit, like V1 or BASELINE"
        value={session}
        error={shown(errors.session)}
        onChange={setSession}
      />
      {warningsOf(summary, { subject, session }).map((warning) => (
        <p key={warning} className="notice caution">
          {warning}
        </p>
      ))}
      <div className="sendRow">
        <button type="submit" className="primary">
          Send {counted(plan.files, 'file')}
        </button>
        <p className="note">{bytesWords(plan.bytes)} will leave this computer when you press Send, and not before.</p>
      </div>
    </form>
  );
}

function labelError(value: string, isRequired: boolean): string | undefined {
  if (value === '') return isRequired ? 'Enter the project' : undefined;
  if (XnatLabel.safeParse(value).success) return undefined;
  return 'Use letters, digits, hyphen and underscore, at most 64, without spaces';
}

/** One label for several patients or studies would mix them: the project holds such a submission. */
function warningsOf({ patients, studies }: FilesSummary, { subject, session }: { subject: string; session: string }) {
  const warnings: string[] = [];
  if (patients > 1 && subject !== '') {
    warnings.push(
      `Please check: ${patients} patients would share the subject label ${subject}. Leave the label empty, or send each patient by itself.`,
    );
  } else if (patients > 1) {
    warnings.push(`Please check: these files belong to ${patients} patients. Each becomes a subject of its own.`);
  }
  if (studies > 1 && session !== '') {
    warnings.push(
      `Please check: ${studies} studies would share the session label ${session}. Leave the label empty, or send each study by itself.`,
    );
  }
  return warnings;
}
