import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { splitRatios, unusualMoves } from '../../../domain/returns/extreme-moves.ts';
import { integrityPolicy } from '../../../domain/returns/integrity-policy.ts';
import { RobustDeviation } from '../../../domain/returns/robust-deviation.ts';
import { seeded } from '../../support/figures.ts';

/** Ratios of an ordinary series with some of its days replaced. */
function ratiosWith(changes: Readonly<Record<number, number>>, { count = 300, size = 0.02, seed = 1 } = {}): Float64Array {
  const next = seeded(seed);
  const ordinary = Float64Array.from({ length: count }, () => Math.exp(size * (next() + next() + next() - 1.5)));
  for (const [place, ratio] of Object.entries(changes)) ordinary[Number(place)] = ratio;
  return ordinary;
}

const found = (ratios: Float64Array): [string, number, number | null][] =>
  unusualMoves(ratios, integrityPolicy).map(({ code, place, parts }) => [code, place, parts]);

describe('unusual moves', () => {
  test('are none in an ordinary series', () => {
    expect(found(ratiosWith({}))).toEqual([]);
  });

  test.each(splitRatios)('a split of 1 into %s, and of as many into 1, is suspected', (parts) => {
    expect(found(ratiosWith({ 150: 1 / parts }))).toEqual([['split_suspected', 150, parts]]);
    expect(found(ratiosWith({ 150: parts }))).toEqual([['split_suspected', 150, parts]]);
  });

  test('a split is suspected within 2 % of its ratio, on the first day and on the last', () => {
    expect(found(ratiosWith({ 0: 0.2545, 299: 0.2455 }))).toEqual([
      ['split_suspected', 0, 4],
      ['split_suspected', 299, 4],
    ]);
    expect(found(ratiosWith({ 150: 0.243 }))).toEqual([['extreme_move', 150, null]]);
  });

  test('a block of rows in another adjustment is suspected at both its ends', () => {
    expect(found(ratiosWith({ 150: 0.25, 153: 4 }))).toEqual([
      ['split_suspected', 150, 4],
      ['split_suspected', 153, 4],
    ]);
  });

  test('a price that is wrong for one day is one spike, whatever its ratio, and its way back is no move of its own', () => {
    for (const ratio of [100, 0.1, 1.3, 0.8]) {
      expect(found(ratiosWith({ 150: ratio, 151: 1 / ratio }))).toEqual([['spike_suspected', 150, null]]);
      // Back to within a quarter of itself.
      expect(found(ratiosWith({ 150: ratio, 151: ratio ** -0.76 }))).toEqual([['spike_suspected', 150, null]]);
    }
    expect(found(ratiosWith({ 150: 1.6, 151: 1.6 ** -0.7 })).map(([code]) => code)).not.toContain('spike_suspected');
  });

  test('a large move that stays is extreme', () => {
    expect(found(ratiosWith({ 150: 0.62 }))).toEqual([['extreme_move', 150, null]]);
    expect(found(ratiosWith({ 150: 1.24 }))).toEqual([]);
  });

  test('a doubling among days as wild as it is extreme and no split: a panic is not a wrong price', () => {
    const wild = { 145: 0.7, 146: 1.4, 147: 0.65, 148: 1.3, 149: 1.5, 150: 2, 151: 0.78, 152: 1.3, 153: 0.7, 154: 1.35, 155: 0.75 };
    expect(found(ratiosWith(wild)).find(([, place]) => place === 150)).toEqual(['extreme_move', 150, null]);
  });

  test('where nothing else moves, any move stands out', () => {
    expect(found(Float64Array.from({ length: 100 }, (_, place) => (place === 40 ? 0.5 : 1)))).toEqual([['split_suspected', 40, 2]]);
  });

  test('too few returns do not say what is ordinary', () => {
    expect(found(ratiosWith({ 5: 0.25 }, { count: 20 }))).toEqual([]);
    expect(found(ratiosWith({ 5: 0.25 }, { count: 21 }))).toEqual([['split_suspected', 5, 4]]);
  });

  test('a ratio that is no positive number is passed over', () => {
    expect(found(ratiosWith({ 100: Number.NaN, 120: -1, 130: 0, 140: Number.POSITIVE_INFINITY, 150: 0.25 }))).toEqual([
      ['split_suspected', 150, 4],
    ]);
  });
});

function medianOf(list: readonly number[]): number {
  const sorted = list.filter((value) => !Number.isNaN(value)).toSorted((left, right) => left - right);
  const half = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Median absolute deviation around a place, from its definition. */
function plainDeviation(values: readonly number[], place: number, reach: number): number {
  const window = values.slice(Math.max(0, place - reach), place + reach + 1);
  window.splice(Math.min(place, reach), 1);
  const middle = medianOf(window);
  return 1.482602218505602 * medianOf(window.map((value) => Math.abs(value - middle)));
}

describe('the robust deviation', () => {
  const values = fc.array(fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, Number.NaN)), {
    minLength: 2,
    maxLength: 60,
  });

  test('is the scaled median absolute deviation of the values on either side, wherever it is asked for in ascending order', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 20 }), (series, reach, step) => {
        const sliding = new RobustDeviation(Float64Array.from(series), reach);
        for (let place = 0; place < series.length; place += step) {
          const expected = plainDeviation(series, place, reach);
          const actual = sliding.at(place, 1);
          if (Number.isNaN(expected)) expect(actual).toBeNaN();
          else expect(actual).toBeCloseTo(expected, 12);
        }
      }),
    );
  });
});
