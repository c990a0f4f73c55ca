import { describe, expect, test } from '@jest/globals';
import { LogReturns } from '../../../domain/overlay/log-returns.ts';
import { macroPath } from '../../../domain/overlay/macro-regime.ts';
import { defaultVolTarget, macroRegimeOf, type VolTarget } from '../../../domain/overlay/parameters.ts';
import { volTargeted } from '../../../domain/overlay/vol-target.ts';
import example from '../../golden/overlay/worked-example.json' with { type: 'json' };
import { tableOf } from '../execution/tables.ts';

/** Oracle: the worked example `overlays` of a second implementation, written from the specification alone. Tolerance 1e-12. */
const tolerance = 1e-12;

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  const apart = expected.map((value, index) => Math.abs(value - actual[index]!));
  expect(Math.max(...apart)).toBeLessThan(tolerance);
}

interface WrittenCase {
  readonly signal: readonly number[];
  readonly rows: number;
  readonly mode: string;
  readonly parameters: { readonly estimator?: string; readonly bounds?: readonly number[]; readonly cap_leverage?: number };
  readonly weights: readonly number[] | null;
  readonly state: Readonly<Record<string, unknown>>;
}

const cases: Readonly<Record<string, WrittenCase>> = example.cases;
const simple = tableOf(example.returns);

/** The log returns of the example's last rows. */
const history = (rows: number): LogReturns =>
  new LogReturns(
    simple.dates.slice(-rows),
    example.columns,
    example.columns.map((name) => Float64Array.from(simple.values[simple.columns.indexOf(name)]!.subarray(-rows), Math.log1p)),
  );

const outcomeOf = ({ signal, rows, mode, parameters }: WrittenCase) => {
  const target = { ...defaultVolTarget, mode, ...parameters } as VolTarget;
  return volTargeted(Float64Array.from(signal), simple.dates.at(-1)!, history(rows), target, 252);
};

describe('vol targets', () => {
  test.each(Object.entries(cases))('%s agrees to 1e-12, weights and state', (_, written) => {
    const outcome = outcomeOf(written);
    const { state: expected, weights } = written;
    if (weights === null) {
      expect(outcome).toEqual({ weights: null, reason: expected['reason'] });
      return;
    }
    if (outcome.weights === null) throw new Error(outcome.reason);
    expectClose(outcome.weights, weights);
    const { state } = outcome;
    expect(state).toMatchObject({ mode: written.mode, clipped: expected['clipped'], isGrossCapped: expected['gross_capped'] });
    expectClose([state.grossBeforeCap], [expected['gross_before_cap'] as number]);
    if (state.mode === 'global') {
      expect(state.isFloored).toBe(expected['floored']);
      expectClose([state.volatility, state.k], [expected['vol'] as number, expected['k'] as number]);
      if (expected['intensity'] === undefined) expect(state.intensity).toBeNull();
      else expectClose([state.intensity!], [expected['intensity'] as number]);
    } else {
      expectClose(state.volatility as number[], expected['vol'] as number[]);
      expectClose(state.k as number[], expected['k'] as number[]);
    }
  });
});

describe('the macro regime', () => {
  const { prices, weekly } = example.macro;
  const regime = {
    ...macroRegimeOf('code'),
    vol_window: 5,
    sma_window: 20,
    vol_lo: 0.05,
    vol_hi: 0.15,
    index_symbols: Object.keys(prices),
  };
  const { samples } = macroPath(tableOf(prices), regime, 252);

  test('is sampled on the same dates, the open week at the end included', () => {
    expect(samples.map(({ date }) => date)).toEqual(Object.keys(weekly.k));
    expect(samples.filter(({ isOpenWeek }) => isOpenWeek).map(({ date }) => date)).toEqual(['2019-03-27']);
  });

  test.each([
    ['vol', 'volatility'],
    ['breadth', 'breadth'],
    ['raw', 'raw'],
    ['clamped', 'clamped'],
    ['k', 'k'],
  ] as const)('%s agrees to 1e-12', (written, own) => {
    expectClose(
      samples.map((sample) => sample[own]),
      Object.values(weekly[written]),
    );
  });
});
