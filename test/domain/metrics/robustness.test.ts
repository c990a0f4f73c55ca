import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { bootstrapBands, bootstrapMetrics, replicateRows } from '../../../domain/metrics/block-bootstrap.ts';
import { combinatorialSplits } from '../../../domain/metrics/combinatorial-splits.ts';
import { deflatedSharpe, distinctTrials, observedSharpe } from '../../../domain/metrics/deflated-sharpe.ts';
import { uniformAt } from '../../../domain/metrics/splitmix64.ts';
import { compareStartOffsets } from '../../../domain/metrics/start-offsets.ts';
import { sampleMoments } from '../../../domain/returns/sample-moments.ts';
import example from '../../golden/metrics/selection-bias.json' with { type: 'json' };
import { refusalOf } from '../../support/refusal.ts';
import { gap, worked } from './worked-examples.ts';

const { small, bootstrap, cpcv } = example;
const returns = Float64Array.from(small.returns);

const trial = (data: string, profile: string, text: string | null, sharpePerRow = 0.1) => ({
  data,
  settings: 'settings',
  profile,
  stream: text === null ? null : { text, sharpePerRow },
});

describe('the deflated Sharpe ratio', () => {
  test.each(Object.entries(example.paper))('for %s trials is that of Bailey and Lopez de Prado 2014, to 1e-12', (count, expected) => {
    const observed = { rows: expected.T, sharpePerRow: expected.sr, skewness: expected.skew, kurtosis: expected.kurt };
    const found = deflatedSharpe(observed, { count: Number(count), varianceOfSharpes: expected.var_trials });
    expect(gap(found.expectedMaximum, expected.sr0)).toBeLessThan(1e-12);
    expect(gap(found.deflated, expected.dsr)).toBeLessThan(1e-12);
  });

  test.each([
    ['those recorded', small.expected],
    ['twenty', small.expected_if_20_trials],
  ])('of a dozen returns after %s trials is that of the worked example, to 1e-12', (_, expected) => {
    const deviation = sampleMoments(Float64Array.from(small.trial_srs)).deviation!;
    expect(gap(deviation * deviation, expected.var_trials)).toBeLessThan(1e-12);
    const found = deflatedSharpe(observedSharpe(returns), { count: expected.N, varianceOfSharpes: deviation * deviation });
    expect(gap(found.sharpePerRow, expected.sr)).toBeLessThan(1e-12);
    expect(gap(found.skewness, expected.skew)).toBeLessThan(1e-12);
    expect(gap(found.kurtosis, expected.kurt)).toBeLessThan(1e-12);
    expect(gap(found.expectedMaximum, expected.sr0)).toBeLessThan(1e-12);
    expect(gap(found.deflated, expected.dsr)).toBeLessThan(1e-12);
    expect(gap(found.probabilistic, expected.psr0)).toBeLessThan(1e-12);
  });

  test('falls with the number of trials, and is the probabilistic one for a single trial', () => {
    const of = (count: number): number => deflatedSharpe(observedSharpe(returns), { count, varianceOfSharpes: 0.03 }).deflated;
    expect(of(1)).toBe(deflatedSharpe(observedSharpe(returns), { count: 1, varianceOfSharpes: 0 }).probabilistic);
    for (let count = 2; count < 60; count++) expect(of(count)).toBeLessThan(of(count - 1));
  });

  test('counts a trial once by what it was given and once by what came out, and a failed one never', () => {
    const found = distinctTrials([
      trial('monday', 'hrp', 's1', 0.1),
      trial('monday', 'hrp', 's2', 0.2), // run again under other rules
      trial('monday', 'barbell', 's3', 0.3),
      trial('tuesday', 'barbell', 's3', 0.3), // the same stream
      trial('tuesday', 'min_variance', null), // failed
    ]);
    expect(found!.count).toBe(2);
    expect(gap(found!.varianceOfSharpes, 0.02)).toBeLessThan(1e-15);
    expect(distinctTrials([trial('monday', 'hrp', null)])).toBeNull();
    expect(distinctTrials([trial('monday', 'hrp', 's1')])).toEqual({ count: 1, varianceOfSharpes: 0 });
  });

  test('is refused without variation, and for no trial', () => {
    expect(() => observedSharpe(Float64Array.of(0.1, 0.1))).toThrow(expect.objectContaining({ code: 'SolverFailed' }));
    expect(() => observedSharpe(Float64Array.of(0.1))).toThrow(expect.objectContaining({ code: 'HistoryTooShort' }));
    expect(() => deflatedSharpe(observedSharpe(returns), { count: 0, varianceOfSharpes: 1 })).toThrow(
      expect.objectContaining({ code: 'SchemaViolation' }),
    );
  });
});

const weightOfFirst = (rows: Int32Array): Record<string, number | null> => ({
  first: rows.filter((row) => row < 20).length / rows.length,
  never: null,
  now_and_then: rows[0]! % 2 === 0 ? 1 : null,
});

describe('the circular block bootstrap', () => {
  const plan = { rows: bootstrap.T, blockRows: bootstrap.L, seed: BigInt(bootstrap.seed) };

  test('draws the numbers of splitmix64 and the rows of the worked example, exactly', () => {
    expect(bootstrap.u.map((_, k) => uniformAt(plan.seed, k))).toEqual(bootstrap.u);
    for (const [replicate, rows] of bootstrap.rows.entries()) {
      const drawn = [...replicateRows(plan, replicate)];
      expect(drawn).toEqual(rows);
      expect(drawn.filter((_, at) => at % plan.blockRows === 0)).toEqual(bootstrap.starts[replicate]);
      expect(gap(drawn.reduce((sum, row) => sum + returns[row]!, 0) / plan.rows, bootstrap.mean_of_replicates[replicate]!)).toBeLessThan(
        1e-15,
      );
    }
  });

  test('takes the first numbers of splitmix64 that its authors publish for the seed 1234567', () => {
    // 6457827717110365317, 3203168211198807973, 9817491932198370423, by their 53 highest bits
    const published = [6457827717110365317n, 3203168211198807973n, 9817491932198370423n];
    for (const [k, number] of published.entries()) expect(uniformAt(1234567n, k)).toBe(Number(number >> 11n) / 2 ** 53);
  });

  test('keeps what follows one another together, whatever the seed', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(50),
        (seed, blockRows, replicate) => {
          const drawn = replicateRows({ rows: 40, blockRows, seed }, replicate);
          expect([...replicateRows({ rows: 40, blockRows, seed }, replicate)]).toEqual([...drawn]);
          const strays = drawn.filter((row, at) => row < 0 || row >= 40 || (at % blockRows !== 0 && row !== (drawn[at - 1]! + 1) % 40));
          expect([...strays]).toEqual([]);
        },
      ),
    );
  });

  test('bands the metrics of a stream around its own, the same each time', () => {
    const settings = { blockRows: 20, replicates: 200, seed: 7n };
    const bands = bootstrapMetrics(worked.returns, worked.annualisationDays, settings);
    expect(bootstrapMetrics(worked.returns, worked.annualisationDays, settings)).toEqual(bands);
    const { vol, mdd, total } = worked.expected.metrics;
    for (const [figure, own] of [
      ['volatility', vol],
      ['maxDrawdown', mdd],
      ['total', total],
    ] as const) {
      const { low, middle, high, undefinedIn } = bands[figure]!;
      expect([low < own, own < high, low < middle && middle < high, undefinedIn]).toEqual([true, true, true, 0]);
    }
  });

  test('bands whatever is solved again on resampled rows, and counts where it has no value', () => {
    const found = bootstrapBands({ rows: 40, blockRows: 5, replicates: 100, seed: 1n }, weightOfFirst);
    expect(found['never']).toBeNull();
    expect(found['first']!.low).toBeLessThan(0.5);
    expect(found['first']!.high).toBeGreaterThan(0.5);
    expect(found['now_and_then']!.undefinedIn).toBeGreaterThan(0);
    expect(found['now_and_then']!.undefinedIn).toBeLessThan(100);
  });

  test.each([
    { rows: 10, blockRows: 11, replicates: 1 },
    { rows: 10, blockRows: 0, replicates: 1 },
    { rows: 10, blockRows: 2, replicates: 0 },
    { rows: 0, blockRows: 1, replicates: 1 },
  ])('refuses what cannot be drawn: %p', (settings) => {
    expect(() => bootstrapBands({ ...settings, seed: 1n }, () => ({}))).toThrow(expect.objectContaining({ code: 'SchemaViolation' }));
  });
});

describe('purged combinatorial splits', () => {
  const plan = { rows: cpcv.T, groups: cpcv.n, testGroups: cpcv.k, purgeRows: cpcv.purge, embargoRows: cpcv.embargo, trainRowsMin: 3 };

  test('are those of the worked example, row by row', () => {
    const { splits, paths, label } = combinatorialSplits(plan);
    expect(splits.map(({ testGroups, train, test: held }) => ({ test_groups: testGroups, train, test: held }))).toEqual(cpcv.splits);
    expect(paths).toBe(cpcv.paths);
    expect(label).toBe('not walk-forward');
    expect(splits.map(({ isTooShort }) => isTooShort)).toEqual([false, true, false, false, false, false]);
  });

  test('never learn from a test row or one close to it, and hold every row equally often', () => {
    const plans = fc.record({
      rows: fc.integer({ min: 8, max: 60 }),
      groups: fc.integer({ min: 2, max: 8 }),
      testGroups: fc.integer({ min: 1, max: 3 }),
      purgeRows: fc.nat(3),
      embargoRows: fc.nat(5),
    });
    fc.assert(
      fc.property(plans, (drawn) => {
        fc.pre(drawn.testGroups < drawn.groups);
        const { splits, paths } = combinatorialSplits({ ...drawn, trainRowsMin: 1 });
        const held = Array.from({ length: drawn.rows }, () => 0);
        let tooClose = 0;
        for (const { train, test: rows } of splits) {
          for (const row of rows) held[row]! += 1;
          const isHeld = new Set(rows);
          for (const row of train)
            for (let near = row - drawn.embargoRows; near <= row + drawn.purgeRows; near++) if (isHeld.has(near)) tooClose += 1;
        }
        expect([tooClose, new Set(held)]).toEqual([0, new Set([paths])]);
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    { groups: 1 },
    { testGroups: 4 },
    { testGroups: 0 },
    { rows: 3 },
    { purgeRows: -1 },
    { rows: 100, groups: 40, testGroups: 10 },
  ])('refuse %p', (change) => {
    expect(() => combinatorialSplits({ ...plan, ...change })).toThrow(expect.objectContaining({ code: 'SchemaViolation' }));
  });

  test('are 10,000 at most: two of 72 groups are 2,556, two of 142 are 10,011', () => {
    const asked = { rows: 72, groups: 72, testGroups: 2, purgeRows: 0, embargoRows: 0, trainRowsMin: 1 };
    const { splits, paths } = combinatorialSplits(asked);
    expect([splits.length, paths]).toEqual([2556, 71]);
    const { message, evidence } = refusalOf(() => combinatorialSplits({ ...asked, rows: 142, groups: 142 }));
    expect([message, evidence]).toEqual([
      '142 rows in 142 groups, 2 of them for the test, are no splits',
      { rows: 142, groups: 142, testGroups: 2, purgeRows: 0, embargoRows: 0, splitsMax: 10_000 },
    ]);
  });
});

describe('start offsets', () => {
  const { returns: series, annualisationDays, opened } = worked;
  const from = (offset: number, scale: number) => ({
    offset,
    series: { dates: series.dates.slice(offset), values: series.values.slice(offset).map((value) => value * scale) },
  });
  const settings = { annualisationDays, openedBefore: () => opened };

  test('are compared on the dates that all have, with the place of offset 0', () => {
    const { dates, spreads } = compareStartOffsets([from(0, 1), from(1, 2), from(2, 0.5)], settings);
    expect(dates).toEqual(series.dates.slice(2));
    const volatility = spreads.find(({ figure }) => figure === 'volatility')!;
    const [own, doubled, halved] = volatility.perOffset.map(({ value }) => value);
    expect(gap(doubled!, 2 * own!)).toBeLessThan(1e-14);
    expect(volatility).toMatchObject({ min: halved, median: own, max: doubled, rankOfZero: 2 });
    // A Sharpe ratio does not know the size of its bets: all three are one, to the last digits.
    const sharpe = spreads.find(({ figure }) => figure === 'sharpe')!;
    expect(gap(sharpe.max, sharpe.min)).toBeLessThan(1e-14);
  });

  test('need offset 0 and a date in common', () => {
    expect(() => compareStartOffsets([from(1, 1)], settings)).toThrow(expect.objectContaining({ code: 'SchemaViolation' }));
    const elsewhere = { offset: 1, series: { dates: ['2001-01-02'], values: Float64Array.of(0.01) } };
    expect(() => compareStartOffsets([from(0, 1), elsewhere], settings)).toThrow(expect.objectContaining({ code: 'HistoryTooShort' }));
  });
});
