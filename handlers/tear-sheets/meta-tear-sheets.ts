import { portfolioStream } from '../../domain/allocation/node.ts';
import type { DomainEvent, EventData } from '../../domain/catalogue.ts';
import { optimiserShares, type OptimiserSleeve, realisedShares, type TwoLevelShares } from '../../domain/metrics/contribution.ts';
import { sessionBefore } from '../../domain/metrics/months.ts';
import { rollingRowsDefault } from '../../domain/metrics/rolling.ts';
import { tearSheetOf } from '../../domain/tear-sheet/tear-sheet.ts';
import { type ContributionHistory, type TearSheetInput, withoutParts } from '../../domain/tear-sheet/tear-sheet-input.ts';
import { metaRunEventsIn } from '../../domain/meta-run/slice.ts';
import { tableAsMatrix } from '../../domain/returns/dated-tables.ts';
import { columnOf, lastRowsOf } from '../../domain/returns/matrix.ts';
import type { ReturnMatrix } from '../../domain/returns/series.ts';
import { clusterTree } from '../../domain/risk/cluster-tree.ts';
import { covarianceOf } from '../../domain/risk/profiles.ts';
import { hrpDetailSchema, type RiskProfile } from '../../domain/risk/schemas.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { streamsNamed } from '../../domain/sleeve-selection/streams.ts';
import type { TableReference } from '../../domain/shared/artifact-reference.ts';
import { loadTable } from '../artifacts/artifact-files.ts';
import type { Artifacts } from '../ports/ports.ts';
import { metaRunFacts, type RecordedAllocation } from '../runs/meta-run-facts.ts';
import { correlationsOf } from './correlations.ts';
import type { RunTearSheet } from './run-tear-sheet.ts';
import { sessionsOf } from './sessions.ts';

/** Events of every sleeve run consumed, by run id. */
type SleeveRuns = ReadonlyMap<string, readonly DomainEvent[]>;

function shares(kind: ContributionHistory['kind'], date: string, found: TwoLevelShares): ContributionHistory[] {
  const ofSleeves = found.sleeves.map(({ id }) => id);
  const ofAssets = found.assets.map(({ sleeve, symbol }) => `${sleeve} / ${symbol}`);
  const row = (given: readonly { readonly share: number }[]) => [{ date, shares: given.map(({ share }) => share) }];
  return [
    { kind, of: 'sleeves', ids: ofSleeves, rows: row(found.sleeves) },
    ...(found.assets.length === 0 ? [] : [{ kind, of: 'assets' as const, ids: ofAssets, rows: row(found.assets) }]),
  ];
}

/** Reads a stored matrix once: the profiles of a run share their sleeves' returns. */
type MatrixReader = (reference: TableReference) => Promise<ReturnMatrix>;

function matrixReader(artifacts: Artifacts): MatrixReader {
  const read = new Map<string, Promise<ReturnMatrix>>();
  return async (reference) => {
    const found = read.get(reference.sha256) ?? loadTable(artifacts, reference).then(tableAsMatrix);
    read.set(reference.sha256, found);
    return found;
  };
}

/** What is known of a run beside an allocation. */
interface Sources {
  readonly matrixOf: MatrixReader;
  readonly consumed: EventData<'MetaRunOpened'>['consumed'];
  readonly sleeveRuns: SleeveRuns;
}

/** A sleeve's live book, of its own symbols or atoms, under its own estimator; null for one whose prices are not in this ledger. */
async function bookOf(
  matrixOf: MatrixReader,
  events: readonly DomainEvent[],
  id: string,
  weight: number,
  risk: RiskProfile,
): Promise<OptimiserSleeve | null> {
  const solved = dataOf(events, 'SleeveProfileSolved').find((data) => data.risk === risk);
  const [universe] = dataOf(events, 'UniverseFormed');
  if (solved === undefined || universe === undefined) return null;
  const returns = await matrixOf(universe.returns);
  const correlationShrinkage = solved.solve.estimate?.correlationShrinkage ?? solved.parameters.correlationShrinkage;
  const held = new Map(solved.weights.map(({ symbol, weight: own }) => [symbol, own]));
  const streams = streamsNamed(returns, [...held.keys()]);
  if (streams === null) return null;
  const training = lastRowsOf(streams, solved.walkForward.trainWindow);
  const { columns, covariance } = covarianceOf(training, { ...solved.parameters, correlationShrinkage });
  return { id, weight, symbols: columns, holding: columns.map((symbol) => held.get(symbol) ?? 0), covariance };
}

interface Allocated {
  readonly allocation: RecordedAllocation;
  readonly matrix: ReturnMatrix;
  readonly weights: readonly number[];
}

/** Ex ante by the two optimisers, down to the assets where every sleeve is one of this ledger's own; else by sleeve. */
async function exAnte(
  { matrixOf, consumed, sleeveRuns }: Sources,
  { allocation, matrix, weights }: Allocated,
): Promise<TwoLevelShares | null> {
  const { risk, joined, optimised } = allocation;
  const { parameters, solve } = optimised;
  const correlationShrinkage = solve.estimate?.correlationShrinkage ?? parameters.correlationShrinkage;
  const { covariance } = covarianceOf(matrix, { ...parameters, correlationShrinkage });
  const books: (OptimiserSleeve | null)[] = [];
  for (const [column, id] of matrix.columns.entries()) {
    const run = consumed.find(({ path }) => path.length === 1 && path[0] === id);
    const isOwn = run !== undefined && joined.streams.some((stream) => stream.id === id && !stream.proxy);
    books.push(isOwn ? await bookOf(matrixOf, sleeveRuns.get(run.runId)!, id, weights[column]!, risk) : null);
  }
  const whole = books.flatMap((book) => book ?? []);
  if (whole.length === books.length) return optimiserShares(whole, covariance);
  // A sleeve without a book is one position of its own.
  const single = matrix.columns.map((id, column) => ({
    id,
    weight: weights[column]!,
    symbols: [id],
    holding: [1],
    covariance: Float64Array.of(1),
  }));
  const found = optimiserShares(single, covariance);
  return found === null ? null : { ...found, assets: [] };
}

function realised({ matrix, weights }: Allocated): TwoLevelShares | null {
  const pnl = matrix.columns.map((_, column) => columnOf(matrix, column).values.map((value) => value * weights[column]!));
  const found = realisedShares({ paths: matrix.columns.map((id) => ({ sleeve: id, symbol: id })), pnl });
  return found === null ? null : { ...found, assets: [] };
}

async function inputOf(sources: Sources, allocated: Allocated): Promise<TearSheetInput> {
  const { allocation, matrix, weights } = allocated;
  const { risk, joined, optimised } = allocation;
  const isSession = sessionsOf(joined.matrix.calendars);
  const opened = sessionBefore(matrix.dates[0]!, isSession);
  const last = matrix.dates.at(-1)!;
  const [before, after] = [await exAnte(sources, allocated), realised(allocated)];
  const hrp = hrpDetailSchema.safeParse(optimised.solve.detail);
  return {
    name: `${joined.meta} ${risk}`,
    basis: 'in-sample: the bounded weights held on every joined row, without costs of the portfolio',
    returns: portfolioStream(matrix, weights),
    annualisationDays: joined.annualisationDays,
    opened,
    isSession,
    rollingRows: rollingRowsDefault,
    ...withoutParts,
    parts: matrix.columns.map((id, column) => ({ id, series: columnOf(matrix, column), opened })),
    contributions: [
      ...(before === null ? [] : shares('optimiser', last, before)),
      ...(after === null ? [] : shares('realised', last, after)),
    ],
    correlations: correlationsOf(matrix, 'sample, joined rows'),
    tree: hrp.success ? clusterTree(matrix, optimised.parameters.hrp, hrp.data) : null,
  };
}

/** A tear sheet for each profile that a meta run allocated. Errors: ArtifactMissing, ArtifactDamaged. */
export async function metaTearSheets(
  artifacts: Artifacts,
  events: readonly DomainEvent[],
  sleeveRuns: SleeveRuns,
): Promise<RunTearSheet[]> {
  const { allocations, opened } = await metaRunFacts({ artifacts }, metaRunEventsIn(events));
  const sources = { matrixOf: matrixReader(artifacts), consumed: opened.consumed, sleeveRuns };
  const sheets: RunTearSheet[] = [];
  for (const allocation of allocations) {
    const matrix = await sources.matrixOf(allocation.joined.matrix);
    const weights = matrix.columns.map((id) => allocation.guarded.weights[id]!);
    sheets.push({ risk: allocation.risk, sheet: tearSheetOf(await inputOf(sources, { allocation, matrix, weights })) });
  }
  return sheets;
}
