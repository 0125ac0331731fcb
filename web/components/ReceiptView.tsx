import type { Receipt } from '../../core/audit/Receipt.ts';
import type { ServiceDescription } from '../../core/submission/contracts/api.ts';
import { receiptTable } from '../receipt/receiptTable.ts';
import { saveFile } from '../receipt/saveFile.ts';
import type { SignedIn } from '../signIn/useSignIn.ts';
import { bytesWords, numberWords, timeWords } from '../words/quantities.ts';
import { ProblemNotice } from './ProblemNotice.tsx';
import { ReceiptFiles } from './ReceiptFiles.tsx';
import { SignatureCheck } from './SignatureCheck.tsx';
import { useReceipt } from './useReceipt.ts';

interface Props {
  submission: string;
  service: ServiceDescription;
  signedIn: SignedIn;
  paths: string[] | undefined;
}

/** The proof of what was archived, checked in this browser. */
export function ReceiptView({ submission, service, signedIn, paths }: Props) {
  const { signed, problem, reload } = useReceipt({ token: signedIn.token, submission });
  if (problem !== undefined) {
    return <ProblemNotice problem={problem} moment="receipt" retry={reload} signInAgain={signedIn.signInAgain} />;
  }
  if (signed === undefined) return <p className="note">Fetching the receipt…</p>;
  const { receipt } = signed;
  return (
    <section className="receipt" aria-labelledby="receipt">
      <h2 id="receipt">Receipt</h2>
      <p className="note">Issued {timeWords(receipt.issuedAt)}</p>
      <SignatureCheck signed={signed} trustedKey={service.receiptKey} />
      <dl className="facts">
        <Fact name="Sent" value={receipt.totals.announced} />
        <Fact name="Archived" value={receipt.totals.archived} />
        <Fact name="Held" value={receipt.totals.held} />
        <Fact name="Refused" value={receipt.totals.refused} />
        <Fact name="Duplicates" value={receipt.totals.duplicate} />
      </dl>
      <h3>Where they are in XNAT</h3>
      <ul className="places">
        {receipt.sessions.map(({ subject, session, uri }) => (
          <li key={uri}>
            Subject <code>{subject}</code>, session <code>{session}</code>
            <span className="uri">{uri}</span>
          </li>
        ))}
      </ul>
      <ReceiptFiles files={receipt.files} paths={paths} />
      <div className="choices">
        <button
          type="button"
          onClick={() => saveFile(`receipt-${submission}.json`, JSON.stringify(signed, undefined, 2))}
        >
          Save receipt as file
        </button>
        <button type="button" onClick={() => saveFile(`files-${submission}.csv`, receiptTable(receipt.files, paths))}>
          Save list of files
        </button>
      </div>
      <p className="note">{savedWords(receipt, paths)}</p>
    </section>
  );
}

function Fact({ name, value }: { name: string; value: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{numberWords(value)}</dd>
    </div>
  );
}

const savedWords = ({ manifest }: Receipt, paths: string[] | undefined) =>
  `The receipt covers ${bytesWords(manifest.bytes)} and names files by number, because names can tell who a patient is.${
    paths === undefined ? '' : ' The list of files holds their names on this computer: keep it at your site.'
  }`;
