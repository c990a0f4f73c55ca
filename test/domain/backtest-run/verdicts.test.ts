/** Verdicts on a backtest as wholes, and its tables, column by column. */
import { describe, expect, test } from '@jest/globals';
import { backtestVerdicts, type TestedDecisions } from '../../../domain/backtest-run/acceptance.ts';
import {
  assetWeights,
  decisionsTable,
  returnsTable,
  sleeveWeightsTable,
  streamTable,
  tradesTable,
} from '../../../domain/backtest-run/tables.ts';

const good: TestedDecisions = {
  risk: 'hrp',
  ids: ['coins', 'funds'],
  weights: [
    [0.25, 0.75],
    [0.5, 0.5],
  ],
  bounds: [
    { id: 'funds', lower: 0.5, upper: 0.95 },
    { id: 'coins', lower: 0.05, upper: 0.5 },
  ],
  held: [
    [0.25, 0.75],
    [0.5, 0.5],
  ],
  stability: [0.125, 0.25],
  volatility: 0.09,
  sleeveVolatilities: [0.6, 0.1],
};
const at = (index: number, change: Partial<TestedDecisions> = {}) => backtestVerdicts({ ...good, ...change })[index];
const verdict = (check: string, status: string, value: number | null, limit: number | null, message: string, details: object[] = []) => ({
  check,
  status,
  value,
  limit,
  message,
  details,
  holds: false,
});

const path = (symbol: string, sign: 1 | -1) => ({ key: symbol, atom: symbol, symbol, sign, costFraction: 0 });

describe('a verdict', () => {
  test('of a sound portfolio is passed, each with its value and limit', () => {
    expect(backtestVerdicts(good)).toEqual([
      verdict('bounds_at_every_decision', 'passed', 0, 1e-9, '2 decisions within the bounds, each of sum 1'),
      verdict('assets_of_every_sleeve', 'passed', 0.25, 0, 'every decision holds assets of every sleeve'),
      verdict('sleeve_weights_vary', 'passed', 0.25, 1e-9, 'greatest standard deviation of a weight over the decisions', [
        { name: 'coins', value: 0.125 },
        { name: 'funds', value: 0.25 },
      ]),
      verdict('volatility_below_best_sleeve', 'passed', 0.09, 0.1, 'out-of-sample and net, on the same rows; the best sleeve is funds', [
        { name: 'coins', value: 0.6 },
        { name: 'funds', value: 0.1 },
      ]),
    ]);
  });

  test('on bounds is failed by a weight outside, or a sum that is not one', () => {
    const failed = (weights: readonly (readonly number[])[], value: number) =>
      expect(at(0, { weights })).toEqual(
        verdict(
          'bounds_at_every_decision',
          'failed',
          expect.closeTo(value, 12) as unknown as number,
          1e-9,
          'a decision leaves its bounds, or does not sum to 1',
        ),
      );
    failed([[0.625, 0.375]], 0.125);
    failed([[0.03, 0.97]], 0.02);
    failed([[0.25, 0.5]], 0.25);
    failed([[0.5, 0.75]], 0.25);
    expect(at(0, { weights: [[0.25 + 5e-10, 0.75]] })).toMatchObject({ status: 'passed' });
  });

  test('on what is held names the sleeves of which nothing is', () => {
    const held = [
      [0, 1],
      [1, 0],
    ];
    expect(at(1, { held })).toEqual(verdict('assets_of_every_sleeve', 'failed', 0, 0, 'a decision holds nothing of coins, funds'));
    expect(
      at(1, {
        held: [
          [0.5, 0.5],
          [0, 1],
        ],
      }),
    ).toMatchObject({ message: 'a decision holds nothing of coins' });
  });

  test('on weights that do not vary depends on the profile', () => {
    const stability = [0, 1e-9];
    const details = [
      { name: 'coins', value: 0 },
      { name: 'funds', value: 1e-9 },
    ];
    expect(at(2, { stability })).toEqual(
      verdict(
        'sleeve_weights_vary',
        'warned',
        1e-9,
        1e-9,
        'every decision set the same weights: the bounds may leave one allocation',
        details,
      ),
    );
    for (const risk of ['equal_weight', 'market', 'benchmark'] as const)
      expect(at(2, { stability, risk })).toEqual(
        verdict('sleeve_weights_vary', 'passed', 1e-9, 1e-9, `${risk} sets 1/N at every decision, as it should`, details),
      );
    expect(at(2, { stability: [0, 2e-9] })).toMatchObject({ status: 'passed' });
    expect(at(2, { stability: null })).toEqual(verdict('sleeve_weights_vary', 'unknown', null, null, 'there is one decision'));
  });

  test('on volatility is unknown without one, and failed by as much as the best sleeve', () => {
    const unknown = verdict('volatility_below_best_sleeve', 'unknown', null, null, 'too few rows for a volatility a year');
    expect([at(3, { volatility: null }), at(3, { sleeveVolatilities: [null, null] })]).toEqual([unknown, unknown]);
    expect(at(3, { volatility: 0.6, sleeveVolatilities: [0.6, null] })).toEqual(
      verdict('volatility_below_best_sleeve', 'failed', 0.6, 0.6, 'out-of-sample and net, on the same rows; the best sleeve is coins', [
        { name: 'coins', value: 0.6 },
      ]),
    );
    expect(at(3, { sleeveVolatilities: [0.2, 0.2] })).toMatchObject({ limit: 0.2, message: expect.stringContaining('is coins') });
  });
});

describe('a table', () => {
  const dates = ['2024-01-02', '2024-01-03'];
  const [gross, net] = [Float64Array.of(0.1, 0.2), Float64Array.of(0.3, 0.4)];

  test('of returns has gross and net, and the net of each baseline that was run', () => {
    const baselines = [
      { name: 'flat', outcome: { status: 'tested', book: { net: gross } } },
      { name: 'static_hrp', outcome: { status: 'failed' } },
    ];
    const tested = { book: { dates, gross, net }, baselines } as unknown as Parameters<typeof returnsTable>[0];
    expect(returnsTable(tested)).toEqual({ dates, columns: ['gross', 'net', 'flat'], values: [gross, net, gross] });
    expect(streamTable({ dates, gross, net } as unknown as Parameters<typeof streamTable>[0])).toEqual({
      dates,
      columns: ['gross', 'net'],
      values: [gross, net],
    });
  });

  test('of decisions has weights, shares and turnover under their names', () => {
    const decisions = [
      { newestRead: dates[0], raw: [0.1, 0.9], bounded: [0.2, 0.8], riskShares: [0.3, 0.7] },
      { newestRead: dates[1], raw: [0.4, 0.6], bounded: [0.5, 0.5], riskShares: null },
    ] as unknown as Parameters<typeof decisionsTable>[1];
    const turnover = {
      windows: [
        { allocationTwoSided: null, tradedTwoSided: 1 },
        { allocationTwoSided: 0.5, tradedTwoSided: 0.25 },
      ],
    };
    const none = Number.NaN;
    const table = decisionsTable(['a', 'b'], decisions, { turnover } as unknown as Parameters<typeof decisionsTable>[2]);
    expect(table.dates).toEqual(dates);
    expect(table.columns.map((name, column) => [name, ...table.values[column]!])).toEqual([
      ['raw:a', 0.1, 0.4],
      ['raw:b', 0.9, 0.6],
      ['weight:a', 0.2, 0.5],
      ['weight:b', 0.8, 0.5],
      ['risk_share:a', 0.3, none],
      ['risk_share:b', 0.7, none],
      ['allocation_turnover_two_sided', none, 0.5],
      ['traded_turnover_two_sided', 1, 0.25],
    ]);
  });

  test('of trades and of weights has a row for each', () => {
    const trades = [{ closeOf: dates[0]!, meta: true, nettedTwoSided: 1, perSleeveTwoSided: 2, cost: 3, crossingBenefit: 4 }];
    const columns = ['meta', 'netted_two_sided', 'per_sleeve_two_sided', 'cost', 'crossing_benefit'];
    expect(tradesTable(trades)).toEqual({ dates: [dates[0]], columns, values: [1, 1, 2, 3, 4].map((value) => Float64Array.of(value)) });
    expect([...tradesTable([{ ...trades[0]!, meta: false }]).values[0]!]).toEqual([0]);
    const windows = [{ newestRead: dates[0], weights: [0.25, 0.75] }];
    expect(sleeveWeightsTable(['A', 'B'], { windows } as unknown as Parameters<typeof sleeveWeightsTable>[1])).toEqual({
      dates: [dates[0]],
      columns: ['A', 'B'],
      values: [Float64Array.of(0.25), Float64Array.of(0.75)],
    });
    expect([...assetWeights([path('B', 1), path('A', -1), path('B', -1)], [0.5, 0.25, 0.125])]).toEqual([
      ['A', -0.25],
      ['B', 0.375],
    ]);
  });
});
