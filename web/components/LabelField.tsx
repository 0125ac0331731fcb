import { useId } from 'react';

interface Props {
  label: string;
  hint: string;
  value: string;
  isRequired?: boolean;
  /** What is wrong with the value; undefined when nothing is or nobody asked yet. */
  error: string | undefined;
  onChange: (value: string) => void;
}

export function LabelField({ label, hint, value, isRequired = false, error, onChange }: Props) {
  const id = useId();
  return (
    <div className="field">
      <label className="fieldLabel" htmlFor={id}>
        {label}
        {!isRequired && <span className="optional"> (optional)</span>}
      </label>
      <p className="hint" id={`${id}-hint`}>
        {hint}
      </p>
      <input
        id={id}
        type="text"
        value={value}
        autoComplete="off"
        spellCheck={false}
        required={isRequired}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? `${id}-hint` : `${id}-hint ${id}-error`}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {error !== undefined && (
        <p className="fieldError" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}
