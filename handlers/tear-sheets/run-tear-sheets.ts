import type { DomainEvent } from '../../domain/catalogue.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import type { RunRow } from '../../projections/run-directory.ts';
import type { Ports } from '../ports/ports.ts';
import { runEvents } from '../runs/load-sleeve-run.ts';
import { finishedBacktest } from '../runs/backtest-runs.ts';
import { backtestTearSheets } from './backtest-tear-sheets.ts';
import { metaTearSheets } from './meta-tear-sheets.ts';
import type { RunTearSheet } from './run-tear-sheet.ts';
import { sleeveTearSheets } from './sleeve-tear-sheets.ts';

/** A run that has tear sheets. */
export type SheetedRun = Pick<RunRow, 'runId' | 'risks'> & { readonly kind: Exclude<RunRow['kind'], 'combination' | 'tournament'> };

/** A tear sheet for each profile of a recorded run. Errors: RunUnknown, BacktestUnfinished, ArtifactMissing, ArtifactDamaged. */
export async function runTearSheets(
  ports: Pick<Ports, 'store' | 'artifacts'>,
  { runId, kind }: Pick<SheetedRun, 'runId' | 'kind'>,
): Promise<RunTearSheet[]> {
  if (kind === 'backtest') {
    return backtestTearSheets(ports.artifacts, (await finishedBacktest(ports.store, runId)).facts);
  }
  if (kind === 'sleeve') return sleeveTearSheets(ports.artifacts, await runEvents(ports, 'sleeveRun', runId));
  const events = await runEvents(ports, 'metaRun', runId);
  const sleeveRuns = new Map<string, readonly DomainEvent[]>();
  for (const { consumed } of dataOf(events, 'MetaRunOpened'))
    for (const { runId: sleeveRun } of consumed)
      if (!sleeveRuns.has(sleeveRun)) sleeveRuns.set(sleeveRun, await runEvents(ports, 'sleeveRun', sleeveRun));
  return metaTearSheets(ports.artifacts, events, sleeveRuns);
}
