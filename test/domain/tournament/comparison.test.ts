import { describe, expect, test } from '@jest/globals';
import { isWithinNoise } from '../../../domain/metrics/sharpe-difference.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { compareEntrants, type EntrantStream } from '../../../domain/tournament/comparison.ts';
import { type Entrant, entrantsOf, type TournamentAxes } from '../../../domain/tournament/entrant.ts';
import { firstOfSame } from '../../../domain/tournament/identical-streams.ts';
import golden from '../../golden/metrics/tournament.json' with { type: 'json' };
import { refusalOf } from '../../support/refusal.ts';
import { gap } from '../metrics/worked-examples.ts';

const { scipy } = golden;

const axes: TournamentAxes = {
  profiles: ['hrp', 'min_variance', 'equal_weight'],
  estimators: ['ledoit_wolf', 'sample'],
  linkages: ['ward', 'single'],
  windows: [{ train: 60, test: 20, step: 20 }],
  costs: [{ slippage: 0.0005, commission: 0.0001 }],
  simulators: ['window'],
};

const dates = scipy.matrix.map((_, row) => new Date(Date.UTC(2020, 0, 1 + row)).toISOString().slice(0, 10));
const streamOf = (entrant: Entrant, column: number): EntrantStream => ({
  entrant,
  net: { dates, values: Float64Array.from(scipy.matrix, (row) => row[column]!) },
});

const cut = (stream: EntrantStream, rows: number): EntrantStream => ({
  ...stream,
  net: { dates: dates.slice(0, rows), values: stream.net.values.slice(0, rows) },
});

describe('the entrants of a tournament', () => {
  test('are every combination of the choices that a profile reads, and the raw pool', () => {
    expect(entrantsOf(axes).map(({ id }) => id)).toEqual([
      'hrp ledoit_wolf ward 60/20/20 0.0005+0.0001 window',
      'hrp ledoit_wolf single 60/20/20 0.0005+0.0001 window',
      'hrp sample ward 60/20/20 0.0005+0.0001 window',
      'hrp sample single 60/20/20 0.0005+0.0001 window',
      'min_variance ledoit_wolf 60/20/20 0.0005+0.0001 window',
      'min_variance sample 60/20/20 0.0005+0.0001 window',
      'equal_weight 60/20/20 0.0005+0.0001 window',
      'raw_pool_ew 60/20/20 0.0005+0.0001 window',
    ]);
  });

  test('meet the raw pool under each set of windows, costs and simulators', () => {
    const wide = { ...axes, windows: [...axes.windows, { train: 120, test: 20, step: 10 }], simulators: ['window', 'daily'] as const };
    const entrants = entrantsOf({ ...wide, costs: [...axes.costs, { slippage: 0, commission: 0 }] });
    expect(entrants).toHaveLength(8 * 8);
    expect(entrants.filter(({ profile }) => profile === 'raw_pool_ew')).toHaveLength(8);
  });

  test('count once where a choice is given twice', () => {
    expect(entrantsOf({ ...axes, profiles: ['hrp', 'hrp'], linkages: ['ward', 'ward'] }).map(({ profile }) => profile)).toEqual([
      'hrp',
      'hrp',
      'raw_pool_ew',
    ]);
  });
});

const still = (id: string, value: number): EntrantStream => ({
  entrant: { id, imported: { runId: id, risk: 'hrp' } },
  net: { dates, values: new Float64Array(dates.length).fill(value) },
});

describe('a tournament', () => {
  const entrants = entrantsOf(axes);
  // The raw pool has the stream of equal_weight, as it has where nothing is selected.
  const streams = [0, 1, 2, 3, 4, 5, 5].map((column, at) => streamOf(entrants[[0, 1, 2, 3, 4, 6, 7][at]!]!, column));
  const compared = compareEntrants(streams, 252, rulesInForce);
  const ofId = (id: string) => compared.entrants.find((entrant) => entrant.id === id)!;

  test('ranks by the Sharpe ratio of the common rows, and says which entrants are one stream', () => {
    const sharpes = compared.entrants.map(({ metrics }) => metrics.sharpe!);
    expect(sharpes).toEqual(sharpes.toSorted((left, right) => right - left));
    expect(compared).toMatchObject({ rows: 203, first: dates[0], last: dates.at(-1), trials: { count: 6 } });
    const [pool, equal] = [ofId(entrants[7]!.id), ofId(entrants[6]!.id)];
    expect(pool).toMatchObject({ identicalTo: equal.id, rank: equal.rank });
    expect(equal).toMatchObject({ identicalTo: null, againstRawPool: { id: pool.id, difference: 0, z: null } });
    expect(compared.entrants).toHaveLength(7);
    expect(new Set(compared.entrants.map(({ rank }) => rank))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  });

  test('counts equal streams once: its figures are those that SciPy has of the distinct ones, to 1e-12', () => {
    const { probability, probability_of_loss: probabilityOfLoss } = scipy.overfitting;
    expect(compared.overfitting).toEqual({ status: 'tested', blocks: 16, splits: 12_870, streams: 6, probability, probabilityOfLoss });
    expect(gap(compared.rankStability, scipy.rank_stability)).toBeLessThan(1e-12);
    streams.slice(0, 6).forEach(({ entrant }, at) => {
      expect(gap(ofId(entrant.id).deflatedSharpe, scipy.deflated[at]!)).toBeLessThan(1e-12);
    });
    expect(compared.pairs).toHaveLength(15);
    expect(compared.pairsWithinNoise).toBe(Object.values(scipy.memmel).filter((z) => Math.abs(z) < 1.96).length);
  });

  test('measures each entrant against the first and against the raw pool, with its z', () => {
    const [first] = compared.entrants;
    expect(first!.againstFirst).toEqual({ id: first!.id, difference: 0, z: null });
    const hrp = ofId(entrants[0]!.id);
    expect(gap(hrp.againstRawPool!.z, scipy.memmel['0-5'])).toBeLessThan(1e-12);
    expect(isWithinNoise(hrp.againstRawPool!)).toBe(true);
    expect(isWithinNoise({ z: -1.96 })).toBe(false);
  });

  test('does not depend on the order in which the entrants are told', () => {
    const distinct = streams.slice(0, 6);
    expect(compareEntrants(distinct.toReversed(), 252, rulesInForce)).toEqual(compareEntrants(distinct, 252, rulesInForce));
  });

  test('compares on the dates that all entrants have', () => {
    const late = { ...streams[1]!, net: { dates: dates.slice(40), values: streams[1]!.net.values.slice(40) } };
    const shorter = compareEntrants([streams[0]!, late], 252, rulesInForce);
    expect(shorter).toMatchObject({ rows: 163, first: dates[40], overfitting: { status: 'tested', streams: 2 } });
    expect(shorter.entrants.map(({ metrics }) => metrics.rows)).toEqual([163, 163]);
    expect(shorter.entrants.map(({ againstRawPool }) => againstRawPool)).toEqual([null, null]);
  });

  test('refuses the probability of overfitting below 10 rows a block or two distinct entrants, and says so', () => {
    const few = compareEntrants([cut(streams[0]!, 159), cut(streams[1]!, 159)], 252, rulesInForce);
    expect(few.overfitting).toEqual({ status: 'refused', reason: '159 common rows are fewer than 10 in each of 16 blocks' });
    const alone = compareEntrants(streams.slice(5), 252, rulesInForce);
    expect(alone.overfitting).toMatchObject({ status: 'refused', reason: expect.stringContaining('1 distinct streams') });
    expect(alone).toMatchObject({ pairs: [], pairsWithinNoise: 0, rankStability: null, trials: { count: 1, varianceOfSharpes: 0 } });
  });

  test('ranks a stream without variation last, and deflates nothing of it', () => {
    const flat = { ...streams[1]!, net: { dates, values: new Float64Array(dates.length) } };
    const [, last] = compareEntrants([flat, streams[0]!], 252, rulesInForce).entrants;
    expect(last).toMatchObject({ rank: 2, sharpePerRow: null, deflatedSharpe: null, againstFirst: { difference: null, z: null } });
  });

  test('ranks entrants of one Sharpe ratio by their names, and those without one behind all others', () => {
    const mirrored = { entrant: { id: 'z', imported: { runId: 'z', risk: 'hrp' as const } }, net: streams[0]!.net };
    const { entrants: ranked, trials, pairs } = compareEntrants([still('b', 0.01), still('a', 0.02), mirrored], 252, rulesInForce);
    expect(ranked.map(({ id, rank }) => [id, rank])).toEqual([
      ['z', 1],
      ['a', 2],
      ['b', 3],
    ]);
    expect(trials).toEqual({ count: 1, varianceOfSharpes: 0 });
    const apart = { correlation: null, difference: null, z: null };
    expect(pairs).toEqual([
      { left: 'z', right: 'a', ...apart },
      { left: 'z', right: 'b', ...apart },
      { left: 'a', right: 'b', ...apart },
    ]);
    expect(compareEntrants([still('b', 0.01), still('a', 0.02)], 252, rulesInForce).trials).toBeNull();
  });

  test('takes two common dates, and says of fewer how many there are', () => {
    const [one, other] = [cut(streams[0]!, 40), streams[1]!];
    const from = (row: number): EntrantStream => ({
      ...other,
      net: { dates: dates.slice(row), values: other.net.values.slice(row) },
    });
    expect(compareEntrants([one, from(38)], 252, rulesInForce)).toMatchObject({ rows: 2, first: dates[38], last: dates[39] });
    const { code, message, evidence } = refusalOf(() => compareEntrants([one, from(39)], 252, rulesInForce));
    expect([code, message, evidence]).toEqual([
      'OverlapTooShort',
      'the 2 entrants have 1 dates in common; a comparison needs 2',
      { entrants: 2, rows: 1 },
    ]);
  });

  test('is refused without two common dates', () => {
    const [one, other] = [streams[0]!, streams[1]!];
    const apart = { ...other, net: { dates: dates.slice(-1), values: other.net.values.slice(-1) } };
    expect(() => compareEntrants([one, apart], 252, rulesInForce)).toThrow(expect.objectContaining({ code: 'OverlapTooShort' }));
  });
});

test('streams are the same to 1e-10 in every return and on every date', () => {
  const stream = { dates: ['2024-01-01', '2024-01-02'], values: Float64Array.of(0.01, -0.02) };
  const moved = { ...stream, values: Float64Array.of(0.01 + 5e-11, -0.02) };
  const apart = { ...stream, values: Float64Array.of(0.01 + 2e-10, -0.02) };
  const later = { ...stream, dates: ['2024-01-01', '2024-01-03'] };
  expect(firstOfSame([stream, apart, moved, later, apart])).toEqual([0, 1, 0, 3, 1]);
});
