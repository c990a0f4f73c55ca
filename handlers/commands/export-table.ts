import { type Cash, cashLine, grossOf } from '../../domain/allocation/cash.ts';
import type { TestedProfileFacts } from '../../domain/backtest-run/events.ts';
import type { DomainEvent } from '../../domain/catalogue.ts';
import type { DatedTable } from '../../domain/returns/table-text.ts';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { byDate } from '../../domain/shared/table-formats.ts';
import type { RunRow } from '../../projections/run-directory.ts';
import { loadTable } from '../artifacts/artifact-files.ts';
import { cashAssetOfRun } from '../runs/cash-asset.ts';
import { finishedBacktest, testedProfile } from '../runs/backtest-runs.ts';
import { runEvents, runOpening } from '../runs/load-sleeve-run.ts';
import type { Ports } from '../ports/ports.ts';
import { requestedRun, type RunQuestion } from '../runs/run-of.ts';
import { combinedWeights } from '../series/combination-series.ts';
import { entrantWeights, tournamentReturns } from '../series/tournament-series.ts';
import { profileMissing, requireNoRisk, riskOf } from '../series/run-series.ts';

export interface ExportTable extends RunQuestion {
  readonly what: 'returns' | 'weights';
  /** Null for a combination or a tournament, which have no profiles of their own. */
  readonly risk: string | null;
  /** Of a tournament, the entrant whose weights are meant; left out elsewhere. */
  readonly entrant?: string | null | undefined;
  /** Ends in one of `tableFormats`. */
  readonly file: string;
}

export interface ExportedTable {
  readonly runId: string;
  readonly file: string;
  readonly rows: number;
  readonly columns: readonly string[];
  readonly sha256: string;
  /** What the weights of a sleeve run or a meta run leave uninvested, beside the table; left out where none is held or named. */
  readonly cash?: Cash;
}

type ProfileEvent = Extract<DomainEvent, { type: 'SleeveProfileSolved' | 'SleeveProfileImported' }>;

function sleeveProfile(events: readonly DomainEvent[], risk: string): ProfileEvent | null {
  for (const event of events)
    if ((event.type === 'SleeveProfileSolved' || event.type === 'SleeveProfileImported') && event.data.risk === risk) return event;
  return null;
}

async function profileOfSleeve(ports: Ports, run: RunRow, risk: string): Promise<ProfileEvent['data']> {
  const profile = sleeveProfile(await runEvents(ports, 'sleeveRun', run.runId), risk);
  if (profile === null) throw profileMissing(run, risk, run.risks);
  return profile.data;
}

async function profileOfBacktest(ports: Ports, run: RunRow, risk: string): Promise<TestedProfileFacts> {
  const profile = testedProfile((await finishedBacktest(ports.store, run.runId)).facts, risk);
  if (profile === null) throw profileMissing(run, risk, run.risks);
  return profile;
}

/**
 * Of a sleeve run its out-of-sample net returns, of a meta run the joined matrix, of a backtest its returns beside the baselines',
 * of a tournament the net returns of its entrants.
 */
async function returnsOf(ports: Ports, run: RunRow, asked: string | null): Promise<DatedTable> {
  if (run.kind === 'combination')
    throw new LedgerError('Usage', `${run.runId} is a combination, which has no returns`, { at: { path: run.runId } });
  if (run.kind === 'tournament') {
    requireNoRisk(run, asked);
    return tournamentReturns(ports, run.runId);
  }
  const risk = riskOf(run, asked);
  if (run.kind === 'backtest') return loadTable(ports.artifacts, (await profileOfBacktest(ports, run, risk)).tables.returns);
  if (run.kind === 'sleeve') {
    const { outOfSample } = await profileOfSleeve(ports, run, risk);
    return { ...(await loadTable(ports.artifacts, outOfSample.returns)), columns: ['returns'] };
  }
  const joined = dataOf(await runEvents(ports, 'metaRun', run.runId), 'SleeveReturnsJoined').find(
    (data) => data.risk === risk && data.path.length === 0,
  );
  if (joined === undefined) throw profileMissing(run, risk, run.risks);
  return loadTable(ports.artifacts, joined.matrix);
}

/** One row at the as-of date, one column per symbol; of a backtest a row for each decision. */
async function weightsOf(ports: Ports, run: RunRow, asked: string | null): Promise<DatedTable> {
  if (run.kind === 'combination') {
    requireNoRisk(run, asked);
    return combinedWeights(ports, run.runId);
  }
  const risk = riskOf(run, asked);
  if (run.kind === 'backtest') return loadTable(ports.artifacts, (await profileOfBacktest(ports, run, risk)).tables.assetWeights);
  const row = (entries: readonly (readonly [string, number])[]): DatedTable => {
    const sorted = entries.toSorted(([left], [right]) => byCodeUnits(left, right));
    const { asOf } = run;
    invariant(asOf !== null, 'a run without a date', { runId: run.runId });
    return { dates: [asOf], columns: sorted.map(([symbol]) => symbol), values: sorted.map(([, weight]) => Float64Array.of(weight)) };
  };
  if (run.kind === 'sleeve') {
    const { weights } = await profileOfSleeve(ports, run, risk);
    if (weights === null) throw profileMissing(run, risk, run.risks);
    return row(weights.map(({ symbol, weight }) => [symbol, weight] as const));
  }
  const flattened = dataOf(await runEvents(ports, 'metaRun', run.runId), 'PortfolioFlattened').find((data) => data.risk === risk);
  if (flattened === undefined) throw profileMissing(run, risk, run.risks);
  return row(Object.entries(flattened.weights));
}

/** The line of cash beside one row of weights; null for a path of weights, whose rows have one each. */
async function cashBeside(ports: Ports, run: RunRow, { columns, values }: DatedTable): Promise<Cash | null> {
  if (run.kind !== 'sleeve' && run.kind !== 'meta') return null;
  const opening = await runOpening(ports, run.kind === 'sleeve' ? 'sleeveRun' : 'metaRun', run.runId);
  const asset = await cashAssetOfRun(ports.artifacts, [opening]);
  return cashLine(grossOf(columns.map((_, column) => ({ weight: values[column]![0]! }))), asset);
}

/** Errors: Usage for an entrant of what is no tournament. */
async function tableOf(ports: Ports, run: RunRow, { what, risk, entrant = null }: ExportTable): Promise<DatedTable> {
  if (run.kind === 'tournament' && what === 'weights') {
    requireNoRisk(run, risk);
    return entrantWeights(ports, run.runId, entrant);
  }
  if (entrant !== null)
    throw new LedgerError('Usage', `--entrant names whose weights of a tournament are meant, and ${run.runId} is none`, {
      at: { path: '--entrant' },
    });
  return what === 'returns' ? returnsOf(ports, run, risk) : weightsOf(ports, run, risk);
}

/**
 * Writes returns or weights of a run as a table, whole or not at all. Errors: RunUnknown, ProfileNotAvailable, Usage where the run has no
 * such table, CombinationInfeasible, ArtifactMissing, ArtifactDamaged.
 */
export async function exportTable(ports: Ports, command: ExportTable): Promise<ExportedTable> {
  const { file } = command;
  const run = await requestedRun(ports, { ...command, certain: true });
  const table = await tableOf(ports, run, command);
  const { dates, columns, values } = table;
  const { sha256 } = await ports.tables.writeTable(
    file,
    byDate(dates),
    columns.map((name, column) => ({ name, values: values[column]! })),
  );
  const cash = command.what === 'weights' ? await cashBeside(ports, run, table) : null;
  return { runId: run.runId, file, rows: dates.length, columns, sha256, ...(cash === null ? {} : { cash }) };
}
