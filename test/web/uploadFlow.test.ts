import { describe, expect, test } from 'vitest';
import { type FlowAction, nextFlow, type UploadFlow } from '../../web/upload/uploadFlow.ts';

const summary = { files: 3, bytes: 30, dicom: 3, patients: 1, studies: 1, series: 1, broken: [], unnamed: 0 };
const plan = { dicomOnly: true, manifestSha256: 'a'.repeat(64), files: 3, bytes: 100 };
const problem = { code: 'ServiceUnreachable', detail: undefined };
const chosen: FlowAction[] = [
  { kind: 'chosen', leftOut: ['.DS_Store'], files: 3, bytes: 30 },
  { kind: 'inspected', summary },
  { kind: 'planned', plan },
];
const opened: FlowAction = {
  kind: 'event',
  event: { type: 'opened', submission: 'sub_1', resumed: false, files: 3, bytes: 30 },
};
const part = (bytes: number, skipped = false): FlowAction => ({
  kind: 'event',
  event: { type: 'part', object: 'pack-000001', number: 1, bytes, skipped },
});
const object = (files: number, bytes: number, skipped: boolean): FlowAction => ({
  kind: 'event',
  event: { type: 'object', object: 'pack-000001', files, bytes, skipped },
});
const flowAfter = (...actions: FlowAction[]) => actions.reduce<UploadFlow>(nextFlow, { step: 'choose' });

describe('nextFlow', () => {
  test('goes from the choice over what was found to sending', () => {
    expect(flowAfter(...chosen)).toMatchObject({ step: 'found', leftOut: ['.DS_Store'], summary, plan });
    expect(flowAfter(...chosen, { kind: 'sendAsked' })).toMatchObject({ step: 'sending', status: 'running' });
  });

  test('counts a file as safe only when its object is whole, and bytes once', () => {
    const begun = [...chosen, { kind: 'sendAsked' } as const, opened];
    expect(flowAfter(...begun, part(60))).toMatchObject({ sent: { files: 0, bytes: 60, ofFiles: 3, ofBytes: 100 } });
    expect(flowAfter(...begun, part(60), object(2, 60, false))).toMatchObject({ sent: { files: 2, bytes: 60 } });
    expect(flowAfter(...begun, object(2, 60, true), part(40, true))).toMatchObject({
      sent: { files: 2, bytes: 100, skippedBytes: 100 },
    });
  });

  test('keeps the submission over a pause and counts anew', () => {
    const paused = [
      ...chosen,
      { kind: 'sendAsked' },
      opened,
      part(60),
      { kind: 'pauseAsked' },
      { kind: 'paused' },
    ] as const;
    expect(flowAfter(...paused)).toMatchObject({ status: 'paused' });
    expect(flowAfter(...paused, { kind: 'sendAsked' })).toMatchObject({
      status: 'running',
      sent: { submission: 'sub_1', bytes: 0 },
    });
  });

  test.each([
    { before: [], step: 'choose', why: 'the choice could not be read' },
    { before: chosen.slice(0, 1), step: 'choose', why: 'a file could not be read' },
    { before: [...chosen, { kind: 'sendAsked' } as const], step: 'found', why: 'nothing was opened yet' },
    { before: [...chosen, { kind: 'sendAsked' } as const, opened], step: 'sending', why: 'sending can go on' },
  ])('a problem leads to the step "$step" when $why', ({ before, step }) => {
    expect(flowAfter(...before, { kind: 'failed', problem })).toMatchObject({ step, problem });
  });

  test('ignores what comes after the files were given up', () => {
    const given = flowAfter(...chosen, { kind: 'sendAsked' }, opened, { kind: 'reset' });
    expect([part(60), { kind: 'paused' } as const, ...chosen.slice(1)].reduce(nextFlow, given)).toEqual({
      step: 'choose',
    });
  });
});
