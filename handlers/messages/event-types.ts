/** Types of the CloudEvents that this system takes and gives; the last part is the version of the data. */
export const sleeveResultType = 'io.sleeve-ledger.sleeve-result.v1';
export const allocationType = 'io.sleeve-ledger.allocation.v1';
export const deadLetterType = 'io.sleeve-ledger.dead-letter.v1';
export const backtestJobType = 'io.sleeve-ledger.backtest-job.v1';
export const backtestResultType = 'io.sleeve-ledger.backtest-result.v1';

/** Beginning of the types of sleeve results of any version. */
export const sleeveResultFamily = 'io.sleeve-ledger.sleeve-result.';

/** `source` of what a ledger says. */
export function sourceOfLedger(ledgerId: string): string {
  return `/sleeve-ledger/${ledgerId}`;
}
