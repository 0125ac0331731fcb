import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { Icon } from './Icon.tsx';

interface Props {
  number: number;
  title: string;
  /** Where the person is: behind it, at it, or before it. */
  place: 'done' | 'current' | 'ahead';
  /** What a step that is done came to, in a few words. */
  outcome?: string | undefined;
  children?: ReactNode;
}

const placeWords = { done: 'done', current: 'current step', ahead: 'later' };

/** One step of the way. Its heading takes the focus when the step begins, but for the first: the page begins there. */
export function StepSection({ number, title, place, outcome, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const wasCurrent = useRef(place === 'current');
  // Before the effects of what is in the step: a problem in it takes the focus after the heading
  useLayoutEffect(() => {
    const begins = place === 'current' && !wasCurrent.current;
    wasCurrent.current = place === 'current';
    if (begins) heading.current?.focus();
  }, [place]);
  return (
    <li className={`step ${place}`} aria-current={place === 'current' ? 'step' : undefined}>
      <h2 ref={heading} tabIndex={-1}>
        <span className="stepNumber" aria-hidden="true">
          {place === 'done' ? <Icon name="check" /> : number}
        </span>
        {title}
        <span className="unseen"> ({placeWords[place]})</span>
      </h2>
      {outcome !== undefined && <p className="outcome">{outcome}</p>}
      {place !== 'ahead' && children}
    </li>
  );
}
