import { type BacktestEvent, backtestEventsIn } from '../../domain/backtest-run/slice.ts';
import type { TestedProfileFacts } from '../../domain/backtest-run/events.ts';
import { type DatedTable, parseTableText } from '../../domain/returns/table-text.ts';
import type { DocumentReference } from '../../domain/shared/artifact-reference.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import type { Artifacts, Ports } from '../ports/ports.ts';
import { runEvents } from './load-sleeve-run.ts';

/** The facts of a backtest. Errors: RunUnknown; Usage for a run of another kind. */
export async function backtestFacts(ports: Pick<Ports, 'store'>, runId: string): Promise<BacktestEvent[]> {
  return backtestEventsIn(await runEvents(ports, 'backtest', runId));
}

/** What a backtest recorded of a profile; null where it was not tested. */
export function testedProfile(facts: readonly BacktestEvent[], risk: string): TestedProfileFacts | null {
  const tested = dataOf(facts, 'BacktestCompleted').flatMap((completed) => completed.tested);
  return tested.find((profile) => profile.risk === risk) ?? null;
}

/** A table of numbers as a backtest stores it. Errors: ArtifactMissing, ArtifactDamaged. */
export async function storedTable(artifacts: Artifacts, { sha256 }: DocumentReference): Promise<DatedTable> {
  return parseTableText(new TextDecoder().decode(await artifacts.get(sha256)));
}
