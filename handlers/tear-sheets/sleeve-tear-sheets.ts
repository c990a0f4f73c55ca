import type { DomainEvent, EventData } from '../../domain/catalogue.ts';
import type { DocumentContent } from '../../domain/documents/documents.ts';
import { sessionBefore } from '../../domain/metrics/months.ts';
import { rollingRowsDefault } from '../../domain/metrics/rolling.ts';
import { tearSheetOf } from '../../domain/tear-sheet/tear-sheet.ts';
import {
  type Baseline,
  type Correlations,
  type NamedSeries,
  type TearSheetInput,
  withoutParts,
} from '../../domain/tear-sheet/tear-sheet-input.ts';
import { exAnteByWindow, realisedOverWindows, type WeighedWindow } from '../../domain/tear-sheet/window-risk.ts';
import { tableAsMatrix, tableAsSeries } from '../../domain/returns/dated-tables.ts';
import { columnOf, lastRowsOf } from '../../domain/returns/matrix.ts';
import type { ReturnMatrix, ReturnSeries } from '../../domain/returns/series.ts';
import { treeOfSolve } from '../../domain/risk/cluster-tree.ts';
import { selectColumns } from '../../domain/risk/columns.ts';
import { columnStandardDeviations, sampleCorrelation } from '../../domain/risk/covariance.ts';
import type { RiskProfile } from '../../domain/risk/schemas.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { streamsNamed } from '../../domain/sleeve-selection/streams.ts';
import { invariant } from '../../domain/shared/errors.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { loadDocument, loadTable } from '../artifacts/artifact-files.ts';
import type { Artifacts } from '../ports/ports.ts';
import { comparedBenchmarks } from './compared-benchmarks.ts';
import { sessionsOf } from './sessions.ts';
import type { RunTearSheet } from './run-tear-sheet.ts';

type Solved = EventData<'SleeveProfileSolved'>;
type Imported = EventData<'SleeveProfileImported'>;

/** Profiles that hold everything alike, or the benchmark: what the others are held against. */
const plainRisks: readonly RiskProfile[] = ['equal_weight', 'market', 'benchmark'];

/** A table of correlations of more assets is not read. */
const correlatedAssetsMax = 12;

interface Streamed {
  readonly fact: Solved | Imported;
  readonly series: ReturnSeries;
  /** Null for an import, whose windows are not known. */
  readonly detail: DocumentContent<'walk-forward'> | null;
}

/** What the profiles of a run share. */
interface RunData {
  readonly streams: readonly Streamed[];
  /** Of the universe, and of the benchmarks: a profile holds one or the other. */
  readonly matrices: readonly ReturnMatrix[];
  readonly benchmark: NamedSeries | null;
  readonly compared: TearSheetInput['compared'];
}

async function streamed(artifacts: Artifacts, fact: Solved | Imported): Promise<Streamed> {
  const series = tableAsSeries(await loadTable(artifacts, fact.outOfSample.returns));
  const detail = 'walkForward' in fact ? await loadDocument(artifacts, 'walk-forward', fact.walkForward.detail) : null;
  return { fact, series, detail };
}

async function runData(artifacts: Artifacts, events: readonly DomainEvent[]): Promise<RunData> {
  const [universe] = dataOf(events, 'UniverseFormed');
  const streams: Streamed[] = [];
  for (const event of events)
    if (event.type === 'SleeveProfileSolved' || event.type === 'SleeveProfileImported') streams.push(await streamed(artifacts, event.data));
  const matrices: ReturnMatrix[] = [];
  const benchmarks = universe?.benchmarkReturns ?? null;
  const ofBenchmarks = benchmarks === null ? null : tableAsMatrix(await loadTable(artifacts, benchmarks));
  if (universe !== undefined) matrices.push(tableAsMatrix(await loadTable(artifacts, universe.returns)));
  if (ofBenchmarks !== null) matrices.push(ofBenchmarks);
  return {
    streams,
    matrices,
    benchmark: ofBenchmarks === null ? null : { id: ofBenchmarks.columns[0]!, series: columnOf(ofBenchmarks, 0) },
    compared: universe === undefined ? undefined : await comparedBenchmarks(artifacts, dataOf(events, 'SleeveRunOpened')[0]!, universe),
  };
}

function openedOf({ fact, series, detail }: Streamed): string {
  return detail?.windows[0]?.trainLast ?? sessionBefore(series.dates[0]!, sessionsOf(fact.outOfSample.returns.calendars));
}

function baselinesOf({ streams }: RunData, own: RiskProfile): Baseline[] | null {
  const others = streams.filter(({ fact: { risk } }) => risk !== own && plainRisks.includes(risk));
  if (others.length === 0) return null;
  return others.map((stream) => ({ id: stream.fact.risk, series: stream.series, opened: openedOf(stream), note: null }));
}

/** Of the largest positions that vary on the last training rows. */
function correlationsOf({ weights, walkForward: { trainWindow } }: Solved, returns: ReturnMatrix): Correlations | null {
  const training = lastRowsOf(returns, trainWindow);
  const deviations = columnStandardDeviations(training);
  const sizes = new Map(weights.map(({ symbol, weight }) => [symbol, Math.abs(weight)]));
  const places = training.columns
    .flatMap((symbol, place) => (deviations[place]! > 0 && sizes.get(symbol)! > 0 ? [{ symbol, place }] : []))
    .toSorted((left, right) => sizes.get(right.symbol)! - sizes.get(left.symbol)! || byCodeUnits(left.symbol, right.symbol))
    .slice(0, correlatedAssetsMax)
    .toSorted((left, right) => byCodeUnits(left.symbol, right.symbol));
  if (places.length < 2) return null;
  const selected = selectColumns(
    training,
    places.map(({ place }) => place),
  );
  return {
    ids: selected.columns,
    values: sampleCorrelation(selected),
    basis: `sample, last ${trainWindow} rows, the ${places.length} largest positions`,
  };
}

function weighedWindows(detail: DocumentContent<'walk-forward'>, { parameters }: Solved): WeighedWindow[] {
  return detail.windows.map(({ trainFirst, trainLast, testFirst, testLast, weights, solve }) => {
    const correlationShrinkage = solve?.estimate?.correlationShrinkage ?? parameters.correlationShrinkage;
    return { trainFirst, trainLast, testFirst, testLast, weights, correlationShrinkage };
  });
}

type OfWindows = Pick<TearSheetInput, 'weights' | 'contributions' | 'trades' | 'windows' | 'correlations' | 'tree'>;

/** The streams of a profile's columns: returns of symbols, or atoms of them. */
function heldMatrix({ matrices }: RunData, columns: readonly string[]): ReturnMatrix | null {
  for (const returns of matrices) {
    const streams = streamsNamed(returns, columns);
    if (streams !== null) return streams;
  }
  return null;
}

/** The tree of the live solve, over what it was given. */
function treeOf({ weights, walkForward, parameters, solve }: Solved, returns: ReturnMatrix): TearSheetInput['tree'] {
  const given = new Set(weights.map(({ symbol }) => symbol));
  const places = returns.columns.flatMap((column, place) => (given.has(column) ? [place] : []));
  return treeOfSolve(selectColumns(lastRowsOf(returns, walkForward.trainWindow), places), parameters.hrp, solve);
}

function ofWindows(fact: Solved, detail: DocumentContent<'walk-forward'>, returns: ReturnMatrix): OfWindows {
  const { parameters, walkForward } = fact;
  const weighed = weighedWindows(detail, fact);
  const realised = realisedOverWindows(returns, weighed, walkForward.rebalanceMode);
  return {
    weights: {
      of: 'assets',
      ids: detail.columns,
      decisions: detail.windows.map(({ trainLast, weights }) => ({ date: trainLast, weights })),
    },
    contributions: [exAnteByWindow(returns, weighed, parameters), ...(realised === null ? [] : [realised])],
    trades: detail.windows.map(({ trainLast, turnoverTwoSided, costFractionCharged }) => ({
      date: trainLast,
      turnoverTwoSided,
      costFraction: costFractionCharged,
    })),
    windows: detail.windows,
    correlations: correlationsOf(fact, returns),
    tree: treeOf(fact, returns),
  };
}

function inputOf(sleeve: string, stream: Streamed, data: RunData): TearSheetInput {
  const { fact, series, detail } = stream;
  const { risk, outOfSample } = fact;
  const { calendars } = outOfSample.returns;
  const held = detail === null ? null : heldMatrix(data, detail.columns);
  const isSolved = 'walkForward' in fact && detail !== null && held !== null;
  return {
    name: `${sleeve} ${risk}`,
    basis: isSolved ? 'net of costs, out-of-sample' : 'as the run that was taken over reports them',
    returns: series,
    annualisationDays: outOfSample.metrics.annualisationDays,
    opened: openedOf(stream),
    isSession: sessionsOf(calendars),
    rollingRows: rollingRowsDefault,
    ...withoutParts,
    benchmark: data.benchmark,
    ...(data.compared === undefined ? {} : { compared: data.compared }),
    baselines: baselinesOf(data, risk),
    ...(isSolved ? ofWindows(fact, detail, held) : {}),
  };
}

/** A tear sheet for each profile that a sleeve run delivered. Errors: ArtifactMissing, ArtifactDamaged. */
export async function sleeveTearSheets(artifacts: Artifacts, events: readonly DomainEvent[]): Promise<RunTearSheet[]> {
  const [opened] = dataOf(events, 'SleeveRunOpened');
  invariant(opened !== undefined, 'a sleeve run begins with its opening');
  const data = await runData(artifacts, events);
  return data.streams.map((stream) => ({ risk: stream.fact.risk, sheet: tearSheetOf(inputOf(opened.sleeve, stream, data)) }));
}
