import type { FilesSummary } from '../../core/upload/summarizeFiles.ts';
import type { PlannedUpload } from '../upload/workerMessages.ts';
import { reasonWords } from '../words/problemWords.ts';
import { bytesWords, counted, numberWords } from '../words/quantities.ts';
import { FileNames } from './FileNames.tsx';

interface Props {
  summary: FilesSummary;
  leftOut: readonly string[];
  plan: PlannedUpload | undefined;
  arrange: (dicomOnly: boolean) => void;
}

/** What the chosen files hold, counted on this computer. */
export function FoundSummary({ summary, leftOut, plan, arrange }: Props) {
  const others = summary.files - summary.dicom;
  return (
    <>
      <dl className="facts">
        <Fact name="Patients" value={numberWords(summary.patients)} />
        <Fact name="Studies" value={numberWords(summary.studies)} />
        <Fact name="Series" value={numberWords(summary.series)} />
        <Fact name="DICOM files" value={numberWords(summary.dicom)} />
        <Fact name="Other files" value={numberWords(others)} />
        <Fact name="Size" value={bytesWords(summary.bytes)} />
      </dl>
      {summary.broken.length > 0 && (
        <div className="notice caution">
          <p className="noticeTitle">
            {counted(summary.broken.length, 'file')} cannot be read as DICOM and will be refused.
          </p>
          <p>
            Export again from the source what is listed here. The other files are not affected unless the project wants
            all or none.
          </p>
          <FileNames
            title="Show these files"
            names={summary.broken.map(({ path, code }) => `${path} – ${reasonWords(code).meaning}`)}
          />
        </div>
      )}
      {summary.unnamed > 0 && (
        <p className="notice caution">
          {counted(summary.unnamed, 'DICOM file')} without a patient ID: please check that they belong here.
        </p>
      )}
      {others > 0 && summary.dicom > 0 && (
        <p className="choice">
          <input
            type="checkbox"
            id="dicomOnly"
            checked={plan?.dicomOnly ?? true}
            onChange={({ currentTarget }) => arrange(currentTarget.checked)}
          />
          <label htmlFor="dicomOnly">
            Leave out the {counted(others, 'file')} that {others === 1 ? 'is' : 'are'} not DICOM: the archive takes such
            files only where the study has a rule for them
          </label>
        </p>
      )}
      {leftOut.length > 0 && (
        <FileNames
          title={`${counted(leftOut.length, 'file')} of the operating system or the medium will not be sent`}
          names={leftOut}
        />
      )}
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
