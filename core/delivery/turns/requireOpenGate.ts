import type { ProjectPolicy } from '../../policy/ProjectPolicy.ts';
import { DomainError } from '../../submission/codes/DomainError.ts';

/**
 * Lets a delivery through when the project's policy neither pauses it nor keeps it to other hours.
 * @param now ISO 8601
 * @throws DomainError XnatPaused
 */
export function requireOpenGate({ delivery: { paused, hours } }: ProjectPolicy, now: string): void {
  if (paused) throw new DomainError('XnatPaused', 'Cannot deliver now: the project pauses deliveries');
  if (hours === undefined) return;
  const { from, until, timeZone } = hours;
  const time = timeOf(now, timeZone);
  // hours may span midnight
  const isOpen = from <= until ? from <= time && time < until : from <= time || time < until;
  if (!isOpen) {
    throw new DomainError('XnatPaused', `Cannot deliver now: it is ${time}, wanted between ${from} and ${until}`);
  }
}

/** As HH:MM. */
const timeOf = (now: string, timeZone: string) =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    new Date(now),
  );
