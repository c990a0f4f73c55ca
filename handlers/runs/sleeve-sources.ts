import { latestRun, type SleeveState } from '../../domain/sleeve/decider.ts';
import { sleeveStream } from '../../domain/sleeve/stream.ts';
import { sleeveDirectory, sleeveRunKey, type SleeveRunRow, type SleeveStateRow } from '../../projections/sleeve-directory.ts';
import type { ChosenRun } from '../../domain/allocation/chosen-runs.ts';
import { foldOf } from '../runtime/record.ts';
import type { Session } from '../runtime/session.ts';
import { countingRun } from './counting-run.ts';
import { viewOf } from '../read-models/views.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';

/** What is known of a sleeve: whether it is in use, and its accepted runs. */
export interface KnownSleeve {
  readonly quarantinedWhy: string | null;
  /** The run that counts, of those with no later as-of date. */
  readonly latest: (asOfMax: string | null) => Promise<ChosenRun | null>;
  readonly run: (runId: string) => Promise<ChosenRun | null>;
}

export type SleeveSource = (sleeve: string) => Promise<KnownSleeve>;

export function knownSleeve({ quarantinedWhy, current, accepted }: SleeveState): KnownSleeve {
  return {
    quarantinedWhy,
    latest: async (asOfMax) => (asOfMax === null ? current : latestRun(accepted, asOfMax)),
    run: async (runId) => accepted.get(runId) ?? null,
  };
}

/**
 * Sleeves as their streams have them: what is recorded is decided on these, as read models may lag behind or be damaged. Reads every fact
 * of a sleeve once: any of them may be the run with the greatest as-of date, or what put the sleeve out of use.
 */
export function sleevesInStreams(session: Session): SleeveSource {
  return async (sleeve) => knownSleeve((await foldOf(session, sleeveStream.name(sleeve), sleeveStream)).state);
}

/** Sleeves as the read models have them, now or as they were known: for questions, which record nothing. */
export async function sleevesInView(ports: TilePorts, knownAt: string | null): Promise<SleeveSource> {
  const view = await viewOf(ports, sleeveDirectory, knownAt);
  return async (sleeve) => {
    const state = await view.row<SleeveStateRow>(`state/${sleeve}`);
    return {
      quarantinedWhy: state?.quarantinedWhy ?? null,
      latest: (asOfMax) => countingRun(view, sleeve, state?.current ?? null, asOfMax),
      run: (runId) => view.row<SleeveRunRow>(sleeveRunKey(sleeve, runId)),
    };
  };
}
