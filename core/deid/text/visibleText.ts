import { isSingleText } from '../../dicom/vr.ts';

const isPadding = /^[\0 ]*$/;

/** Each value of a text up to a NUL behind which more than padding stands: many readers end there. */
export function visibleText(vr: number, text: string): string {
  const behind = isSingleText(vr) ? /\0.*$/s : /\0[^\\]*/g;
  return text.replace(behind, (rest) => (isPadding.test(rest) ? rest : ''));
}
