import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { ReturnMatrix } from '../../domain/returns/series.ts';
import { selectColumns } from '../../domain/risk/columns.ts';
import { type Component, components } from '../../domain/selection/components.ts';
import { rawStreams } from '../../domain/returns/streams.ts';
import { type FeatureColumns, featuresOf, type StreamFeature } from '../../domain/selection/features.ts';
import { marketOf, type SelectionPool, type SymbolFacts, unknownFacts } from '../../domain/selection/pool.ts';
import { factorsOf, scoresOf } from '../../domain/selection/score.ts';
import { select, type Selection } from '../../domain/selection/select.ts';
import { selectionModes, selectionReadings, type SelectionSettings } from '../../domain/selection/settings.ts';
import { isHard } from '../../domain/selection/vetoes.ts';
import { usual } from '../support/selection-settings.ts';
import { seeded } from '../support/figures.ts';
import { propertyRuns } from '../support/property-runs.ts';

const runs = { numRuns: propertyRuns(25) };

interface Universe {
  readonly pool: SelectionPool;
  readonly settings: SelectionSettings;
}

interface Drawn {
  readonly seed: number;
  readonly size: number;
  readonly rows: number;
  readonly zeros: number;
  readonly oddity: 'none' | 'twin' | 'mirror' | 'still' | 'wild';
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  seed: fc.integer(),
  size: fc.integer({ min: 1, max: 40 }),
  rows: fc.integer({ min: 1, max: 130 }),
  zeros: fc.constantFrom(0, 0, 0.02, 0.5, 1),
  oddity: fc.constantFrom('none', 'twin', 'mirror', 'still', 'wild'),
});

function matrixOf({ seed, size, rows, zeros, oddity }: Drawn): ReturnMatrix {
  const random = seeded(seed);
  const values = new Float64Array(rows * size);
  for (let row = 0; row < rows; row++) {
    const common = random() - 0.5;
    for (let column = 0; column < size; column++) {
      const own = 0.02 * (common + random() - 0.5) * (oddity === 'wild' && random() < 0.05 ? 60 : 1);
      values[row * size + column] = random() < zeros ? 0 : Math.max(-0.99, own);
    }
    if (oddity === 'twin' && size > 1) values[row * size + 1] = values[row * size]!;
    if (oddity === 'mirror' && size > 1) values[row * size + 1] = -values[row * size]!;
    if (oddity === 'still') values[row * size] = 0.001;
  }
  const columns = Array.from({ length: size }, (_, column) => `NYSE:C${String((column * 7) % size).padStart(2, '0')}${column}`);
  return { dates: Array.from({ length: rows }, (_, row) => `day ${row}`), columns, values };
}

function factsOf(columns: readonly string[], seed: number): SymbolFacts[] {
  const random = seeded(seed);
  const maybe = (value: number): number | null => (random() < 0.5 ? value : null);
  return columns.map((symbol, at) => ({
    ...unknownFacts(symbol),
    identity: random() < 0.1 ? 'shared' : symbol,
    isBenchmark: at % 11 === 10,
    stableCoin: random() < 0.03 ? 'listed' : null,
    averageDailyValue: maybe(random() < 0.1 ? 0 : 1e9 * random()),
    survival: maybe(random()),
    adx: maybe(50 * random()),
    recommendAll: maybe(2 * random() - 1),
    rateOfChange: maybe(300 * random() - 150),
    metadata: random() < 0.1 ? { tick_size: 0.01 } : null,
  }));
}

const universe: fc.Arbitrary<Universe> = fc
  .record({
    drawn,
    mode: fc.constantFrom(...selectionModes),
    reading: fc.constantFrom('ruled' as const, 'documents' as const),
    short: fc.boolean(),
    dynamic: fc.boolean(),
    topN: fc.integer({ min: 1, max: 10 }),
    gate: fc.constantFrom(0, -0.05, -0.5, 0.02),
    rank: fc.constantFrom(0, 0, 0.5),
  })
  .map(({ drawn: how, mode, reading, short, dynamic, topN, gate, rank }) => {
    const returns = matrixOf(how);
    const settings = {
      ...usual,
      mode,
      short_direction: short,
      dynamic_selection: dynamic,
      top_n: topN,
      min_momentum_score: gate,
      min_score_rank: rank,
      exclude_cash_like: how.seed % 2 === 0,
      entropy_acceptance: how.seed % 3 === 0 ? ([0.9, 0.95] as [number, number]) : null,
      reading: selectionReadings[reading],
    };
    const pool = {
      returns,
      market: marketOf(returns),
      facts: factsOf(returns.columns, how.seed),
      annualisationDays: 252,
      fullLiquidity: 5e8,
    };
    return { pool, settings };
  });

/** The pool with its columns in another order. */
function shuffled({ returns, facts, ...rest }: SelectionPool, seed: number): SelectionPool {
  const random = seeded(seed);
  const order = returns.columns
    .map((_, i) => ({ i, key: random() }))
    .toSorted((left, right) => left.key - right.key)
    .map(({ i }) => i);
  return { ...rest, returns: selectColumns(returns, order), facts: order.map((i) => facts[i]!) };
}

/** What every selection promises. */
function checkPromises(
  { scores, winners, facts, staged, judgements, clusters, standings, quotas, directions }: Selection,
  settings: SelectionSettings,
): void {
  const multipliesOut = (score: number, i: number): boolean => {
    const product = factorsOf(scores, i).reduce((total, { factor }) => total * factor, 1) * scores.multiplier[i]!;
    return score > 0 && Math.abs(product - score) <= 1e-12 * score;
  };
  expect(scores.score.every(multipliesOut)).toBe(true);
  expect(new Set(winners.map((i) => facts[i]!.identity)).size).toBe(winners.length);
  expect(winners.filter((i) => facts[i]!.isBenchmark)).toEqual([]);
  expect(winners.filter((i) => judgements[i]!.vetoes.some(({ code }) => isHard(code)))).toEqual([]);
  if (settings.mode === 'v4') expect(winners.length).toBeLessThanOrEqual(25);
  expect(standings.flatMap(({ kind }, i) => (kind === 'won' ? [i] : []))).toEqual(winners.toSorted((left, right) => left - right));
  expect(staged.afterStage.at(-1)).toBe(winners.length);
  expect(clusters.members.flat().toSorted((left, right) => left - right)).toEqual([...facts.keys()]);
  const used = new Map<string, number>();
  for (const { symbol, isQuotaWaived } of staged.admissions) {
    const side = settings.reading.quota_per === 'side' ? directions[symbol]! : '';
    const account = `${clusters.labels[symbol]} ${side}`;
    used.set(account, (used.get(account) ?? 0) + 1);
    if (!isQuotaWaived) expect(used.get(account)).toBeLessThanOrEqual(quotas[clusters.labels[symbol]!]!.winnersMax);
  }
}

describe('any universe', () => {
  test('is selected from without an error, and keeps what a selection promises', () => {
    fc.assert(
      fc.property(universe, ({ pool, settings }) => {
        checkPromises(select(pool, settings), settings);
      }),
      runs,
    );
  });

  test('selects the same again, bit for bit, and in whatever order its symbols come', () => {
    fc.assert(
      fc.property(universe, fc.integer(), ({ pool, settings }, seed) => {
        const first = select(pool, settings);
        expect(select(pool, settings)).toEqual(first);
        expect(select(shuffled(pool, seed), settings)).toEqual(first);
      }),
      runs,
    );
  });
});

describe('a score', () => {
  const cross = fc.record({
    seed: fc.integer(),
    size: fc.integer({ min: 1, max: 12 }),
    component: fc.constantFrom(...components),
    mode: fc.constantFrom(...selectionModes),
    raise: fc.double({ min: 0, max: 2, noNaN: true }),
  });

  test('rises with each of its components, and falls with kurtosis', () => {
    fc.assert(
      fc.property(cross, ({ seed, size, component, mode, raise }) => {
        const random = seeded(seed);
        const draw = (): Float64Array => Float64Array.from({ length: size }, () => (random() < 0.1 ? 0.4 : 2 * random() - 0.5));
        const values = Object.fromEntries(components.map((name) => [name, draw()])) as FeatureColumns<Component>;
        const features = { hurst_raw: draw(), acf1_abs: draw() };
        const options = { mode, strategy: 'trend_following', quadrant: 'NORMAL', reading: selectionReadings.ruled } as const;
        const before = scoresOf(values, features, options).score[0]!;
        const raised = values[component].map((value, i) => (i === 0 ? value + raise : value));
        const after = scoresOf({ ...values, [component]: raised }, features, options).score[0]!;
        const change = component === 'kurtosis' ? before - after : after - before;
        expect(change).toBeGreaterThanOrEqual(-1e-12 * before);
      }),
      runs,
    );
  });
});

describe('features', () => {
  const unchanged = ['entropy_raw', 'efficiency', 'hurst_raw', 'skew', 'kurtosis', 'acf1_abs'] as const satisfies StreamFeature[];
  const scaled = ['momentum', 'vol', 'tail_gain', 'cvar'] as const satisfies StreamFeature[];

  test('of returns in another unit are the same, or in that unit', () => {
    fc.assert(
      fc.property(drawn, fc.constantFrom(0.25, 2, 64), (how, unit) => {
        const matrix = matrixOf(how);
        const options = { annualisationDays: 252, reading: selectionReadings.ruled };
        const before = featuresOf(rawStreams(matrix), options);
        const after = featuresOf(rawStreams({ ...matrix, values: matrix.values.map((value) => unit * value) }), options);
        for (const name of unchanged) expect(after[name]).toEqual(before[name]);
        for (const name of scaled) expect(after[name]).toEqual(before[name].map((value) => unit * value));
      }),
      runs,
    );
  });
});
