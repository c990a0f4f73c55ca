import type { DatedTable } from '../../domain/returns/table-text.ts';
import { comparedPairsSchema, type RankedEntrantFacts, type TournamentCompleted } from '../../domain/tournament-run/events.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { suggestion } from '../../domain/shared/suggest.ts';
import { byDate } from '../../domain/shared/table-formats.ts';
import { loadJson, loadTable } from '../artifacts/artifact-files.ts';
import type { Ports } from '../ports/ports.ts';
import { recordedTournament } from '../runs/tournament-runs.ts';
import type { NamedSeries } from './named-series.ts';

type Reader = Pick<Ports, 'store' | 'artifacts'>;

/** Errors: RunUnknown; EntrantsNotRanked for a tournament that failed. */
async function completedOf({ store }: Reader, runId: string): Promise<TournamentCompleted> {
  const { facts } = await recordedTournament(store, runId);
  const [completed] = dataOf(facts, 'TournamentCompleted');
  if (completed !== undefined) return completed;
  throw new LedgerError('EntrantsNotRanked', `the tournament ${runId} ranked no entrant`, { at: { path: runId } });
}

/** Net returns of the distinct entrants, a column each, best first; empty on dates that an entrant does not hold. */
async function netReturns({ artifacts }: Reader, entrants: readonly RankedEntrantFacts[]): Promise<DatedTable> {
  const distinct = entrants.filter(({ identicalTo }) => identicalTo === null);
  const streams: DatedTable[] = [];
  for (const { held } of distinct) streams.push(await loadTable(artifacts, held.stream));
  const dates = [...new Set(streams.flatMap((stream) => stream.dates))].toSorted(byCodeUnits);
  const rowOf = new Map(dates.map((date, row) => [date, row]));
  const values = streams.map((stream) => {
    const column = new Float64Array(dates.length).fill(Number.NaN);
    const net = stream.values[stream.columns.indexOf('net')]!;
    stream.dates.forEach((date, row) => (column[rowOf.get(date)!] = net[row]!));
    return column;
  });
  return { dates, columns: distinct.map(({ id }) => id), values };
}

type Column = readonly [name: string, values: readonly (number | null)[]];

function named(name: string, heading: string, rows: readonly string[], columns: readonly Column[]): NamedSeries {
  return {
    name,
    index: { kind: 'names', heading, values: rows },
    columns: columns.map(([column]) => column),
    values: columns.map(([, values]) => Float64Array.from(values, (value) => value ?? Number.NaN)),
  };
}

function ranks(entrants: readonly RankedEntrantFacts[]): NamedSeries {
  const column = (name: string, of: (entrant: RankedEntrantFacts) => number | null): Column => [name, entrants.map(of)];
  return named(
    'ranks',
    'entrant',
    entrants.map(({ id }) => id),
    [
      column('rank', ({ rank }) => rank),
      column('total', ({ metrics }) => metrics.total),
      column('twr_annualised', ({ metrics }) => metrics.twrAnnualised),
      column('volatility', ({ metrics }) => metrics.volatility),
      column('sharpe', ({ metrics }) => metrics.sharpe),
      column('max_drawdown', ({ metrics }) => metrics.maxDrawdown),
      column('deflated_sharpe', ({ deflatedSharpe }) => deflatedSharpe),
      column('z_against_first', ({ againstFirst }) => againstFirst.z),
      column('z_against_raw_pool', ({ againstRawPool }) => againstRawPool?.z ?? null),
      column('turnover_two_sided', ({ held }) => held.turnoverTwoSided),
      column('cost_fraction', ({ held }) => held.costFraction),
    ],
  );
}

async function pairs({ artifacts }: Reader, { pairs: { table } }: TournamentCompleted): Promise<NamedSeries> {
  const compared = comparedPairsSchema.parse(await loadJson(artifacts, table));
  return named(
    'pairs',
    'pair',
    compared.map(({ left, right }) => `${left} | ${right}`),
    [
      ['correlation', compared.map(({ correlation }) => correlation)],
      ['difference', compared.map(({ difference }) => difference)],
      ['z', compared.map(({ z }) => z)],
    ],
  );
}

/**
 * The tables of a tournament: ranks and figures by entrant, net returns of the distinct entrants by date, and their pairs. Errors:
 * RunUnknown, EntrantsNotRanked, ArtifactMissing, ArtifactDamaged.
 */
export async function tournamentSeries(ports: Reader, runId: string): Promise<NamedSeries[]> {
  const completed = await completedOf(ports, runId);
  const { dates, columns, values } = await netReturns(ports, completed.entrants);
  return [ranks(completed.entrants), { name: 'returns', index: byDate(dates), columns, values }, await pairs(ports, completed)];
}

/** Net returns of the distinct entrants of a tournament by date. Errors: as for `tournamentSeries`. */
export async function tournamentReturns(ports: Reader, runId: string): Promise<DatedTable> {
  return netReturns(ports, (await completedOf(ports, runId)).entrants);
}

/** Weights of one entrant, a row for each window. Errors: those of `tournamentSeries`; Usage for an entrant that did not compete. */
export async function entrantWeights(ports: Reader, runId: string, id: string | null): Promise<DatedTable> {
  const { entrants } = await completedOf(ports, runId);
  const found = entrants.find((entrant) => entrant.id === id);
  if (found !== undefined && found.held.weights === null)
    throw new LedgerError('Usage', `${found.id} is imported: its weights are those of the run`, { at: { path: '--entrant' } });
  if (found?.held.weights) return loadTable(ports.artifacts, found.held.weights);
  const ids = entrants.map((entrant) => entrant.id);
  const why =
    id === null
      ? `--entrant says whose weights of ${runId} are meant`
      : `no entrant of ${runId} is ${JSON.stringify(id)}${suggestion(id, ids)}`;
  throw new LedgerError('Usage', why, { evidence: { entrants: ids }, at: { path: '--entrant' } });
}
