import type { DomainEvent } from '../../domain/catalogue.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import type { RunRow } from '../../projections/run-directory.ts';
import type { Ports } from '../ports/ports.ts';
import { runEvents } from '../runs/load-sleeve-run.ts';
import { metaTearSheets } from './meta-tear-sheets.ts';
import type { RunTearSheet } from './run-tear-sheet.ts';
import { sleeveTearSheets } from './sleeve-tear-sheets.ts';

/** A recorded run of a sleeve or a portfolio. */
export type AllocatingRun = Pick<RunRow, 'runId'> & { readonly kind: 'sleeve' | 'meta' };

/** A tear sheet for each of its profiles. Errors: RunUnknown, ArtifactMissing, ArtifactDamaged. */
export async function runTearSheets(ports: Pick<Ports, 'store' | 'artifacts'>, { runId, kind }: AllocatingRun): Promise<RunTearSheet[]> {
  if (kind === 'sleeve') return sleeveTearSheets(ports.artifacts, await runEvents(ports, 'sleeveRun', runId));
  const events = await runEvents(ports, 'metaRun', runId);
  const sleeveRuns = new Map<string, readonly DomainEvent[]>();
  for (const { consumed } of dataOf(events, 'MetaRunOpened'))
    for (const { runId: sleeveRun } of consumed)
      if (!sleeveRuns.has(sleeveRun)) sleeveRuns.set(sleeveRun, await runEvents(ports, 'sleeveRun', sleeveRun));
  return metaTearSheets(ports.artifacts, events, sleeveRuns);
}
