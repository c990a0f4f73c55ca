import { type DeflatedSharpe, deflatedSharpe, distinctTrials, observedSharpe } from '../../domain/metrics/deflated-sharpe.ts';
import type { TournamentEvent } from '../../domain/tournament-run/slice.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { sleeveTrialPrefix } from '../../projections/backtest-trials.ts';
import { loadTable } from '../artifacts/artifact-files.ts';
import type { Ports } from '../ports/ports.ts';
import { recordedTrials, trialsOf } from './checks.ts';

/** The winner of a tournament by everything that the ledger holds of what was tried for its sleeve. */
export interface FirstDeflated extends DeflatedSharpe {
  readonly id: string;
}

type Reader = Pick<Ports, 'store' | 'artifacts' | 'readModels' | 'crypto' | 'log' | 'clock'>;

/**
 * Deflates the first entrant of a tournament, on its own rows, by at least the trials of every tournament of its sleeve; null where no
 * entrant was ranked, or where the first does not vary. Errors: ArtifactMissing, ArtifactDamaged.
 */
export async function firstDeflated(ports: Reader, events: readonly TournamentEvent[]): Promise<FirstDeflated | null> {
  const [started] = dataOf(events, 'TournamentStarted');
  const [completed] = dataOf(events, 'TournamentCompleted');
  const first = completed?.entrants.find(({ rank, identicalTo }) => rank === 1 && identicalTo === null);
  if (started === undefined || first === undefined || first.held.sharpePerRow === null) return null;
  const trials = distinctTrials(recordedTrials(await trialsOf(ports, [started.sleeve, started.profile], sleeveTrialPrefix)));
  if (trials === null) return null;
  const { columns, values } = await loadTable(ports.artifacts, first.held.stream);
  return { id: first.id, ...deflatedSharpe(observedSharpe(values[columns.indexOf('net')]!), trials) };
}
