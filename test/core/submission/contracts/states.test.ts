import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hasReached,
  isFinal,
  isInFlight,
  requireTransition,
  SubmissionState,
  stepToResume,
} from '../../../../core/submission/contracts/states.ts';

describe('the states of a submission', () => {
  test.each([
    { from: 'draft', to: 'uploading', why: 'the manifest was announced' },
    { from: 'uploading', to: 'submitted', why: 'it was committed' },
    { from: 'validating', to: 'held', why: 'a person must look' },
    { from: 'confirming', to: 'held', why: 'XNAT holds a file of somebody else' },
    { from: 'held', to: 'anonymizing', why: 'a person released it' },
    { from: 'failed', to: 'pushing', why: 'it was re-driven where it stopped' },
    { from: 'confirming', to: 'archived', why: 'XNAT holds every file' },
    { from: 'archived', to: 'relabelling', why: 'its session gets another label' },
    { from: 'failed', to: 'relabelling', why: 'a relabelling goes on' },
  ] as const)('$from may become $to: $why', ({ from, to }) => {
    expect(() => requireTransition(from, to)).not.toThrow();
  });

  test.each([
    { from: 'draft', to: 'archived', why: 'nothing is archived unproven' },
    { from: 'pushing', to: 'archived', why: 'what was pushed must be confirmed' },
    { from: 'archived', to: 'pushing', why: 'an archived submission is final' },
    { from: 'rejected', to: 'validating', why: 'a rejection is final' },
    { from: 'submitted', to: 'uploading', why: 'a commit is final' },
  ] as const)('$from may not become $to: $why', ({ from, to }) => {
    expect(() => requireTransition(from, to)).toThrow(expect.objectContaining({ name: 'StateConflict' }));
  });

  test('archived is reached from confirming, and again from a relabelling, alone', () => {
    const before = SubmissionState.options.filter((from) => {
      try {
        requireTransition(from, 'archived');
        return true;
      } catch {
        return false;
      }
    });
    expect(before).toEqual(['confirming', 'relabelling']);
  });

  test.each([
    { state: 'pushing', wanted: 'checking', reached: true, why: 'it lies behind' },
    { state: 'checking', wanted: 'checking', reached: true, why: 'it is there' },
    { state: 'checking', wanted: 'pushing', reached: false, why: 'it lies ahead' },
    { state: 'failed', wanted: 'checking', reached: false, why: 'a failure is off the path' },
    { state: 'archived', wanted: 'held', reached: false, why: 'a hold is off the path' },
  ] as const)('$state has reached $wanted: $reached, since $why', ({ state, wanted, reached }) => {
    expect(hasReached(state, wanted)).toBe(reached);
  });

  test('a state in flight is never final, and resumes at a step', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SubmissionState.options), (state) => {
        if (isInFlight(state)) expect(isFinal(state)).toBe(false);
        expect(stepToResume(state)).toMatch(/^[A-Z]/);
      }),
    );
  });
});
