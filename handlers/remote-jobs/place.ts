import type { Ports } from '../ports/ports.ts';
import type { LedgerIdentity } from '../runtime/session.ts';
import type { Settings } from '../runtime/settings.ts';

/** Where jobs and answers meet: topics of a broker, and the ledger whose store holds what they name. */
export interface RemotePlace {
  readonly jobsTopic: string;
  readonly resultsTopic: string;
  /** Consumer group of the workers. */
  readonly group: string;
  readonly ledgerId: string;
}

export function remotePlace(
  { backtestJobsTopic, backtestResultsTopic, group }: Pick<Settings, 'backtestJobsTopic' | 'backtestResultsTopic' | 'group'>,
  { ledgerId }: Pick<LedgerIdentity, 'ledgerId'>,
): RemotePlace {
  return { jobsTopic: backtestJobsTopic, resultsTopic: backtestResultsTopic, group: `${group}-backtest`, ledgerId };
}

/** The build that asks or answers, with the codec of its answers: who differs in either cannot work together. */
export function engineAcross({ cache, answerFormat }: Pick<Ports, 'cache' | 'answerFormat'>): string {
  return `${cache.engine()}, ${answerFormat.codec}`;
}
