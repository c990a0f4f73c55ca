import type { EventData } from '../../domain/catalogue.ts';
import { type MetaRunEvent, metaRunEventsIn } from '../../domain/meta-run/slice.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { runEvents } from '../runs/load-sleeve-run.ts';
import { otherKind } from '../runs/missing-run.ts';
import { recordedRuns, type RunSelection } from './recorded-runs.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';

export interface RecordedMetaRun {
  readonly runId: string;
  readonly opened: EventData<'MetaRunOpened'>;
  readonly events: readonly MetaRunEvent[];
}

/** A recorded meta run with its events. Errors: RunUnknown; Usage for a run of another kind. */
export async function metaRunOf(ports: TilePorts, selection: RunSelection & { readonly runId: string }): Promise<RecordedMetaRun> {
  const { runId } = selection;
  const [run] = await recordedRuns(ports, selection);
  const { kind } = run!;
  if (kind !== 'meta') throw otherKind(runId, kind, 'meta');
  const events = await runEvents(ports, 'metaRun', runId);
  const first = events[0]!;
  if (first.type !== 'MetaRunOpened')
    throw new LedgerError('ChainBroken', `run ${runId} begins with ${first.type}`, { evidence: { type: first.type } });
  return { runId, opened: first.data, events: metaRunEventsIn(events) };
}
