import { failureOf } from '../backtest/sleeve-job.ts';
import type { StagedArtifacts } from '../documents/staged-artifacts.ts';
import type { ReturnSeries } from '../returns/series.ts';
import type { RiskProfile } from '../risk/schemas.ts';
import type { TableReference } from '../shared/artifact-reference.ts';
import { LedgerError } from '../shared/errors.ts';
import { sharpePerRowOf } from '../tournament/comparison.ts';
import type { ImportedEntrant } from '../tournament/entrant.ts';
import type { RankedEntrantFacts } from './events.ts';
import { csvOf, failedEntrant, type FailedEntrant, unmeasurable } from './outcomes.ts';

/** A profile of a recorded run that another program computed. */
export interface ImportedStream {
  readonly runId: string;
  readonly risk: RiskProfile;
  /** Where its returns stand, in the artifacts of the run. */
  readonly returns: TableReference;
  /** Net returns out of sample, as they were given. */
  readonly series: ReturnSeries;
}

/** An imported stream that competes. */
export interface ImportedCompetitor {
  readonly entrant: ImportedEntrant;
  readonly net: ReturnSeries;
}

/** `imported RUN hrp`. */
export function importedEntrant({ runId, risk }: Pick<ImportedStream, 'runId' | 'risk'>): ImportedEntrant {
  return { id: `imported ${runId} ${risk}`, imported: { runId, risk } };
}

/**
 * Those of the imported streams that can be compared with a sleeve's own entrants, and why the others cannot: without two dates that all
 * own entrants hold a stream would leave nothing to compare.
 */
export function importedField(
  streams: readonly ImportedStream[],
  own: readonly { readonly dates: readonly string[] }[],
  policy: { readonly annualisationDays: number; readonly rules: number },
): { readonly competing: readonly ImportedCompetitor[]; readonly failed: readonly FailedEntrant[] } {
  const [first, ...others] = own.map(({ dates }) => new Set(dates));
  const competing: ImportedCompetitor[] = [];
  const failed: FailedEntrant[] = [];
  for (const stream of streams) {
    const entrant = importedEntrant(stream);
    const net = stream.series;
    const shared = net.dates.filter((date) => first?.has(date) === true && others.every((dates) => dates.has(date))).length;
    const why =
      shared < 2
        ? failedEntrant(entrant, failureOf(new LedgerError('OverlapTooShort', `${shared} of its dates are those of the sleeve's entrants`)))
        : unmeasurable(entrant, net, policy.annualisationDays, policy.rules);
    if (why === null) competing.push({ entrant, net });
    else failed.push(why);
  }
  return { competing, failed };
}

/** What is known of an imported stream on its own rows: no windows, no turnover and no costs are told apart. */
export function importedHeld({ dates, values }: ReturnSeries, staged: StagedArtifacts): RankedEntrantFacts['held'] {
  return {
    windows: null,
    rows: dates.length,
    first: dates[0]!,
    last: dates.at(-1)!,
    partialRows: null,
    turnoverTwoSided: null,
    costFraction: null,
    sharpePerRow: sharpePerRowOf(values),
    flags: [],
    stream: csvOf({ dates, columns: ['net'], values: [values] }, staged),
    weights: null,
  };
}
