import type { ReadingProgress as Progress } from '../upload/workerMessages.ts';
import { bytesWords, numberWords } from '../words/quantities.ts';

export function ReadingProgress({ progress: { files, ofFiles, bytes, ofBytes } }: { progress: Progress }) {
  return (
    <div className="progress">
      <progress aria-label="Reading files on this computer" value={bytes} max={Math.max(1, ofBytes)} />
      <p>
        Reading on this computer: {numberWords(files)} of {numberWords(ofFiles)} files, {bytesWords(bytes)} of{' '}
        {bytesWords(ofBytes)}
      </p>
    </div>
  );
}
