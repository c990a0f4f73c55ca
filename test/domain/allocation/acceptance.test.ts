import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type AcceptanceInput, measureAcceptance } from '../../../domain/allocation/acceptance.ts';
import type { AcceptanceVerdict } from '../../../domain/run/acceptance-verdict.ts';
import { flatten } from '../../../domain/allocation/flatten.ts';
import { addDays } from '../../../domain/returns/days.ts';

/** Made with numpy: see acceptance.py beside it. */
const golden = JSON.parse(readFileSync(new URL('../../golden/meta/acceptance.json', import.meta.url), 'utf8')) as {
  returns: number[][];
  weights: number[];
  optimiserCovariance: number[][];
  annualisationDays: number;
  sleeveVolatilities: number[];
  volatility: number;
  diversificationRatio: number;
  correlation: number;
  effectiveNumber: number;
  sharesRealised: number[];
  sharesExAnte: number[];
  volatilityExAnte: number;
  total: number;
  twrAnnualised: number;
};

function inputOf(
  returns: readonly (readonly number[])[],
  weights: readonly number[],
  change: Partial<AcceptanceInput> = {},
): AcceptanceInput {
  const columns = weights.map((_, index) => `s${index + 1}`);
  const dates = returns.map((_, row) => addDays('2024-01-01', row));
  const stream = Float64Array.from(returns, (row) => row.reduce((sum, value, column) => sum + value * weights[column]!, 0));
  return {
    matrix: { columns, dates, values: Float64Array.from(returns.flat()) },
    stream: { dates, values: stream },
    weights,
    bounds: columns.map((id) => ({ id, lower: 0.05, upper: 0.9 })),
    determined: false,
    covariance: Float64Array.from(weights.length === 2 ? golden.optimiserCovariance.flat() : [0.04]),
    annualisationDays: golden.annualisationDays,
    integrity: { errors: 0, checked: 3 },
    flattened: flatten(
      columns.map((id, index) => ({
        path: [id],
        runId: id,
        weights: [weights[index]!],
        portfolio: [
          { symbol: `NYSE:${id.toUpperCase()}`, weight: 0.25 },
          { symbol: 'AMEX:SPY', weight: 0.75 },
        ],
      })),
    ),
    concentration: { warn: 0.15, fail: 0.25 },
    ...change,
  };
}

function verdicts(input: AcceptanceInput): Record<string, AcceptanceVerdict> {
  return Object.fromEntries(measureAcceptance(input).map((verdict) => [verdict.check, verdict]));
}

const measured = verdicts(inputOf(golden.returns, golden.weights));
const figures = (verdict: AcceptanceVerdict): number[] => verdict.details.map(({ value }) => value);

const close = (value: number | null, expected: number): void => expect(Math.abs(value! - expected)).toBeLessThan(1e-12);

const statusOf = (check: string, input: AcceptanceInput): string => verdicts(input)[check]!.status;

describe('acceptance against numpy', () => {
  test('volatility below the best sleeve', () => {
    const verdict = measured['volatility_below_best_sleeve']!;
    expect(verdict.status).toBe('passed');
    close(verdict.value, golden.volatility);
    close(verdict.limit, Math.min(...golden.sleeveVolatilities));
    figures(verdict).forEach((value, index) => close(value, golden.sleeveVolatilities[index]!));
  });

  test('diversification ratio, correlation, effective number', () => {
    close(measured['diversification_ratio']!.value, golden.diversificationRatio);
    close(measured['sleeve_correlations']!.value, golden.correlation);
    expect(measured['sleeve_correlations']!.details.map(({ name }) => name)).toEqual(['s1~s2']);
    close(measured['effective_number_of_sleeves']!.value, golden.effectiveNumber);
  });

  test('contributions to risk, by both covariances, sum to one', () => {
    figures(measured['contribution_to_risk_realised']!).forEach((value, index) => close(value, golden.sharesRealised[index]!));
    figures(measured['contribution_to_risk_ex_ante']!).forEach((value, index) => close(value, golden.sharesExAnte[index]!));
    close(measured['contribution_to_risk_realised']!.value, golden.volatility);
    close(measured['contribution_to_risk_ex_ante']!.value, golden.volatilityExAnte);
  });

  test('time-weighted return of the stitched stream', () => {
    const verdict = measured['time_weighted_return']!;
    expect(Math.abs(verdict.value! - golden.twrAnnualised)).toBeLessThan(1e-10);
    close(verdict.details.find(({ name }) => name === 'total_return')!.value, golden.total);
  });
});

describe('each verdict can fail', () => {
  test('a portfolio more volatile than its best sleeve', () => {
    const verdict = verdicts(inputOf(golden.returns, [0.95, 0.05]))['volatility_below_best_sleeve']!;
    expect(verdict.status).toBe('failed');
    expect(verdict.value!).toBeGreaterThan(verdict.limit!);
    // Shown, and no reason to hold back (docs/explanation/publication.md#holds).
    expect(verdict.holds).toBe(false);
  });

  test('sleeves that are one and the same diversify nothing', () => {
    const twins = golden.returns.map(([first]) => [first!, first!]);
    const twin = verdicts(inputOf(twins, [0.5, 0.5]));
    expect(twin['diversification_ratio']!.value).toBeCloseTo(1, 12);
    expect(twin['volatility_below_best_sleeve']!.status).toBe('failed');
    expect(twin['diversification_ratio']!.status).toBe('failed');
    expect(twin['sleeve_correlations']).toMatchObject({ status: 'failed', limit: 1 });
  });

  test('exposure that was lost', () => {
    const flattened = { ...inputOf(golden.returns, golden.weights).flattened, conservationError: 2e-9 };
    expect(verdicts(inputOf(golden.returns, golden.weights, { flattened }))['conservation']).toMatchObject({
      status: 'failed',
      holds: true,
    });
  });

  test('realised shares of a stream that is not the one of these weights', () => {
    const { stream } = inputOf(golden.returns, [0.9, 0.1]);
    expect(verdicts(inputOf(golden.returns, golden.weights, { stream }))['contribution_to_risk_realised']!.status).toBe('failed');
  });

  test('a solve that needed more shrinkage than was asked for', () => {
    expect(verdicts(inputOf(golden.returns, golden.weights, { hardened: [{ name: 'm', value: 0.15 }] }))['native_solves']).toMatchObject({
      status: 'warned',
      value: 1,
      message: 'hardened: m at a correlation shrinkage of 0.15',
      holds: false,
    });
    expect(verdicts(inputOf(golden.returns, golden.weights, { hardened: [] }))['native_solves']!.status).toBe('passed');
    expect(measured['native_solves']).toBeUndefined();
  });

  test.each([
    ['below a lower bound', [0.04, 0.96], 'failed', 's1'],
    ['not summing to one', [0.5, 0.4], 'failed', 'weights sum to 0.9'],
    ['on their bounds', [0.1, 0.9], 'passed', 'within'],
  ])('weights %s', (_, weights, status, words) => {
    const verdict = verdicts(inputOf(golden.returns, weights))['bounds']!;
    expect(verdict).toMatchObject({ status, holds: true });
    expect(verdict.message).toContain(words);
  });

  test('that the bounds determine the allocation is said', () => {
    expect(verdicts(inputOf(golden.returns, golden.weights, { determined: true }))['bounds']!.message).toContain(
      'determine the allocation',
    );
  });

  test.each([
    [{ errors: 0, checked: 5 }, 'passed'],
    [{ errors: 1, checked: 5 }, 'failed'],
    [{ errors: 0, checked: 0 }, 'unknown'],
  ] as const)('integrity %j is %s', (integrity, status) => {
    expect(verdicts(inputOf(golden.returns, golden.weights, { integrity }))['integrity']).toMatchObject({ status, holds: true });
  });

  test.each([
    [{ warn: 0.9, fail: 0.95 }, 'passed'],
    [{ warn: 0.15, fail: 0.75 }, 'warned'],
    [{ warn: 0.15, fail: 0.25 }, 'failed'],
  ])('concentration under %j is %s: .75 of one fund is held through both sleeves', (concentration, status) => {
    const verdict = verdicts(inputOf(golden.returns, golden.weights, { concentration }))['concentration']!;
    expect(verdict).toMatchObject({ status, limit: concentration.fail });
    expect(verdict.value).toBeCloseTo(0.75, 15);
    expect(verdict.message).toContain('AMEX:SPY');
  });

  test('a short position concentrates like a long one', () => {
    const flattened = flatten([
      {
        path: ['s1'],
        runId: 'r',
        weights: [1],
        portfolio: [
          { symbol: 'NYSE:AAA', weight: -0.8 },
          { symbol: 'NYSE:BBB', weight: 0.2 },
        ],
      },
    ]);
    expect(verdicts(inputOf(golden.returns, golden.weights, { flattened }))['concentration']).toMatchObject({
      status: 'failed',
      value: 0.8,
    });
  });
});

describe('a last digit decides no verdict', () => {
  test('two identical streams are correlated, whatever rounding makes of it', () => {
    const walk = Array.from({ length: 60 }, (_, row) => Math.sin(row * row) / 83);
    const twins = inputOf(
      walk.map((value) => [value, value]),
      [0.3, 0.7],
    );
    const correlation = verdicts(twins)['sleeve_correlations']!;
    expect(correlation).toMatchObject({ status: 'failed', value: 0.9999999999999998 });
    expect(verdicts({ ...twins, rules: 1 })['sleeve_correlations']!.status).toBe('passed');
  });

  test('a weight of a quarter, summed to a little more, is no more than a quarter', () => {
    const { flattened } = inputOf(golden.returns, golden.weights);
    const asset = { ...flattened.assets[0]!, weight: 0.25 + 2 * Number.EPSILON };
    const above = { ...asset, weight: 0.25 + 1e-8 };
    const status = (held: typeof asset): string =>
      verdicts(inputOf(golden.returns, golden.weights, { flattened: { ...flattened, assets: [held] } }))['concentration']!.status;
    expect(status(asset)).toBe('warned');
    expect(status(above)).toBe('failed');
  });

  test('under rules 1 it did, and what was recorded then is found again', () => {
    const weights = [0.5, 0.5];
    const twins = golden.returns.map(([first]) => [first!, first!]);
    const old = verdicts(inputOf(twins, weights, { rules: 1 }));
    const { correlation, ratio } = {
      correlation: old['sleeve_correlations']!,
      ratio: old['diversification_ratio']!,
    };
    expect(correlation.status).toBe(correlation.value! < 1 ? 'passed' : 'failed');
    expect(ratio.status).toBe(ratio.value! > 1 ? 'passed' : 'failed');
  });

  test('near ruin the annual figure is checked in logarithms', () => {
    const falling = inputOf(
      Array.from({ length: 3000 }, () => [-0.0125, -0.0125]),
      [0.5, 0.5],
    );
    const verdict = verdicts({ ...falling, annualisationDays: 252 })['time_weighted_return']!;
    expect(verdict.status).toBe('passed');
    expect(verdict.value).toBeCloseTo(-0.9579902319923544, 12);
    // Rules 1 took the total for all that is known of the end: here nothing is left of it, and the check was passed.
    const before = verdicts({ ...falling, annualisationDays: 252, rules: 1 })['time_weighted_return']!;
    expect([before.status, before.details]).toEqual(['passed', verdict.details]);
  });
});

describe('where a verdict begins to fail', () => {
  // Two sleeves, (1, -1, 1, -1) and (1, 1, -1, -1) percent: by hand, variances of 4/3 and no covariance.
  const apart = [
    [0.01, 0.01],
    [-0.01, 0.01],
    [0.01, -0.01],
    [-0.01, -0.01],
  ];
  const halves = inputOf(apart, [0.5, 0.5]);
  const scaled = (by: number): AcceptanceInput => ({
    ...halves,
    stream: { ...halves.stream, values: halves.stream.values.map((value) => value * (1 + by)) },
  });

  test('realised shares are of the stream to a share of 1e-9 of its variance', () => {
    // A stream that is larger by d has a variance that is larger by 2 d: the terms add up to the variance here.
    const status = (by: number): string => statusOf('contribution_to_risk_realised', scaled(by));
    expect([0, 0.4e-9, -0.4e-9, 0.6e-9, -0.6e-9].map(status)).toEqual(['passed', 'passed', 'passed', 'failed', 'failed']);
    expect(statusOf('contribution_to_risk_realised', { ...scaled(0.6e-9), rules: 1 })).toBe('passed');
  });

  test('realised shares of weights that are far apart are held to their own terms', () => {
    // 9/10 and 1/10: the variance is 82/100 of one sleeve's, and so are the terms.
    const uneven = inputOf(apart, [0.9, 0.1]);
    const of = (by: number): AcceptanceInput => ({
      ...uneven,
      stream: { ...uneven.stream, values: uneven.stream.values.map((value) => value * (1 + by)) },
    });
    expect([0.4e-9, 0.6e-9].map((by) => statusOf('contribution_to_risk_realised', of(by)))).toEqual(['passed', 'failed']);
  });

  test('bounds and the sum of weights are kept to 1e-9', () => {
    const bounds = [
      { id: 's1', lower: 0.5, upper: 0.5 },
      { id: 's2', lower: 0.5, upper: 0.5 },
    ];
    const status = (weights: readonly number[]): string => statusOf('bounds', { ...halves, weights, bounds });
    expect(status([0.5 - 0.9e-9, 0.5 + 0.9e-9])).toBe('passed');
    expect(status([0.5 - 1.1e-9, 0.5])).toBe('failed');
    expect(status([0.5, 0.5 + 1.1e-9])).toBe('failed');
    expect(status([0.5 + 0.9e-9, 0.5 + 0.9e-9])).toBe('failed');
  });

  test('one sleeve is no better than itself: it is no less volatile, and counts for one', () => {
    const only = verdicts(
      inputOf(
        golden.returns.map(([first]) => [first!]),
        [1],
      ),
    );
    expect(only['effective_number_of_sleeves']).toEqual({
      check: 'effective_number_of_sleeves',
      status: 'failed',
      value: 1,
      limit: 1,
      message: '1 over the sum of squared weights: 1.0000 of 1',
      details: [],
      holds: false,
    });
    expect([only['volatility_below_best_sleeve']!.status, only['diversification_ratio']!.status]).toEqual(['failed', 'failed']);
    expect(only['contribution_to_risk_ex_ante']!.details).toEqual([{ name: 's1', value: 1 }]);
  });

  test('conservation is kept to 1e-9, and was not measured under rules 1', () => {
    const { flattened } = halves;
    const status = ([conservationError, rules]: readonly [number, number]): string =>
      statusOf('conservation', { ...halves, flattened: { ...flattened, conservationError }, rules });
    const lost = [
      [1e-9, 2],
      [1.1e-9, 2],
      [1, 1],
    ] as const;
    expect(lost.map(status)).toEqual(['passed', 'failed', 'passed']);
  });

  test('a share of an asset is above a limit by more than 1e-9 of it, and under rules 1 by any digit', () => {
    const { assets } = halves.flattened;
    const of = (weight: number, rules = 2): AcceptanceVerdict =>
      verdicts({ ...halves, flattened: { ...halves.flattened, assets: [{ ...assets[0]!, symbol: 'NYSE:A', weight }] }, rules })[
        'concentration'
      ]!;
    const near = 0.25 * (1 + 0.9e-9);
    expect(
      [of(0.15), of(0.15 * (1 + 0.9e-9)), of(0.151), of(near), of(-near), of(0.2501), of(-0.2501)].map(({ status }) => status),
    ).toEqual(['passed', 'passed', 'warned', 'warned', 'warned', 'failed', 'failed']);
    expect([of(0.25, 1), of(near, 1), of(0.15, 1), of(0.15 * (1 + 0.9e-9), 1)].map(({ status }) => status)).toEqual([
      'warned',
      'failed',
      'passed',
      'warned',
    ]);
    expect(of(-0.2501)).toEqual({
      check: 'concentration',
      status: 'failed',
      value: 0.2501,
      limit: 0.25,
      message: 'NYSE:A -0.2501; warned above 0.15, failed above 0.25',
      details: [{ name: 'NYSE:A', value: -0.2501 }],
      holds: false,
    });
    expect(of(0.1).details).toEqual([]);
  });
});

describe('where there is nothing to measure, the verdict is unknown, never a pass', () => {
  const flat = golden.returns.map(() => [0, 0]);

  test.each(['volatility_below_best_sleeve', 'diversification_ratio', 'sleeve_correlations', 'contribution_to_risk_realised'])(
    '%s of sleeves without variance',
    (check) => {
      expect(verdicts(inputOf(flat, golden.weights))[check]!.status).toBe('unknown');
    },
  );

  test('contribution by an optimiser covariance of zeros', () => {
    expect(
      verdicts(inputOf(golden.returns, golden.weights, { covariance: new Float64Array(4) }))['contribution_to_risk_ex_ante']!.status,
    ).toBe('unknown');
  });

  test('a yearly return of fewer than 30 rows', () => {
    expect(verdicts(inputOf(golden.returns.slice(0, 29), golden.weights))['time_weighted_return']).toMatchObject({ status: 'unknown' });
  });

  test('correlations of one sleeve', () => {
    expect(
      verdicts(
        inputOf(
          golden.returns.map(([first]) => [first!]),
          [1],
        ),
      )['sleeve_correlations']!.status,
    ).toBe('unknown');
  });

  test('concentration of a portfolio that holds nothing', () => {
    expect(verdicts(inputOf(golden.returns, golden.weights, { flattened: flatten([]) }))['concentration']!.status).toBe('unknown');
  });

  test('every figure of every verdict can be recorded: no NaN, no infinity', () => {
    for (const returns of [golden.returns, flat]) {
      for (const verdict of measureAcceptance(inputOf(returns, golden.weights))) {
        for (const value of [verdict.value, verdict.limit, ...figures(verdict)])
          expect(value === null || Number.isFinite(value)).toBe(true);
      }
    }
  });
});
