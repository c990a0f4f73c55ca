import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { overfittingOf } from '../../../domain/metrics/backtest-overfitting.ts';
import { deflatedSharpe, observedSharpe } from '../../../domain/metrics/deflated-sharpe.ts';
import { rankStability } from '../../../domain/metrics/rank-stability.ts';
import { averageRanks, spearman } from '../../../domain/metrics/ranks.ts';
import { rowBlocks } from '../../../domain/metrics/row-blocks.ts';
import { isWithinNoise, sharpeDifference } from '../../../domain/metrics/sharpe-difference.ts';
import { sampleMoments } from '../../../domain/returns/sample-moments.ts';
import golden from '../../golden/metrics/tournament.json' with { type: 'json' };
import { gap } from './worked-examples.ts';

const { worked_example: example, scipy } = golden;

function columnsOf(rows: readonly (readonly number[])[]): Float64Array[] {
  return rows[0]!.map((_, column) => Float64Array.from(rows, (row) => row[column]!));
}

const worked = columnsOf(example.matrix);
const independent = columnsOf(scipy.matrix);

const sharpeOf = (values: Float64Array): number => observedSharpe(values).sharpePerRow;

const variance = (streams: readonly Float64Array[]): number => {
  const deviation = sampleMoments(Float64Array.from(streams, sharpeOf)).deviation!;
  return deviation * deviation;
};

describe('the probability of backtest overfitting', () => {
  test.each([
    ['of four streams', example.matrix, example.s, example.pbo, example.lambdas],
    ['with ties', example.tied.matrix, example.s, example.tied.pbo, example.tied.lambdas],
    ['with blocks of unequal length', example.uneven.matrix, example.uneven.s, example.uneven.pbo, example.uneven.lambdas],
  ])('%s is that of the worked example, every logit to 1e-12', (_, matrix, blocks, probability, logits) => {
    const found = overfittingOf(columnsOf(matrix), blocks);
    expect(found.probability).toBe(probability);
    expect(found.logits).toHaveLength(logits.length);
    found.logits.forEach((logit, split) => expect(gap(logit, logits[split]!)).toBeLessThan(1e-12));
  });

  test('chooses the stream of the worked example in every split, the first of equals', () => {
    expect(overfittingOf(worked, example.s)).toMatchObject({ best: example.best, probabilityOfLoss: example.prob_loss });
    expect(overfittingOf(columnsOf(example.tied.matrix), example.s).best).toEqual(example.tied.best);
    expect(rowBlocks(50, example.uneven.s)).toEqual(example.uneven.blocks);
  });

  test('over 12,870 splits is that of NumPy row by row', () => {
    const { probability, probability_of_loss: loss, splits, mean_logit: meanLogit, chosen } = scipy.overfitting;
    const found = overfittingOf(independent);
    expect(found).toMatchObject({ probability, probabilityOfLoss: loss, splits, blocks: 16, streams: 6, rows: 203 });
    expect(chosen).toEqual(independent.map((_, stream) => found.best.filter((best) => best === stream).length));
    expect(gap(found.logits.reduce((sum, logit) => sum + logit, 0) / splits, meanLogit)).toBeLessThan(1e-12);
  });

  test('is 0 where one stream is best everywhere, and refused where there is no choice or no variation', () => {
    const better = independent[0]!.map((value) => value + 0.01);
    expect(overfittingOf([better, ...independent]).probability).toBe(0);
    const refused = expect.objectContaining({ code: 'HistoryTooShort' });
    expect(() => overfittingOf([better])).toThrow(refused);
    expect(() => overfittingOf([better, new Float64Array(203)])).toThrow(refused);
    expect(() => overfittingOf([better.slice(0, 12), independent[0]!.slice(0, 12)])).toThrow(refused);
  });

  test('does not depend on the order of the streams, as long as none are equal', () => {
    expect(overfittingOf(independent.toReversed()).probability).toBe(scipy.overfitting.probability);
  });
});

describe('the difference of two Sharpe ratios', () => {
  test.each(Object.entries(example.memmel))('of streams %s has the z of the worked example, to 1e-12', (pair, z) => {
    const [left, right] = pair.split('-').map((at) => worked[Number(at)]!);
    expect(gap(sharpeDifference(left!, right!).z, z)).toBeLessThan(1e-12);
  });

  test('has the z and the correlation of NumPy, to 1e-12, and is noise below 1.96', () => {
    for (const [pair, z] of Object.entries(scipy.memmel)) {
      const [left, right] = pair.split('-').map(Number);
      const found = sharpeDifference(independent[left!]!, independent[right!]!);
      expect(gap(found.z, z)).toBeLessThan(1e-12);
      expect(gap(found.correlation, scipy.correlation[left!]![right!]!)).toBeLessThan(1e-12);
      expect(isWithinNoise(found)).toBe(Math.abs(z) < 1.96);
    }
  });

  test('is antisymmetric, and has no z beside itself or a constant', () => {
    const values = fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(values, values, (some, others) => {
        const rows = Math.min(some.length, others.length);
        const [left, right] = [Float64Array.from(some.slice(0, rows)), Float64Array.from(others.slice(0, rows))];
        const [there, back] = [sharpeDifference(left, right), sharpeDifference(right, left)];
        expect(there.z === null ? null : -there.z + 0).toEqual(back.z === null ? null : back.z + 0);
      }),
      { numRuns: 200 },
    );
    expect(sharpeDifference(worked[0]!, worked[0]!)).toMatchObject({ difference: 0, z: null });
    expect(sharpeDifference(worked[0]!, new Float64Array(24))).toMatchObject({ correlation: null, difference: null, z: null });
  });
});

describe('trials of a tournament', () => {
  test('deflate the Sharpe ratios of the worked example, to 1e-12', () => {
    const varianceOfSharpes = variance(worked);
    worked.forEach((values, at) => {
      const { sr, sr0, dsr, psr0, n_trials: count } = example.dsr[at]!;
      const found = deflatedSharpe(observedSharpe(values), { count, varianceOfSharpes });
      for (const [figure, expected] of [
        [found.sharpePerRow, sr],
        [found.expectedMaximum, sr0],
        [found.deflated, dsr],
        [found.probabilistic, psr0],
      ] as const)
        expect(gap(figure, expected)).toBeLessThan(1e-12);
    });
    const best = observedSharpe(worked[2]!);
    for (const { n_trials: count, sr0, dsr } of [example.dsr_100_trials, example.dsr_one_trial]) {
      const found = deflatedSharpe(best, { count, varianceOfSharpes });
      expect(gap(found.expectedMaximum, sr0)).toBeLessThan(1e-12);
      expect(gap(found.deflated, dsr)).toBeLessThan(1e-12);
    }
  });

  test('deflate as SciPy does, to 1e-12', () => {
    const trials = { count: 6, varianceOfSharpes: variance(independent) };
    independent.forEach((values, at) =>
      expect(gap(deflatedSharpe(observedSharpe(values), trials).deflated, scipy.deflated[at]!)).toBeLessThan(1e-12),
    );
  });
});

describe('rank stability', () => {
  test('is the mean of SciPy’s Spearman correlations over every pair of 8 blocks, to 1e-12', () => {
    expect(gap(rankStability(independent), scipy.rank_stability)).toBeLessThan(1e-12);
  });

  test('is 1 where every block has the same order, and undefined without streams, rows or variation', () => {
    const steps = [0, 0.01, 0.02, 0.05];
    expect(rankStability(steps.map((step) => independent[0]!.map((value) => value + step)))).toBeCloseTo(1, 12);
    expect(rankStability([independent[0]!])).toBeNull();
    expect(rankStability(independent.map((values) => values.slice(0, 15)))).toBeNull();
    expect(rankStability([independent[0]!, new Float64Array(203)])).toBeNull();
    expect(rankStability([independent[0]!, independent[0]!])).toBeNull();
  });

  test('shares ranks among equals', () => {
    expect([...averageRanks(Float64Array.of(3, 1, 3, 0, 3))]).toEqual([4, 2, 4, 1, 4]);
    expect(spearman(Float64Array.of(1, 2, 3), Float64Array.of(10, 20, 15))).toBeCloseTo(0.5, 12);
  });
});
