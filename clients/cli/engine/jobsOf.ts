import { refusal } from '../exitOf.ts';

const mostJobs = 64;

/** The number of `--jobs`; undefined when it was not given. @throws a refusal `usage` for anything but 1 to 64 */
export function jobsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= mostJobs) return jobs;
  throw refusal('usage', `--jobs is a number from 1 to ${mostJobs}`);
}
