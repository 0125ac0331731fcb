import { type DragEvent, useId, useRef, useState } from 'react';
import { readDropped } from '../upload/readDropped.ts';
import type { ChosenFile } from '../upload/workerMessages.ts';
import { type PlainProblem, plainProblem } from '../words/plainProblem.ts';
import { ProblemNotice } from './ProblemNotice.tsx';

/** Native file choice for every hand and every aid; dropping is an extra. */
export function ChooseFiles({ choose }: { choose: (files: ChosenFile[]) => void }) {
  const id = useId();
  const folder = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const [problem, setProblem] = useState<PlainProblem>();

  const take = (input: HTMLInputElement) => {
    choose([...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
    // The same folder can be chosen again
    input.value = '';
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    readDropped(event.dataTransfer.items).then(choose, (error: unknown) => setProblem(plainProblem(error)));
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra; the two inputs in it do the same by keyboard
    <div
      className={isOver ? 'dropArea over' : 'dropArea'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {problem !== undefined && <ProblemNotice problem={problem} moment="choosing" />}
      <p id={`${id}-note`}>Choose the folder with the scans of one visit. You can also drop it here.</p>
      <div className="choices">
        <input
          ref={folder}
          className="unseen fileInput"
          type="file"
          id={`${id}-folder`}
          aria-describedby={`${id}-note`}
          multiple
          {...{ webkitdirectory: '' }}
          onChange={({ currentTarget }) => take(currentTarget)}
        />
        <label className="button primary" htmlFor={`${id}-folder`}>
          Choose folder
        </label>
        <input
          className="unseen fileInput"
          type="file"
          id={`${id}-files`}
          aria-describedby={`${id}-note`}
          multiple
          onChange={({ currentTarget }) => take(currentTarget)}
        />
        <label className="button" htmlFor={`${id}-files`}>
          Choose files
        </label>
      </div>
      <p className="note">Your browser may speak of “uploading” now: it only lets this page read the folder.</p>
    </div>
  );
}
