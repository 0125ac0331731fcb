import { DomainError } from '../../core/submission/DomainError.ts';
import type { Ports } from '../../core/submission/ports.ts';

/** What a Lambda function is given: built from its environment, once per cold start. */
export function lambdaPorts(): Ports {
  throw new DomainError('UnexpectedFault', 'Cannot open the ports: no adapter is there yet');
}
