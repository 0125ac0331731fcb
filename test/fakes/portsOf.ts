import type { Ports } from '../../core/submission/ports.ts';

/** All ports, of which a test gives those that it needs; any other says so when it is asked for. */
export function portsOf(given: Partial<Ports>): Ports {
  const port = <Port>(name: keyof Ports, value: Port | undefined): Port => {
    if (value === undefined) throw new Error(`The test gives no port ${name}`);
    return value;
  };
  return {
    get staging() {
      return port('staging', given.staging);
    },
    get work() {
      return port('work', given.work);
    },
    get clean() {
      return port('clean', given.clean);
    },
    get quarantine() {
      return port('quarantine', given.quarantine);
    },
    get audit() {
      return port('audit', given.audit);
    },
    get uploads() {
      return port('uploads', given.uploads);
    },
    get ledger() {
      return port('ledger', given.ledger);
    },
    get registers() {
      return port('registers', given.registers);
    },
    get executions() {
      return port('executions', given.executions);
    },
    get archive() {
      return port('archive', given.archive);
    },
    get removal() {
      return port('removal', given.removal);
    },
    get signer() {
      return port('signer', given.signer);
    },
    get projectKeys() {
      return port('projectKeys', given.projectKeys);
    },
    get policies() {
      return port('policies', given.policies);
    },
    get receiptLinks() {
      return port('receiptLinks', given.receiptLinks);
    },
    get signIn() {
      return port('signIn', given.signIn);
    },
    get codecs() {
      return port('codecs', given.codecs);
    },
    get clock() {
      return port('clock', given.clock);
    },
    get ids() {
      return port('ids', given.ids);
    },
  };
}
