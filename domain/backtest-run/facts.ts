import { byColumn } from '../allocation/node.ts';
import type { BacktestInput } from '../backtest/backtest.ts';
import { isTested, type ProfileOutcome, rangeEnd } from '../backtest/planned-jobs.ts';
import type { MetaDecision } from '../backtest/decisions.ts';
import type { WalkedSleeve } from '../backtest/portfolio.ts';
import type { ProfileBacktest, TestedLevel } from '../backtest/profile-job.ts';
import type { SelectedSleeve } from '../backtest/selected-sleeve.ts';
import { recordedSelectionOf } from '../documents/recorded-selection.ts';
import { StagedArtifacts } from '../documents/staged-artifacts.ts';
import type { MetaNode } from '../manifest/resolved-meta-schema.ts';
import { matrixAsTable } from '../returns/dated-tables.ts';
import { type DatedTable, tableText } from '../returns/table-text.ts';
import { totalReturnOf, wealthOf } from '../returns/wealth.ts';
import { requireRules } from '../run/rules.ts';
import type { DocumentReference } from '../shared/artifact-reference.ts';
import type { Sha256 } from '../shared/hashing.ts';
import type { BacktestDetail } from './detail.ts';
import type { BacktestParams, BacktestStarted, FailedProfileFacts, TestedProfileFacts } from './events.ts';
import type { IdentifiedBacktest } from './identity.ts';
import { paramsOf, portfolioAt } from './params.ts';
import { type BacktestDraft, draftBacktest } from './slice.ts';
import {
  assetWeightsTable,
  decisionsTable,
  leafWeightsTable,
  returnsTable,
  riskSharesTable,
  sleeveWeightsTable,
  streamTable,
  tradesTable,
} from './tables.ts';

/** Results of a backtest as facts; tables are staged in the order of the facts. */

/** A profile with the sleeves that its numbers are of. */
export interface FinishedProfile {
  readonly outcome: ProfileOutcome;
  /** Empty where it was not tested. */
  readonly sleeves: readonly WalkedSleeve[];
}

function csv(table: DatedTable, staged: StagedArtifacts): DocumentReference {
  return staged.verbatim(new TextEncoder().encode(tableText(table)), 'text/csv');
}

function startedSleeve({ path, sleeve, sourceRunId, options, grid }: SelectedSleeve, inputs: BacktestStarted['sleeves'][number]['inputs']) {
  return {
    path: [...path],
    sleeve: sleeve.requested,
    profile: sleeve.profile,
    sourceRunId,
    options: { ...options, symbols: options.symbols === null ? null : [...options.symbols], exclude: [...options.exclude] },
    inputs,
    grid: grid.grid,
    coverage: grid.coverageRange,
    kept: grid.kept.length,
    dropped: grid.dropped.map(({ symbol }) => symbol),
  };
}

function started(
  { node, options, rules }: BacktestInput,
  { runId, asOf, sleeves, staged }: IdentifiedBacktest,
  prepared: readonly SelectedSleeve[],
): BacktestDraft {
  const { universe } = node.blocks.backtest;
  return draftBacktest('BacktestStarted', {
    runId,
    meta: node.requested,
    profile: node.profile,
    asOf,
    rules: requireRules(rules),
    definition: staged.document('meta-portfolio', node),
    options,
    params: paramsOf(node),
    universeLookAhead: universe === 'whole_range',
    rangeEnd: rangeEnd(prepared),
    sleeves: prepared.map((sleeve, index) => startedSleeve(sleeve, [...sleeves[index]!.inputs])),
  });
}

/** Who entered, for each window of a sleeve; none in one that selects nothing. */
function selectionFact({ path, selection }: SelectedSleeve, runId: string, staged: StagedArtifacts): BacktestDraft[] {
  if (selection === null) return [];
  return [draftBacktest('SleeveSelected', { runId, path: [...path], ...recordedSelectionOf(selection, staged) })];
}

function windowAllocated(
  risk: ProfileBacktest['risk'],
  { meta, path, level }: TestedLevel,
  params: BacktestParams,
  decision: MetaDecision,
): BacktestDraft {
  const ids = level.join.matrix.columns;
  const { index, trainFirst, trainRows, newestRead, first, last, rows, partial, raw, bounded, sleeveReads, flags } = decision;
  return draftBacktest('WindowAllocated', {
    risk,
    meta,
    path: [...path],
    params,
    index,
    trainFirst,
    trainRows,
    newestRead,
    first,
    last,
    rows,
    partial,
    raw: byColumn(ids, raw),
    weights: byColumn(ids, bounded),
    sleeveReads: Object.fromEntries(ids.map((id, at) => [id, sleeveReads[at]!])),
    flags: [...flags],
    ...(decision.adaptive === undefined ? {} : { adaptive: decision.adaptive }),
  });
}

function testedSleeve({ path, returns, walk }: WalkedSleeve, staged: StagedArtifacts): TestedProfileFacts['sleeves'][number] {
  const { windows, dates, lastPartialRows, partialRows, flags } = walk;
  return {
    path: [...path],
    windows: windows.length,
    rows: dates.length,
    first: dates[0]!,
    last: dates.at(-1)!,
    lastPartialRows,
    partialRows,
    flags: [...flags],
    stream: csv(streamTable(walk), staged),
    weights: csv(sleeveWeightsTable(returns.columns, walk), staged),
  };
}

const copied = (rows: readonly (readonly number[])[]): number[][] => rows.map((row) => [...row]);

function detailOf({ risk, paths, book, baselines }: ProfileBacktest, sleeves: readonly WalkedSleeve[]): BacktestDetail {
  const { realisedShares } = book;
  return {
    risk,
    sleeves: sleeves.map(({ path, returns, walk }) => ({
      path: [...path],
      columns: [...returns.columns],
      windows: walk.windows.map(({ newestRead, first, last, rows, turnoverTwoSided, costFractionCharged }) => ({
        newestRead,
        first,
        last,
        rows,
        turnoverTwoSided,
        costFraction: costFractionCharged,
      })),
    })),
    leafShares: realisedShares === null ? null : Object.fromEntries(paths.map(({ key }, path) => [key, realisedShares[path]!])),
    baselines: baselines.flatMap(({ name, columns, outcome }) => {
      if (outcome.status !== 'tested') return [];
      return [{ name, columns: [...columns], raw: copied(outcome.raw), weights: copied(outcome.bounded) }];
    }),
  };
}

/** Shares of the sleeves directly below: of the leaf paths that begin with each. */
function sleeveShares(ids: readonly string[], { paths, book }: ProfileBacktest): Record<string, number> | null {
  const { realisedShares } = book;
  if (realisedShares === null) return null;
  const shareOf = (id: string): number =>
    paths.reduce((sum, { key }, path) => (key.startsWith(`${id}/`) ? sum + realisedShares[path]! : sum), 0);
  return byColumn(ids, ids.map(shareOf));
}

function baselineFact({ name, lookAhead, outcome }: ProfileBacktest['baselines'][number]): TestedProfileFacts['baselines'][number] {
  return outcome.status === 'tested'
    ? { name, lookAhead, metrics: copyOf(outcome.metrics), costs: { ...outcome.book.costs }, reason: null }
    : { name, lookAhead, metrics: null, costs: null, reason: outcome.message };
}

function copyOf(metrics: ProfileBacktest['metrics']): TestedProfileFacts['metrics'] {
  return { ...metrics, flags: [...metrics.flags] };
}

function testedFacts(profile: ProfileBacktest, sleeves: readonly WalkedSleeve[], staged: StagedArtifacts): TestedProfileFacts {
  const { risk, annualisationDays, book, metrics, turnover, burnIns, baselines, warnings, levels } = profile;
  const { level } = levels.at(-1)!;
  const ids = level.join.matrix.columns;
  const { allocationStability, firstAllocationTwoSided, firstPurchaseTwoSided, allocationTwoSided, tradedTwoSided } = turnover;
  return {
    risk,
    annualisationDays,
    decisions: level.decisions.length,
    rows: book.dates.length,
    first: book.dates[0]!,
    last: book.dates.at(-1)!,
    untradedRows: level.untradedRows,
    partialRows: level.partialRows,
    metrics: copyOf(metrics),
    grossReturn: totalReturnOf(wealthOf(book.gross)),
    costs: { ...book.costs },
    turnover: {
      firstAllocationTwoSided,
      firstPurchaseTwoSided,
      allocationTwoSided,
      tradedTwoSided,
      allocationStability: allocationStability === null ? null : byColumn(ids, allocationStability),
    },
    syntheticResets: { turnoverTwoSided: book.syntheticResetTurnoverTwoSided, cost: book.syntheticResetCost },
    realisedShares: sleeveShares(ids, profile),
    burnIns: burnIns.map((burnIn) => ({ ...burnIn, path: [...burnIn.path] })),
    baselines: baselines.map(baselineFact),
    warnings: [...warnings],
    sleeves: sleeves.map((sleeve) => testedSleeve(sleeve, staged)),
    tables: {
      returns: csv(returnsTable(profile), staged),
      joined: csv(matrixAsTable(level.join.matrix), staged),
      decisions: csv(decisionsTable(ids, level.decisions, profile), staged),
      leafWeights: csv(leafWeightsTable(level.decisions, profile), staged),
      assetWeights: csv(assetWeightsTable(level.decisions, profile), staged),
      riskShares: csv(riskSharesTable(level.decisions, profile), staged),
      trades: csv(tradesTable(book.trades), staged),
    },
    detail: staged.canonical(detailOf(profile, sleeves)),
  };
}

/** What is recorded of one profile, and what its facts refer to. Its numbers are in there: the result itself can be let go. */
export interface ProfileFacts {
  readonly windows: readonly BacktestDraft[];
  readonly tested: readonly TestedProfileFacts[];
  readonly failed: readonly FailedProfileFacts[];
  readonly staged: StagedArtifacts;
}

/** The facts of a profile, as soon as it has ended: memory then holds them in place of its streams, books and baselines. */
export function profileFacts({ outcome, sleeves }: FinishedProfile, node: MetaNode, sha256: Sha256): ProfileFacts {
  const staged = new StagedArtifacts(sha256);
  if (!isTested(outcome)) {
    const { risk, path, code, message } = outcome;
    return { windows: [], tested: [], failed: [{ risk, path: [...path], code, reason: message }], staged };
  }
  const windows = outcome.levels.flatMap((level) => {
    const own = paramsOf(portfolioAt(node, level.path));
    return level.level.decisions.map((decision) => windowAllocated(outcome.risk, level, own, decision));
  });
  return { windows, tested: [testedFacts(outcome, sleeves, staged)], failed: [], staged };
}

/** The facts of a whole backtest, in their order. */
export function backtestDrafts(
  input: BacktestInput,
  identified: IdentifiedBacktest,
  selected: readonly SelectedSleeve[],
  profiles: readonly ProfileFacts[],
): BacktestDraft[] {
  const { runId, staged } = identified;
  for (const profile of profiles) staged.adopt(profile.staged);
  const tested = profiles.flatMap((profile) => profile.tested);
  const failed = profiles.flatMap((profile) => profile.failed);
  const params = paramsOf(input.node);
  const ended =
    tested.length === 0
      ? draftBacktest('BacktestFailed', { runId, params, failed })
      : draftBacktest('BacktestCompleted', { runId, params, tested, failed });
  const selections = selected.flatMap((sleeve) => selectionFact(sleeve, runId, staged));
  return [started(input, identified, selected), ...selections, ...profiles.flatMap(({ windows }) => windows), ended];
}
