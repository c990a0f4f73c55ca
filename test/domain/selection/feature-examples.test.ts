/*
 * Worked example of the reference (features.json): antropy stands behind the entropies, an independent R/S and the table of Anis and Lloyd
 * behind the exponents, scipy and pandas behind the moments. Held to 1e-9 relative.
 */
import { describe, expect, test } from '@jest/globals';
import { permutationEntropy } from '../../../domain/regime/permutation-entropy.ts';
import { hurst } from '../../../domain/regime/rescaled-range.ts';
import { componentValues } from '../../../domain/selection/components.ts';
import { rawStreams, streamAt } from '../../../domain/returns/streams.ts';
import { directionalStreams, type Direction } from '../../../domain/selection/directions.ts';
import { entropyOrder, featuresOf, type StreamFeature } from '../../../domain/selection/features.ts';
import { unknownFacts } from '../../../domain/selection/pool.ts';
import { selectionReadings, type SelectionReading } from '../../../domain/selection/settings.ts';
import { expectClose, workedExample } from '../../support/worked-example.ts';
import { matrixOf } from './pools.ts';

type Figure = number | 'not_evaluated';

interface Case {
  readonly name: string;
  readonly direction: Direction;
  readonly A: number;
  readonly input: number[];
  readonly expected: Readonly<Record<StreamFeature | 'stability' | 'hurst_uncorrected' | 'pe_normalised_by_reachable', Figure>> & {
    readonly hurst_component_distance: Figure;
    readonly hurst_component_clean_literal: Figure;
    readonly rs_points: readonly { readonly lag: number; readonly mean_rs: number; readonly expected_white_noise: number }[];
    readonly pe_patterns: number;
    readonly pe_windows: number;
  };
}

const { cases } = workedExample('features') as { readonly cases: readonly Case[] };
const number = (figure: Figure): number => (figure === 'not_evaluated' ? Number.NaN : figure);

function streamsOf({ input, direction }: Case) {
  return directionalStreams(rawStreams(matrixOf({ X: input })), [direction]);
}

function featuresUnder(one: Case, reading: SelectionReading) {
  return featuresOf(streamsOf(one), { annualisationDays: one.A, reading });
}

const { ruled } = selectionReadings;
const asWritten = { ...ruled, hurst: 'rs', entropy_normaliser: 'reachable', hurst_component: 'clean' } as const;

describe.each(cases.map((one) => [`${one.name} ${one.direction}`, one] as const))('%s', (_, one) => {
  const { expected } = one;

  test('has every feature of the second implementation', () => {
    for (const [name, column] of Object.entries(featuresUnder(one, ruled)))
      expectClose(column[0]!, number(expected[name as StreamFeature]), 1e-9, name);
  });

  test('has the other readings of exponent and entropy', () => {
    const features = featuresUnder(one, asWritten);
    expectClose(features.hurst_raw[0]!, number(expected.hurst_uncorrected), 1e-9, 'uncorrected exponent');
    expectClose(features.entropy_raw[0]!, number(expected.pe_normalised_by_reachable), 1e-9, 'entropy over what can be reached');
  });

  test('has both components of the exponent, and its stability', () => {
    const options = { rows: one.input.length, fullLiquidity: 1 };
    const facts = [unknownFacts('X')];
    const distance = componentValues(featuresUnder(one, ruled), facts, { ...options, reading: ruled });
    const clean = componentValues(featuresUnder(one, asWritten), facts, { ...options, reading: asWritten });
    expectClose(distance.hurst[0]!, number(expected.hurst_component_distance), 1e-9, 'distance');
    expectClose(clean.hurst[0]!, number(expected.hurst_component_clean_literal), 1e-9, 'clean');
    expectClose(distance.stability[0]!, number(expected.stability), 1e-9, 'stability');
  });

  test('has the rescaled ranges and the windows behind them', () => {
    const stream = streamAt(streamsOf(one), 0);
    const points = hurst(stream)?.points ?? [];
    expect(points.map(({ lag }) => lag)).toEqual(expected.rs_points.map(({ lag }) => lag));
    for (const [k, { mean, ofWhiteNoise }] of points.entries()) {
      expectClose(mean, expected.rs_points[k]!.mean_rs, 1e-9, 'mean');
      expectClose(ofWhiteNoise, expected.rs_points[k]!.expected_white_noise, 1e-9, 'white noise');
    }
    const counts = new Float64Array(120);
    const entropy = permutationEntropy(stream.subarray(-120), entropyOrder, counts)!;
    expect([entropy.windows, counts.filter((count) => count > 0).length]).toEqual([expected.pe_windows, expected.pe_patterns]);
  });
});
