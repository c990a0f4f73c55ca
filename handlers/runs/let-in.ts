import { decisionSummary, isSelectionFact } from '../../domain/sleeve-run/selection-summary.ts';
import type { Ports } from '../ports/ports.ts';
import { runEvents } from './load-sleeve-run.ts';

/** The decision that let an asset into a sleeve run, and by what. */
export interface LetIn {
  readonly scope: 'live' | 'static';
  readonly mode: string;
  /** Last row that the decision read. */
  readonly asOf: string;
  readonly direction: 'LONG' | 'SHORT';
  readonly stage: number;
  readonly cluster: string;
  readonly score: number;
  /** 1 for the best score of the winners. */
  readonly place: number;
  readonly won: number;
  readonly candidates: number;
  readonly isWalkover: boolean;
  readonly isQuotaWaived: boolean;
}

/** How the selection behind the live weights of a run let an asset in; null where the run selects nothing, or took it as a benchmark. */
export async function letIn(ports: Pick<Ports, 'store'>, runId: string, symbol: string): Promise<LetIn | null> {
  const facts = (await runEvents(ports, 'sleeveRun', runId)).filter(isSelectionFact);
  const current = facts.find(({ data }) => data.scope !== 'window');
  if (current === undefined) return null;
  const { scope, mode, newestRead, winners, won, candidates } = decisionSummary(current);
  const at = winners?.findIndex((winner) => winner.symbol === symbol) ?? -1;
  if (scope === 'window' || winners === null || at < 0) return null;
  const { symbol: _symbol, ...how } = winners[at]!;
  return { scope, mode, asOf: newestRead, ...how, place: at + 1, won, candidates };
}
