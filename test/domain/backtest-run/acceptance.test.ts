import { describe, expect, test } from '@jest/globals';
import { backtestVerdicts, type TestedDecisions } from '../../../domain/backtest-run/acceptance.ts';

const good: TestedDecisions = {
  risk: 'hrp',
  ids: ['coins', 'funds'],
  weights: [
    [0.3, 0.7],
    [0.4, 0.6],
  ],
  bounds: [
    { id: 'coins', lower: 0.05, upper: 0.5 },
    { id: 'funds', lower: 0.5, upper: 0.95 },
  ],
  held: [
    [0.3, 0.7],
    [0.4, 0.6],
  ],
  stability: [0.0707, 0.0707],
  volatility: 0.09,
  sleeveVolatilities: [0.6, 0.1],
};

const found = (check: string, change: Partial<TestedDecisions> = {}) =>
  backtestVerdicts({ ...good, ...change }).find((verdict) => verdict.check === check)!;

test('a portfolio that keeps its bounds, holds every sleeve, moves and is calmer than its calmest sleeve passes', () => {
  expect(backtestVerdicts(good).map(({ status }) => status)).toEqual(['passed', 'passed', 'passed', 'passed']);
  expect(backtestVerdicts(good).some(({ holds }) => holds)).toBe(false);
});

describe('what fails, by how much', () => {
  test.each([
    ['a weight below its bound', [[0.04, 0.96]], 0.01],
    ['a weight above its bound', [[0.51, 0.49]], 0.01],
    ['weights that leave something over', [[0.3, 0.6]], 0.1],
  ])('%s', (_, weights, worst) => {
    const { status, value } = found('bounds_at_every_decision', { weights });
    expect(status).toBe('failed');
    expect(value).toBeCloseTo(worst, 12);
  });

  test('a decision that holds nothing of a sleeve, by the name of the sleeve', () => {
    const held = [
      [0, 1],
      [0.4, 0.6],
    ];
    expect(found('assets_of_every_sleeve', { held })).toMatchObject({
      status: 'failed',
      value: 0,
      message: 'a decision holds nothing of coins',
    });
  });

  test('a volatility that is no lower than that of the calmest sleeve', () => {
    expect(found('volatility_below_best_sleeve', { volatility: 0.1 })).toMatchObject({ status: 'failed', value: 0.1, limit: 0.1 });
  });
});

describe('weights that never move', () => {
  test('are noted of a profile that optimises, and right of one that sets 1/N', () => {
    expect(found('sleeve_weights_vary', { stability: [0, 0] }).status).toBe('warned');
    expect(found('sleeve_weights_vary', { stability: [0, 0], risk: 'equal_weight' }).status).toBe('passed');
  });

  test('of a single decision are unknown', () => {
    expect(found('sleeve_weights_vary', { stability: null }).status).toBe('unknown');
  });
});

test('without a volatility a year nothing is compared', () => {
  expect(found('volatility_below_best_sleeve', { volatility: null }).status).toBe('unknown');
  expect(found('volatility_below_best_sleeve', { sleeveVolatilities: [null, null] }).status).toBe('unknown');
});
