import { describe, expect, test } from '@jest/globals';
import { battlesOf, funnelOf } from '../../../domain/selection/battles.ts';
import { rawStreams } from '../../../domain/returns/streams.ts';
import { clippedShorts, directionsOf, recentReturn, shortStream } from '../../../domain/selection/directions.ts';
import type { SymbolFacts } from '../../../domain/selection/pool.ts';
import { explain } from '../../../domain/selection/explanation.ts';
import { select, type Selection } from '../../../domain/selection/select.ts';
import type { SelectionSettings } from '../../../domain/selection/settings.ts';
import { changeBetween } from '../../../domain/selection/stability.ts';
import { seeded } from '../../support/figures.ts';
import { matrixOf, poolOf } from './pools.ts';
import { usual } from '../../support/selection-settings.ts';

/** Rising walks of three families, each with its own factor. */
function market(count: number, rows = 60, seed = 23): Record<string, number[]> {
  const random = seeded(seed);
  const factors = Array.from({ length: 3 }, () => Array.from({ length: rows }, () => random() - 0.5));
  return Object.fromEntries(
    Array.from({ length: count }, (_, k) => [
      `NYSE:S${String(k).padStart(2, '0')}`,
      Array.from({ length: rows }, (_2, row) => 0.002 + 0.0003 * k + 0.01 * (factors[k % 3]![row]! + 0.5 * (random() - 0.5))),
    ]),
  );
}

const columns = market(12);
const returns = matrixOf(columns);

const selected = (facts: Readonly<Record<string, Partial<SymbolFacts>>> = {}, change: Partial<SelectionSettings> = {}): Selection =>
  select(poolOf(returns, facts), { ...usual, ...change });

const standing = ({ symbols, standings }: Selection, symbol: string) => standings[symbols.indexOf(symbol)]!;
const winnersOf = ({ winners, symbols }: Selection): string[] => winners.map((i) => symbols[i]!);

describe('a selection', () => {
  const plain = selected();
  const best = winnersOf(plain)[0]!;

  test('never lets a benchmark win, and lets it take part in scores and clusters', () => {
    const found = selected({ [best]: { isBenchmark: true } });
    expect(standing(found, best)).toEqual({ kind: 'benchmark' });
    expect(found.candidates).toBe(11);
    expect(found.scores.score).toEqual(plain.scores.score);
    expect(found.clusters.labels).toEqual(plain.clusters.labels);
  });

  test('never lets a stable coin win, at whatever stage', () => {
    const found = selected({ [best]: { stableCoin: 'listed' } }, { min_winners: 12 });
    expect(standing(found, best)).toEqual({ kind: 'vetoed' });
    expect(found.judgements[found.symbols.indexOf(best)]!.vetoes[0]).toMatchObject({ code: 'stable_coin' });
    expect(found.winners).toHaveLength(11);
  });

  test('has one bet for one identity: the better one', () => {
    const twins = Object.fromEntries(plain.symbols.map((symbol) => [symbol, { identity: 'one' }]));
    const found = selected(twins);
    expect(winnersOf(found)).toHaveLength(1);
    const [other] = found.standings.filter(({ kind }) => kind === 'identity_taken');
    expect(other).toEqual({ kind: 'identity_taken', by: found.winners[0] });
  });

  test('says who used up the quota of a cluster', () => {
    const outscored = plain.standings.findIndex(({ kind }) => kind === 'outscored');
    const { by } = plain.standings[outscored] as { readonly by: readonly number[] };
    expect(by.map((i) => plain.clusters.labels[i])).toEqual(by.map(() => plain.clusters.labels[outscored]));
    expect(by.every((i) => plain.scores.score[i]! >= plain.scores.score[outscored]!)).toBe(true);
  });

  test('shows what is like cash, and leaves it out by name', () => {
    const cash = Array.from({ length: 60 }, (_, row) => 0.0001 + 0.00001 * (row % 3));
    const pool = poolOf(matrixOf({ ...columns, 'NYSE:CASH': cash }));
    const shown = select(pool, usual);
    expect(shown.cashLike[shown.symbols.indexOf('NYSE:CASH')]).toBe(true);
    expect(standing(shown, 'NYSE:CASH')).toMatchObject({ kind: 'won', isWalkover: true });
    expect(standing(select(pool, { ...usual, exclude_cash_like: true }), 'NYSE:CASH')).toEqual({ kind: 'excluded', because: 'cash_like' });
  });

  test('leaves out the lower ranks of the score by name', () => {
    const found = selected({}, { min_score_rank: 0.5 });
    const ranked = [...found.symbols.keys()].toSorted((left, right) => found.scores.score[left]! - found.scores.score[right]!);
    expect(ranked.map((i) => found.standings[i]!.kind === 'excluded')).toEqual(ranked.map((_, place) => place < 6));
  });

  test('insists on what the settings require', () => {
    expect(() => selected({}, { require: ['liquidity'] })).toThrow(
      'selection.require names liquidity, which is not known of NYSE:S00, NYSE:S01, NYSE:S02, NYSE:S03, NYSE:S04 and 7 more',
    );
    const known = Object.fromEntries(plain.symbols.map((symbol) => [symbol, { averageDailyValue: 1e9 }]));
    expect(selected(known, { require: ['liquidity'] }).scores.absentEverywhere).not.toContain('liquidity');
    expect(() => selected(known, { require: ['metadata'] })).toThrow('metadata');
  });

  test('does not look at the regime under another strategy', () => {
    expect([...new Set(selected({}, { strategy: 'mean_reversion' }).scores.multiplier)]).toEqual([1]);
  });

  test('of three symbols meets the abort rule', () => {
    const three = matrixOf(Object.fromEntries(Object.entries(columns).slice(0, 3)));
    expect(select(poolOf(three), usual).aborts).toEqual(['min_winners']);
  });

  test.each([
    ['no rows', { ...returns, dates: [], values: new Float64Array() }, 'HistoryTooShort'],
    ['too few values', { ...returns, values: returns.values.subarray(1) }, 'SchemaViolation'],
    [
      'a value that is no number',
      { ...returns, values: returns.values.map((value, at) => (at === 5 ? Number.NaN : value)) },
      'SchemaViolation',
    ],
    [
      'one column twice',
      { ...returns, columns: returns.columns.map((column, at) => (at === 1 ? returns.columns[0]! : column)) },
      'SchemaViolation',
    ],
  ])('refuses a pool with %s', (_, broken, code) => {
    let refusal: unknown;
    try {
      select({ ...poolOf(returns), returns: broken }, usual);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code });
  });

  test('refuses facts that do not belong to its columns', () => {
    expect(() => select({ ...poolOf(returns), facts: poolOf(returns).facts.slice(1) }, usual)).toThrow('12 columns need as many facts');
  });
});

describe('directions', () => {
  test('are the sign of the last 60 rows, and 0 is long', () => {
    const falling = Array.from({ length: 80 }, (_, row) => (row < 20 ? 0.1 : -0.001));
    const matrix = matrixOf({ FALLS: falling, STAYS: falling.map(() => 0), RISES: falling.map(() => 0.001) });
    expect(directionsOf(rawStreams(matrix), true)).toEqual(['SHORT', 'LONG', 'LONG']);
    expect(directionsOf(rawStreams(matrix), false)).toEqual(['LONG', 'LONG', 'LONG']);
    expect(recentReturn(Float64Array.from(falling))).toBeCloseTo(0.999 ** 60 - 1, 14);
  });

  test('of a short lose the whole position at most, on days that are listed', () => {
    expect([...shortStream(Float64Array.of(0.02, -0.03, 1, 3.5))]).toEqual([-0.02, 0.03, -1, -1]);
    const matrix = matrixOf({ A: [0.5, 3.5, -0.99], B: [2, 0, 0] });
    expect(clippedShorts(matrix, ['SHORT', 'LONG'])).toEqual([{ symbol: 'A', date: 'day 1' }]);
  });
});

describe('what a selection shows', () => {
  const found = selected();

  test('battles hold every symbol once, best score first, with the quota', () => {
    const battles = battlesOf(found);
    expect(battles.flatMap(({ contenders }) => contenders.map(({ symbol }) => symbol)).toSorted()).toEqual([...found.symbols]);
    for (const { contenders, isWalkover } of battles) {
      const scores = contenders.map(({ score }) => score);
      expect(scores).toEqual(scores.toSorted((left, right) => right - left));
      expect(isWalkover).toBe(contenders.length === 1);
    }
    expect(battles.map(({ id }) => id)).toEqual(battles.map((_, k) => `s${k + 1}`));
  });

  test('the funnel adds up to the winners', () => {
    const funnel = funnelOf(found);
    expect(funnel.admittedByStage.reduce((sum, count) => sum + count, 0)).toBe(funnel.winners);
    expect(funnel).toMatchObject({ candidates: 12, excluded: 0, winners: found.winners.length });
    expect(funnelOf(selected({}, { min_momentum_score: 10 })).gated).toBe(12 - funnel.vetoed.reduce((sum, { count }) => sum + count, 0));
  });

  test('an explanation multiplies out, and names the opponents', () => {
    const volumes = Object.fromEntries(found.symbols.slice(1).map((symbol) => [symbol, { averageDailyValue: 1e8 }]));
    const partly = selected(volumes);
    for (const symbol of partly.symbols) {
      const { factors, multiplier, score, opponents, cluster } = explain(partly, symbol)!;
      const product = factors.reduce((total, { factor }) => total * factor, 1) * multiplier;
      expect(Math.abs(product - score)).toBeLessThanOrEqual(1e-12 * score);
      expect(opponents.every((other) => explain(partly, other)!.cluster === cluster)).toBe(true);
    }
    const unknown = explain(partly, partly.symbols[0]!)!;
    expect(unknown.factors.find(({ component }) => component === 'liquidity')).toMatchObject({
      value: null,
      probability: 0.5,
      isAbsent: true,
    });
    expect(unknown.notEvaluated).toContain('eci');
    expect(unknown.absentEverywhere).toEqual(['survival', 'adx', 'recommend_all', 'recommend_ma']);
    expect(partly.symbols.map((symbol) => explain(partly, symbol)!.rank).toSorted((left, right) => left - right)).toEqual(
      partly.symbols.map((_, place) => place + 1),
    );
    expect(explain(partly, 'NYSE:NOBODY')).toBeNull();
  });

  test('the change from one to the next', () => {
    expect(changeBetween(['A', 'B', 'C'], ['C', 'B', 'D'])).toEqual({ jaccard: 0.5, came: ['D'], left: ['A'] });
    expect(changeBetween([], [])).toEqual({ jaccard: 1, came: [], left: [] });
  });
});
