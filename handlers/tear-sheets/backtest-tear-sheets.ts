import { selectionLookAheadIn } from '../../domain/backtest-run/selection-look-ahead.ts';
import type { BacktestStarted } from '../../domain/backtest-run/events.ts';
import type { BacktestEvent } from '../../domain/backtest-run/slice.ts';
import { physicalSymbol } from '../../domain/allocation/flatten.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import { solveParametersOf } from '../../domain/manifest/solve-parameters.ts';
import { type DatedTrade, tradesBySpan } from '../../domain/metrics/turnover.ts';
import { rollingRowsDefault } from '../../domain/metrics/rolling.ts';
import { calendarsOf } from '../../domain/returns/calendar.ts';
import { tableAsMatrix } from '../../domain/returns/dated-tables.ts';
import { columnOf, rowsOf } from '../../domain/returns/matrix.ts';
import type { ReturnMatrix, ReturnSeries } from '../../domain/returns/series.ts';
import { columnNamed } from '../../domain/returns/table-text.ts';
import { totalReturnOf, wealthOf } from '../../domain/returns/wealth.ts';
import { type ClusterTree, clusterTree } from '../../domain/risk/cluster-tree.ts';
import { solveProfile } from '../../domain/risk/profiles.ts';
import { hrpDetailSchema } from '../../domain/risk/schemas.ts';
import { solvePolicyOf } from '../../domain/risk/solve-policy.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { endsProfile } from '../../domain/shared/error-kinds.ts';
import { invariant } from '../../domain/shared/errors.ts';
import { type TearSheet, tearSheetOf } from '../../domain/tear-sheet/tear-sheet.ts';
import { type Baseline, type HeldWindow, type TearSheetInput, withoutParts } from '../../domain/tear-sheet/tear-sheet-input.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import type { Artifacts } from '../ports/ports.ts';
import { backtestContributions } from './backtest-risk.ts';
import { correlationsOf, varyingColumns } from './correlations.ts';
import { verdictsOf } from './backtest-verdicts.ts';
import { type DecisionCorrelations, decisionCorrelations } from './decision-correlations.ts';
import { sessionsOf } from './sessions.ts';
import { type TestedProfile, testedProfiles } from './tested-profile.ts';

/** What a backtest is of, as its sheets need it. */
export interface BacktestSource {
  readonly started: BacktestStarted;
  readonly node: MetaNode;
}

const netBasis = 'net of costs, out-of-sample';

/** What is out of sample, and beside it what is not. */
function basisOf(started: BacktestStarted): string {
  const { universeLookAhead, rangeEnd } = started;
  const scanned = selectionLookAheadIn(started).flatMap(({ scans }) => scans);
  if (scanned.length > 0) return `${netBasis} (selection look-ahead: symbols chosen by ${[...new Set(scanned)].join(', ')})`;
  return universeLookAhead ? `${netBasis} (universe_look_ahead: symbols chosen by their coverage up to ${rangeEnd})` : netBasis;
}

function seriesNamed({ returns }: TestedProfile, name: string): ReturnSeries {
  return { dates: returns.dates, values: columnNamed(returns, name) };
}

/** A sleeve alone is one of the parts but for its first purchase: its figures are in the facts, and no line of its own is drawn. */
function isAlone(name: string): boolean {
  return name.startsWith('alone:');
}

function baselinesOf(profile: TestedProfile, opened: string): Baseline[] {
  return profile.facts.baselines.flatMap(({ name, lookAhead, metrics }) =>
    metrics === null || isAlone(name)
      ? []
      : [{ id: name, series: seriesNamed(profile, name), opened, note: lookAhead ? 'look-ahead' : null }],
  );
}

function tradesOf({ trades }: TestedProfile): DatedTrade[] {
  const [netted, cost, saved] = ['netted_two_sided', 'cost', 'crossing_benefit'].map((name) => columnNamed(trades, name));
  return trades.dates.map((date, row) => ({
    date,
    turnoverTwoSided: netted![row]!,
    costFraction: cost![row]!,
    crossingBenefit: saved![row]!,
  }));
}

/** The decisions of the portfolio as windows: what each earned, and the trades from its close up to that of the next. */
function windowsOf(profile: TestedProfile, trades: readonly DatedTrade[]): HeldWindow[] {
  const { windows, returns } = profile;
  const [gross, net] = [columnNamed(returns, 'gross'), columnNamed(returns, 'net')];
  const rowOf = new Map(returns.dates.map((date, row) => [date, row]));
  const traded = tradesBySpan(
    trades,
    windows.map(({ newestRead, last }) => ({ from: newestRead, before: last })),
  );
  return windows.map(({ index, trainFirst, newestRead, first, last, rows }, at) => {
    const earned = (values: Float64Array): number => totalReturnOf(wealthOf(values.subarray(rowOf.get(first), rowOf.get(last)! + 1)));
    return {
      index,
      trainFirst,
      trainLast: newestRead,
      testFirst: first,
      testLast: last,
      rows,
      turnoverTwoSided: traded[at]!.turnoverTwoSided,
      costFractionCharged: traded[at]!.costFraction,
      grossReturn: earned(gross),
      netReturn: earned(net),
    };
  });
}

/** The tree of the baseline `static_hrp`: of all joined rows. Null where hrp finds none on them. */
function treeOf(matrix: ReturnMatrix, { node, started }: BacktestSource, annualisationDays: number): ClusterTree | null {
  const varying = varyingColumns(matrix);
  if (varying.columns.length < 2) return null;
  const parameters = solveParametersOf(node.blocks, annualisationDays);
  const givenOrder = node.sleeves.map(({ id }) => id);
  try {
    const solve = solveProfile({ risk: 'hrp', training: varying, parameters, givenOrder, policy: solvePolicyOf(started.rules) });
    const hrp = hrpDetailSchema.safeParse(solve.detail);
    return hrp.success ? clusterTree(varying, parameters.hrp, hrp.data) : null;
  } catch (error) {
    if (endsProfile(error)) return null;
    throw error;
  }
}

/** Net streams of the sleeves on the rows that the book reports. */
function reportedSleeves(matrix: ReturnMatrix, { dates }: ReturnSeries): ReturnMatrix {
  const first = matrix.dates.indexOf(dates[0]!);
  return rowsOf(matrix, first, first + dates.length);
}

/** Everything that a backtest recorded of a profile, in the places of a tear sheet. */
export function backtestTearSheetInput(source: BacktestSource, profile: TestedProfile): TearSheetInput {
  const { started } = source;
  const { facts, windows, joined, detail } = profile;
  const opened = windows[0]!.newestRead;
  const returns = seriesNamed(profile, 'net');
  const matrix = tableAsMatrix(joined);
  const sleeves = reportedSleeves(matrix, returns);
  const parts = sleeves.columns.map((id, column) => ({ id, series: columnOf(sleeves, column), opened }));
  const baselines = baselinesOf(profile, opened);
  const equal = baselines.find(({ id }) => id === 'equal_weight_meta');
  const trades = tradesOf(profile);
  const symbols = detail.sleeves.flatMap(({ columns }) => columns.map((atom) => physicalSymbol(atom).symbol));
  return {
    name: `${started.meta} ${facts.risk}`,
    basis: basisOf(started),
    returns,
    annualisationDays: facts.annualisationDays,
    opened,
    isSession: sessionsOf(calendarsOf(symbols)),
    rollingRows: rollingRowsDefault,
    ...withoutParts,
    parts,
    benchmark: equal === undefined ? null : { id: equal.id, series: equal.series },
    baselines,
    weights: {
      of: 'sleeves',
      ids: matrix.columns,
      decisions: windows.map(({ newestRead, weights }) => ({ date: newestRead, weights: matrix.columns.map((id) => weights[id]!) })),
    },
    contributions: backtestContributions(profile),
    trades,
    crossingBenefit: facts.costs.crossingBenefit,
    windows: windowsOf(profile, trades),
    correlations: correlationsOf(matrix, `sample, ${matrix.dates.length} joined out-of-sample rows of the sleeves`),
    verdicts: verdictsOf(profile, source.node, parts),
    tree: treeOf(matrix, source, facts.annualisationDays),
  };
}

/** A tested profile with its figures. */
export interface MeasuredProfile {
  readonly profile: TestedProfile;
  readonly sheet: TearSheet;
  readonly correlations: DecisionCorrelations;
}

/** Every profile that a backtest tested, or one of them, in the order of its facts. Errors: ArtifactMissing, ArtifactDamaged. */
export async function measuredProfiles(
  artifacts: Artifacts,
  facts: readonly BacktestEvent[],
  risk: string | null = null,
): Promise<MeasuredProfile[]> {
  const [started] = dataOf(facts, 'BacktestStarted');
  invariant(started !== undefined, 'a backtest begins with its start');
  const source = { started, node: await loadDocument(artifacts, 'meta-portfolio', started.definition) };
  const profiles = await testedProfiles(artifacts, facts, risk);
  return profiles.map((profile) => ({
    profile,
    sheet: tearSheetOf(backtestTearSheetInput(source, profile)),
    correlations: decisionCorrelations(profile),
  }));
}
