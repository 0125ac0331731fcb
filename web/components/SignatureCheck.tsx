import { useCallback, useState } from 'react';
import type { SignedReceipt } from '../../core/audit/Receipt.ts';
import { verifyReceipt } from '../../core/audit/verifyReceipt.ts';
import { verifyEd25519 } from '../receipt/verifyEd25519.ts';
import { useWork } from '../useWork.ts';
import { Icon } from './Icon.tsx';
import { ProblemNotice } from './ProblemNotice.tsx';

/** Proves the receipt here, by the key that the service publishes; the button does it again before your eyes. */
export function SignatureCheck({ signed, trustedKey }: { signed: SignedReceipt; trustedKey: string }) {
  const [isGenuine, setGenuine] = useState(false);
  const verify = useCallback(async () => {
    setGenuine(false);
    await verifyReceipt(signed, trustedKey, verifyEd25519);
    setGenuine(true);
  }, [signed, trustedKey]);
  const { problem, again } = useWork(verify);

  if (problem !== undefined) return <ProblemNotice problem={problem} moment="receipt" />;
  return (
    <div className="signature">
      <p role="status" className="verdict">
        {isGenuine ? (
          <>
            <Icon name="check" /> Signature verified in this browser: the receipt is genuine and complete.
          </>
        ) : (
          'Verifying the signature…'
        )}
      </p>
      <button type="button" className="quiet" onClick={again}>
        Verify signature again
      </button>
    </div>
  );
}
