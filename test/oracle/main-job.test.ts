import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DomainEvent, EventData } from '../../domain/catalogue.ts';
import { loadDocument } from '../../handlers/artifacts/artifact-files.ts';
import { runEvents } from '../../handlers/runs/load-sleeve-run.ts';
import { openSqlite, type SqliteLedger } from '../../infra/sqlite/open.ts';
import { type Answer, Workbench } from '../support/cli.ts';
import { needs } from '../support/needs.ts';
import { sharedDirectory } from '../support/reference.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { cases, golden, manifestOf, metaCommand, sleeveCommand } from './cases.ts';
import { Comparison, direct, toleranceOf } from './comparison.ts';
import type { AcceptanceGolden, AllocationGolden, MetaGolden, ProfileGolden, SleeveGolden } from './golden-shapes.ts';

const describeWithShared = needs('reference data').describe;

/*
 * The oracle of this file is test/oracle/*.py: a second implementation of the whole main job in numpy, pandas, scipy and
 * scikit-learn, written from the specification alone. Both are given the same files; every figure is held against the other's.
 */

interface WindowDetail {
  readonly columns: readonly string[];
  readonly windows: readonly { readonly weights: readonly number[]; readonly solve: EventData<'SleeveProfileSolved'>['solve'] | null }[];
}

const data = join(sharedDirectory ?? '', 'data');
const wholeRun = 600_000;

/** The one event of a type, of the portfolio itself where parts of a nest have theirs too. */
function onlyEvent<Type extends DomainEvent['type']>(events: readonly DomainEvent[], type: Type, risk?: string): EventData<Type> {
  const found = events.flatMap((event) =>
    event.type === type ? [event.data as EventData<Type> & { readonly risk?: string; readonly path?: readonly string[] }] : [],
  );
  const mine = found.filter(
    (one) => risk === undefined || (one.risk === risk && (type === 'MetaProfileFailed' || (one.path ?? []).length === 0)),
  );
  if (mine.length !== 1) throw new Error(`${mine.length} events ${type} of ${risk ?? 'the run'}`);
  return mine[0]!;
}

const sha256 = (file: string): string =>
  createHash('sha256')
    .update(readFileSync(join(data, file)))
    .digest('hex');

const byKept = (kept: readonly string[], weights: readonly { symbol: string; weight: number }[]): number[] => {
  const bySymbol = new Map(weights.map(({ symbol, weight }) => [symbol, weight]));
  return kept.map((symbol) => bySymbol.get(symbol) ?? Number.NaN);
};

function compareGrid(comparison: Comparison, events: readonly DomainEvent[], { grid: theirs }: SleeveGolden): void {
  const universe = onlyEvent(events, 'UniverseFormed');
  const { repaired } = onlyEvent(events, 'IntegrityPassed');
  comparison.exact('price rows', universe.grid.rows, theirs.price_rows);
  comparison.exact('return rows', universe.returns.rows, theirs.return_rows);
  comparison.exact('first price row', universe.grid.first, theirs.first);
  comparison.exact('last price row', universe.grid.last, theirs.last);
  comparison.exact(
    'kept',
    universe.kept.map(({ symbol }) => symbol),
    theirs.kept,
  );
  comparison.exact('inactive', universe.inactive, theirs.inactive);
  comparison.exact('dropped', universe.dropped.map(({ symbol }) => symbol).toSorted(), Object.keys(theirs.dropped).toSorted());
  for (const { symbol, coverage } of universe.dropped) comparison.near(`coverage of ${symbol}`, coverage, theirs.dropped[symbol], direct);
  comparison.exact('rows off the calendar', repaired.length, theirs.off_calendar_rows);
  comparison.exact('days of a year', universe.annualisationDays, theirs.annualisation_days);
}

function compareWindows(
  comparison: Comparison,
  risk: string,
  solved: EventData<'SleeveProfileSolved'>,
  detail: WindowDetail,
  theirs: ProfileGolden,
  kept: readonly string[],
): void {
  const tolerance = toleranceOf(risk);
  const { windows, columns } = detail;
  const estimates = windows.flatMap(({ solve }) =>
    typeof solve?.estimate?.ledoitWolfIntensity === 'number' ? [solve.estimate.ledoitWolfIntensity] : [],
  );
  comparison.exact(`${risk}: windows that fell back`, windows.filter(({ solve }) => solve!.fallback !== null).length, theirs.fallbacks);
  comparison.near(`${risk}: first Ledoit-Wolf intensity`, estimates[0], theirs.intensity?.first, direct);
  comparison.near(`${risk}: last Ledoit-Wolf intensity`, estimates.at(-1), theirs.intensity?.last, direct);
  comparison.near(`${risk}: live Ledoit-Wolf intensity`, solved.solve.estimate?.ledoitWolfIntensity, theirs.intensity?.live, direct);
  const held = theirs.weights ?? equalWeights(theirs.symbols ?? kept);
  const order = theirs.symbols ?? kept;
  const ofWindow = (index: number): number[] =>
    byKept(
      order,
      columns.map((symbol, column) => ({ symbol, weight: windows.at(index)!.weights[column]! })),
    );
  if (held.first !== undefined) comparison.allNear(`${risk}: weights of the first window`, ofWindow(0), held.first, tolerance);
  comparison.allNear(`${risk}: weights of the last window`, ofWindow(-1), held.last, tolerance);
  comparison.allNear(`${risk}: recorded last weights`, byKept(order, solved.lastWindowWeights), held.last, tolerance);
  if (held.live !== undefined) comparison.allNear(`${risk}: live weights`, byKept(order, solved.weights), held.live, tolerance);
}

function equalWeights(symbols: readonly string[]): { first: number[]; last: number[]; live: number[] } {
  const equal = symbols.map(() => 1 / symbols.length);
  return { first: equal, last: equal, live: equal };
}

function comparePath(
  comparison: Comparison,
  risk: string,
  { outOfSample, walkForward }: EventData<'SleeveProfileSolved'>,
  theirs: ProfileGolden,
): void {
  const tolerance = toleranceOf(risk);
  comparison.exact(
    `${risk}: rows and span`,
    [outOfSample.rows, outOfSample.first, outOfSample.last],
    [theirs.rows, theirs.first, theirs.last],
  );
  comparison.exact(
    `${risk}: windows, untraded rows`,
    [walkForward.windows, walkForward.lastPartialRows],
    [theirs.windows, theirs.untraded_rows],
  );
  comparison.near(`${risk}: total return`, outOfSample.totalReturn, theirs.total, tolerance);
  comparison.near(`${risk}: volatility`, outOfSample.metrics.volatility, theirs.volatility, tolerance);
  comparison.near(`${risk}: turnover`, walkForward.turnoverTwoSided, theirs.turnover, tolerance);
  comparison.near(`${risk}: cost`, walkForward.costFraction, theirs.cost, tolerance);
}

function compareAcceptance(comparison: Comparison, risk: string, events: readonly DomainEvent[], theirs: AcceptanceGolden): void {
  const tolerance = toleranceOf(risk);
  const { verdicts } = onlyEvent(events, 'AcceptanceMeasured', risk);
  const guard = onlyEvent(events, 'GuardrailsApplied', risk);
  const verdict = (check: string): (typeof verdicts)[number] => verdicts.find((one) => one.check === check)!;
  const values = (check: string): number[] => verdict(check).details.map(({ value }) => value);
  const volatility = verdict('volatility_below_best_sleeve');
  comparison.near(`${risk}: sample volatility`, volatility.value, theirs.portfolio_volatility, tolerance);
  comparison.exact(`${risk}: volatility below the best sleeve`, volatility.status === 'passed', theirs.below_best_sleeve);
  if (theirs.sleeve_volatility !== undefined)
    comparison.allNear(
      `${risk}: sample volatility of sleeves`,
      values('volatility_below_best_sleeve'),
      theirs.sleeve_volatility,
      tolerance,
    );
  if (theirs.correlations !== undefined)
    comparison.allNear(`${risk}: correlations`, values('sleeve_correlations'), theirs.correlations, tolerance);
  comparison.near(`${risk}: diversification ratio`, verdict('diversification_ratio').value, theirs.diversification_ratio, tolerance);
  comparison.near(`${risk}: effective sleeves`, verdict('effective_number_of_sleeves').value, theirs.effective_sleeves, tolerance);
  comparison.allNear(`${risk}: ex-ante shares`, values('contribution_to_risk_ex_ante'), theirs.ex_ante_shares, tolerance);
  comparison.allNear(`${risk}: realised shares`, values('contribution_to_risk_realised'), theirs.realised_shares, tolerance);
  comparison.near(`${risk}: ex-ante volatility before bounds`, guard.volatilityRawExAnte, theirs.ex_ante_volatility_raw, tolerance);
  comparison.near(`${risk}: ex-ante volatility within bounds`, guard.volatilityBoundedExAnte, theirs.ex_ante_volatility_bounded, tolerance);
  comparison.near(
    `${risk}: cost of the guardrails`,
    guard.volatilityCostExAnte,
    theirs.ex_ante_volatility_bounded - theirs.ex_ante_volatility_raw,
    tolerance,
  );
  comparison.near(
    `${risk}: total of the portfolio`,
    verdict('time_weighted_return').details.find(({ name }) => name === 'total_return')?.value,
    theirs.total,
    tolerance,
  );
}

function compareJoin(
  comparison: Comparison,
  risk: string,
  events: readonly DomainEvent[],
  whole: MetaGolden,
  theirs: AllocationGolden,
): void {
  const { statistics, annualisationDays } = onlyEvent(events, 'SleeveReturnsJoined', risk);
  comparison.exact(`${risk}: joined rows`, [statistics.rows, statistics.first, statistics.last], [whole.rows, whole.first, whole.last]);
  comparison.exact(`${risk}: days of a year`, annualisationDays, whole.annualisation_days);
  comparison.exact(
    `${risk}: sleeves`,
    statistics.sleeves.map(({ id }) => id),
    whole.sleeves,
  );
  for (const sleeve of statistics.sleeves) {
    const { id } = sleeve;
    comparison.exact(`${risk}: rows of ${id}`, [sleeve.rowsBefore, sleeve.rowsInside, sleeve.rowsAfter], whole.join_rows[id]);
    const other = theirs.join?.[id];
    if (other === undefined) continue;
    const ours = [sleeve.totalBefore, sleeve.totalInside, sleeve.totalAfter, sleeve.pnlLost, sleeve.pnlLostInside];
    comparison.allNear(
      `${risk}: totals and losses of ${id}`,
      ours,
      [other.total_before, other.total_inside, other.total_after, other.pnl_lost, other.pnl_lost_inside],
      toleranceOf(risk),
    );
  }
}

function compareAllocation(
  comparison: Comparison,
  risk: string,
  events: readonly DomainEvent[],
  whole: MetaGolden,
  theirs: AllocationGolden,
): void {
  const tolerance = toleranceOf(risk);
  const guard = onlyEvent(events, 'GuardrailsApplied', risk);
  const { solve } = onlyEvent(events, 'SleeveWeightsOptimised', risk);
  const flattened = onlyEvent(events, 'PortfolioFlattened', risk);
  const inOrder = (weights: Readonly<Record<string, number>>): number[] => whole.sleeves.map((id) => weights[id]!);
  comparison.allNear(`${risk}: weights before bounds`, inOrder(guard.raw), theirs.raw, tolerance);
  comparison.allNear(`${risk}: weights within bounds`, inOrder(guard.weights), theirs.bounded, tolerance);
  comparison.near(`${risk}: Ledoit-Wolf intensity`, solve.estimate?.ledoitWolfIntensity, theirs.intensity, tolerance);
  comparison.exact(`${risk}: fell back`, solve.fallback === null ? 0 : 1, theirs.fallbacks);
  comparison.exact(`${risk}: assets`, flattened.symbols, theirs.flattened.assets);
  comparison.near(`${risk}: gross`, flattened.grossBeforeNetting, theirs.flattened.gross, direct);
  comparison.near(`${risk}: net`, flattened.net, theirs.flattened.net, direct);
  comparison.near(`${risk}: netted`, flattened.nettedExposure, theirs.flattened.netted, direct);
  for (const [symbol, weight] of theirs.flattened.top) comparison.near(`${risk}: ${symbol}`, flattened.weights[symbol], weight, tolerance);
  comparison.near(
    `${risk}: largest asset`,
    Math.max(...Object.values(flattened.weights).map(Math.abs)),
    theirs.flattened.largest,
    tolerance,
  );
}

describeWithShared('the main job, against a second implementation', () => {
  const below = sharedDirectory === null ? '' : scratchDirectory();
  const answers = new Map<string, Answer & { readonly exit: number }>();
  let ledger: SqliteLedger;

  const eventsOf = (kind: 'sleeveRun' | 'metaRun', name: string): Promise<DomainEvent[]> =>
    runEvents({ store: ledger.store }, kind, answers.get(name)!.result['runId'] as string);

  beforeAll(async () => {
    const bench = new Workbench(below);
    writeFileSync(bench.manifest, manifestOf(data));
    for (const name of Object.keys(cases.sleeves)) answers.set(name, await bench.json(sleeveCommand(data, name)));
    for (const name of Object.keys(cases.metas)) answers.set(name, await bench.json(metaCommand(name)));
    ledger = openSqlite(bench.store, { access: 'read', create: false });
  }, wholeRun);
  afterAll(() => ledger.close());

  test('reads the files from which the expected figures were made', () => {
    const expected = golden('inputs') as Record<string, string>;
    expect(Object.fromEntries(Object.keys(expected).map((file) => [file, sha256(file)]))).toEqual(expected);
  });

  test('ran every case without an error', () => {
    expect(
      [...answers].filter(([, { exit, error }]) => exit !== 0 || error !== undefined).map(([name, { error }]) => [name, error?.message]),
    ).toEqual([]);
  });

  describe.each(Object.keys(cases.sleeves))('sleeve %s', (name) => {
    const theirs = golden(`sleeve-${name}`) as SleeveGolden;

    test('is computed on the same grid', async () => {
      const comparison = new Comparison();
      compareGrid(comparison, await eventsOf('sleeveRun', name), theirs);
      expect(comparison.differences).toEqual([]);
    });

    test.each(Object.keys(theirs.profiles))('%s has the same weights, returns and costs', async (risk) => {
      const events = await eventsOf('sleeveRun', name);
      const expected = theirs.profiles[risk]!;
      if (expected === null) {
        expect(onlyEvent(events, 'SleeveProfileAbsent', risk).reason).toContain('benchmark');
        return;
      }
      const solved = onlyEvent(events, 'SleeveProfileSolved', risk);
      const comparison = new Comparison();
      comparePath(comparison, risk, solved, expected);
      compareWindows(
        comparison,
        risk,
        solved,
        await loadDocument(ledger.artifacts, 'walk-forward', solved.walkForward.detail),
        expected,
        theirs.grid.kept,
      );
      expect(comparison.differences).toEqual([]);
      expect(comparison.compared).toBeGreaterThan(12);
    });
  });

  describe.each(Object.keys(cases.metas))('meta portfolio %s', (name) => {
    const theirs = golden(`meta-${name}`) as MetaGolden;

    test.each(Object.keys(theirs.profiles))('%s is joined, allocated, flattened and accepted alike', async (risk) => {
      const events = await eventsOf('metaRun', name);
      const expected = theirs.profiles[risk]!;
      if ('refused' in expected) {
        expect(onlyEvent(events, 'MetaProfileFailed', risk).reason).toContain(expected.refused);
        return;
      }
      const comparison = new Comparison();
      compareJoin(comparison, risk, events, theirs, expected);
      compareAllocation(comparison, risk, events, theirs, expected);
      if (expected.acceptance !== undefined) compareAcceptance(comparison, risk, events, expected.acceptance);
      expect(comparison.differences).toEqual([]);
      expect(comparison.compared).toBeGreaterThan(12);
    });
  });
});
