/*
 * The oracle of this file is test/oracle/{selection,regime}.py: a second implementation of the selection on antropy, scipy, pandas,
 * statsmodels and PyWavelets, written from its specification. Both select on the same real prices, window by window; scores, features and
 * heights are held to 1e-9 relative, and every decision exactly.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { detectRegime } from '../../domain/regime/regime.ts';
import type { PriceTable, ReturnMatrix } from '../../domain/returns/series.ts';
import { rowsOf } from '../../domain/returns/matrix.ts';
import { streamFeatures } from '../../domain/selection/features.ts';
import { knownSymbols, supplyAt } from '../../domain/selection/known-symbols.ts';
import { marketOf, type SelectionPool, unknownFacts } from '../../domain/selection/pool.ts';
import { select, type Selection } from '../../domain/selection/select.ts';
import { selectionReadings, type SelectionSettings } from '../../domain/selection/settings.ts';
import { noSupply } from '../../domain/selection/supply.ts';
import { parseCsvPrices } from '../../infra/csv/csv-prices.ts';
import { needs } from '../support/needs.ts';
import { sharedDirectory } from '../support/reference.ts';
import { expectClose } from '../support/worked-example.ts';
import type { SelectionGolden, SelectionWindow } from './selection-golden.ts';

const { describe: describeWithShared } = needs('reference data');

const cases = ['etfs-v4', 'etfs-v4-shorts', 'etfs-documents', 'stocks-documents', 'coins-v4', 'stocks-v3.2', 'stocks-v3'] as const;

function goldenOf(name: string): SelectionGolden {
  return JSON.parse(readFileSync(new URL(`../golden/selection-oracle/${name}.json`, import.meta.url), 'utf8')) as SelectionGolden;
}

const bytes = (file: string): Buffer => readFileSync(join(sharedDirectory ?? '', 'data', file));

/** Rows of a file in the range, for some symbols. */
function tableOf(file: string, { first, last, symbols }: SelectionGolden): PriceTable {
  const { table } = parseCsvPrices(bytes(file), file);
  const rows = table.dates.flatMap((date, row) => (date >= first && date <= last ? [row] : []));
  return {
    dates: rows.map((row) => table.dates[row]!),
    symbols,
    closes: symbols.map((symbol) => Float64Array.from(rows, (row) => table.closes[table.symbols.indexOf(symbol)]![row]!)),
  };
}

function returnsOf({ dates, symbols, closes }: PriceTable): ReturnMatrix {
  const values = new Float64Array((dates.length - 1) * symbols.length);
  closes.forEach((column, at) => {
    for (let row = 1; row < dates.length; row++) values[(row - 1) * symbols.length + at] = column[row]! / column[row - 1]! - 1;
  });
  return { dates: dates.slice(1), columns: symbols, values };
}

function settingsOf({ settings: theirs }: SelectionGolden): SelectionSettings {
  return {
    mode: theirs.mode,
    strategy: 'trend_following',
    top_n: theirs.top_n,
    threshold: theirs.threshold,
    min_momentum_score: theirs.min_momentum,
    min_winners: theirs.min_winners,
    veto_share_max: 0.7,
    dynamic_selection: theirs.dynamic,
    predictability_vetoes: theirs.predictability,
    short_direction: theirs.short,
    entropy_max: theirs.entropy_max,
    entropy_acceptance: null,
    efficiency_min: theirs.efficiency_min,
    hurst_random_walk: theirs.hurst_zone,
    eci_hurdle: theirs.eci_hurdle,
    correlation_shrinkage: theirs.shrinkage,
    cluster_lookbacks: theirs.lookbacks,
    exclude_cash_like: false,
    min_score_rank: 0,
    require: [],
    reading: theirs.documents === true ? selectionReadings.documents : selectionReadings.ruled,
  };
}

/** The market's rows and the pool of the window whose decision reads returns up to `end`, exclusive. */
function poolAt(
  golden: SelectionGolden,
  prices: PriceTable,
  volumes: PriceTable | null,
  returns: ReturnMatrix,
  end: number,
): SelectionPool {
  const supply = { ...noSupply, volumes: volumes === null ? null : { ...volumes, values: volumes.closes } };
  const { benchmarks, settings } = golden;
  const supplied = supplyAt(knownSymbols({ returns, benchmarks, prices, supply, annualisationDays: settings.A }), {
    first: end - golden.train,
    end,
  });
  return {
    returns: rowsOf(returns, end - golden.train, end),
    market: marketOf(rowsOf(returns, Math.max(0, end - 252), end)),
    annualisationDays: golden.settings.A,
    fullLiquidity: golden.settings.full_liquidity,
    facts: golden.symbols.map((symbol, at) => ({
      ...unknownFacts(symbol),
      isBenchmark: golden.benchmarks.includes(symbol),
      averageDailyValue: supplied[at]!.averageDailyValue,
    })),
  };
}

const nameOf = ({ symbols }: Selection, places: readonly number[]): string[] => places.map((i) => symbols[i]!);

function compareFigures(found: Selection, expected: SelectionWindow): void {
  expected.scores.forEach((score, i) => expectClose(found.scores.score[i]!, score, 1e-9, `score of ${found.symbols[i]}`));
  if (expected.features === undefined || expected.linkage === undefined) return;
  for (const name of streamFeatures)
    expected.features[name].forEach((value, i) =>
      expectClose(found.features[name][i]!, value ?? Number.NaN, 1e-9, `${name} of ${found.symbols[i]}`),
    );
  expected.linkage.forEach((row, k) => row.forEach((value, i) => expectClose(found.clusters.linkage[k]![i]!, value, 1e-9, `row ${k}`)));
}

function decisionsOf(found: Selection): Omit<SelectionWindow, 'regime' | 'regime_score' | 'scores' | 'features' | 'linkage'> {
  const vetoed = found.judgements.flatMap(({ vetoes }, i) =>
    vetoes.length === 0 ? [] : [[found.symbols[i]!, vetoes.map(({ code }) => code)] as const],
  );
  return {
    as_of: found.asOf,
    quadrant: found.quadrant,
    labels: [...found.clusters.labels],
    quotas: found.quotas.map(({ winnersMax }) => winnersMax),
    short: found.symbols.filter((_, i) => found.directions[i] === 'SHORT'),
    vetoes: Object.fromEntries(vetoed),
    stage: Object.fromEntries(found.staged.admissions.map(({ symbol, stage }) => [found.symbols[symbol]!, stage])),
    after: found.staged.afterStage,
    winners: nameOf(found, found.winners),
    share: found.vetoCount.share,
    aborts: found.aborts,
  };
}

describeWithShared.each(cases)('on real prices, %s', (name) => {
  const golden = goldenOf(name);

  test('the files are those of the second implementation', () => {
    for (const [file, sha256] of Object.entries(golden.sha256)) expect(createHash('sha256').update(bytes(file)).digest('hex')).toBe(sha256);
  });

  test('every window selects what the second implementation selects', () => {
    const prices = tableOf(golden.file, golden);
    const volumes = golden.volumes === null ? null : tableOf(golden.volumes, golden);
    const returns = returnsOf(prices);
    const settings = settingsOf(golden);
    expect(golden.windows.length).toBeGreaterThan(15);
    golden.windows.forEach((expected, k) => {
      const pool = poolAt(golden, prices, volumes, returns, golden.train + k * golden.step);
      const found = select(pool, settings);
      compareFigures(found, expected);
      const { regime, regime_score: score, scores: _scores, features: _features, linkage: _linkage, ...decided } = expected;
      expect(decisionsOf(found)).toEqual({ ...decided, share: expect.closeTo(decided.share, 12) });
      const reading = detectRegime(pool.market, pool.annualisationDays, 'off');
      expect(reading.label).toBe(regime);
      expectClose(reading.score, score, 1e-9, 'score of the regime');
    });
  });
});
