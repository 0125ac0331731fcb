import { useState } from 'react';
import type { ReceiptFile } from '../../core/audit/Receipt.ts';
import { reasonWords } from '../words/problemWords.ts';
import { numberWords } from '../words/quantities.ts';

const rowsShown = 50;
const outcomeWords = { archived: 'Archived', held: 'Held', refused: 'Refused', duplicate: 'Duplicate' };

/** Every file by number; its name only when it was sent from this page. */
export function ReceiptFiles({ files, paths }: { files: readonly ReceiptFile[]; paths: string[] | undefined }) {
  const [isOnlyOthers, setOnlyOthers] = useState(false);
  const [first, setFirst] = useState(0);
  const listed = isOnlyOthers ? files.filter(({ outcome }) => outcome !== 'archived') : files;
  const rows = listed.slice(first, first + rowsShown);
  const last = first + rows.length;

  return (
    <>
      <h3>Files</h3>
      <p className="choice">
        <input
          type="checkbox"
          id="onlyOthers"
          checked={isOnlyOthers}
          onChange={({ currentTarget }) => {
            setOnlyOthers(currentTarget.checked);
            setFirst(0);
          }}
        />
        <label htmlFor="onlyOthers">Show only files that were not archived</label>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="tableScroll" aria-label="Files of the receipt" tabIndex={0}>
        <table>
          <caption className="unseen">What became of each file</caption>
          <thead>
            <tr>
              <th scope="col">No.</th>
              <th scope="col">Outcome</th>
              <th scope="col">Reason</th>
              <th scope="col">{paths === undefined ? 'SHA-256 at your site' : 'File on this computer'}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ file, outcome, code, sha256 }) => (
              <tr key={file}>
                <th scope="row">{file}</th>
                <td>{outcomeWords[outcome]}</td>
                <td>{code === undefined ? '–' : `${reasonWords(code).meaning} (${code})`}</td>
                <td className="path">{paths === undefined ? <code>{sha256}</code> : <bdi>{paths[file]}</bdi>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <div className="pager">
        <p className="note">
          {rows.length === 0
            ? 'No such files'
            : `${numberWords(first + 1)} to ${numberWords(last)} of ${numberWords(listed.length)}`}
        </p>
        {first > 0 && (
          <button type="button" className="quiet" onClick={() => setFirst(first - rowsShown)}>
            Previous files
          </button>
        )}
        {last < listed.length && (
          <button type="button" className="quiet" onClick={() => setFirst(first + rowsShown)}>
            Next files
          </button>
        )}
      </div>
      {paths === undefined && (
        <p className="note">Names are shown only on the page that sent the files: they are kept nowhere else.</p>
      )}
    </>
  );
}
