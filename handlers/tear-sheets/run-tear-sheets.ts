import type { DomainEvent } from '../../domain/catalogue.ts';
import { backtestEventsIn } from '../../domain/backtest-run/slice.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import type { RunRow } from '../../projections/run-directory.ts';
import type { Ports } from '../ports/ports.ts';
import { runEvents } from '../runs/load-sleeve-run.ts';
import { runStreamName } from '../runs/run-streams.ts';
import { readWholeStream, toDomainEvents } from '../runtime/record.ts';
import { backtestTearSheets } from './backtest-tear-sheets.ts';
import { metaTearSheets } from './meta-tear-sheets.ts';
import type { RunTearSheet } from './run-tear-sheet.ts';
import { sleeveTearSheets } from './sleeve-tear-sheets.ts';

type Run = Pick<RunRow, 'runId'> & { readonly kind: RunRow['kind'] | 'backtest' };

/** A tear sheet for each profile of a recorded run. Errors: RunUnknown, ArtifactMissing, ArtifactDamaged. */
export async function runTearSheets(ports: Pick<Ports, 'store' | 'artifacts'>, { runId, kind }: Run): Promise<RunTearSheet[]> {
  if (kind === 'backtest') {
    const events = toDomainEvents(await readWholeStream(ports.store, runStreamName('backtest', runId)));
    return backtestTearSheets(ports.artifacts, backtestEventsIn(events));
  }
  if (kind === 'sleeve') return sleeveTearSheets(ports.artifacts, await runEvents(ports, 'sleeveRun', runId));
  const events = await runEvents(ports, 'metaRun', runId);
  const sleeveRuns = new Map<string, readonly DomainEvent[]>();
  for (const { consumed } of dataOf(events, 'MetaRunOpened'))
    for (const { runId: sleeveRun } of consumed)
      if (!sleeveRuns.has(sleeveRun)) sleeveRuns.set(sleeveRun, await runEvents(ports, 'sleeveRun', sleeveRun));
  return metaTearSheets(ports.artifacts, events, sleeveRuns);
}
