import type { SubmissionView } from '../../../core/submission/contracts/api.ts';
import type { SubmissionState } from '../../../core/submission/contracts/states.ts';
import { watchSubmission } from '../../../core/upload/watchSubmission.ts';
import type { CliContext } from '../CliContext.ts';
import type { Service } from './openService.ts';

/** Waits until a submission rests, and tells each of these states that it enters from that moment on (ISO 8601). */
export async function followed(
  { clock, err }: CliContext,
  { api }: Service,
  { id, tell, since }: { id: string; tell: readonly SubmissionState[]; since: string },
): Promise<SubmissionView> {
  const watch = watchSubmission({ api, clock }, id);
  for (;;) {
    const { done, value } = await watch.next();
    if (done) return value;
    if (tell.includes(value.state) && value.at >= since) err(value.state);
  }
}
