/** `simulate`: files in, figures and series out, and no ledger anywhere. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { simulateWeights } from '../../../bin/library.ts';
import type { Answer } from '../../support/cli.ts';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const bench = new Workbench(scratchDirectory());
const weights = bench.write('weights.csv', 'date,AMEX:SPY,AMEX:TLT\n2024-03-01,0.6,0.4\n2024-03-06,0.5,0.3\n');
const prices = bench.write(
  'prices.csv',
  [
    'date,AMEX:SPY,AMEX:TLT,AMEX:GLD',
    '2024-03-01,500,95,190',
    '2024-03-04,505,94,191',
    '2024-03-05,500,96,192',
    '2024-03-06,510,95,193',
    '2024-03-07,515,95.5,194',
  ].join('\n'),
);
const returns = bench.write(
  'returns.csv',
  'date,A,B\n2024-03-04,0.01,-0.01\n2024-03-05,0.02,0.01\n2024-03-06,-1.5,0.02\n2024-03-07,0.01,0\n',
);
const letters = bench.write('letters.csv', 'date,A,B\n2024-03-01,1,0.5\n');

const run = (...words: string[]): Promise<Answer & { readonly exit: number }> => bench.json(['simulate', ...words]);
const onPrices = (...words: string[]) => run('--weights', weights, '--prices', prices, ...words);

describe('simulate', () => {
  test('buys at the close of the first decision and drifts from there', async () => {
    const { ok, result } = await onPrices();
    expect(ok).toBe(true);
    const { figures, settings, flags, decisions } = result as unknown as ReturnType<typeof simulateWeights>;
    const bought = 0.6 * (510 / 500) + 0.4 * (95 / 95);
    const last = 0.5 * (515 / 510) + 0.3 * (95.5 / 95) + 0.2;
    expect(figures.finalEquity).toBeCloseTo(bought * last, 12);
    expect(figures).toMatchObject({ openingDate: '2024-03-01', rows: 4, cagrCalendar: null });
    expect(settings).toMatchObject({ timing: 'close', lagRows: 0, slippageFraction: 0 });
    expect(decisions).toMatchObject({ given: 2, traded: 2 });
    expect(flags).toEqual(['not_meaningful']);
    expect(existsSync(bench.store)).toBe(false);
  });

  test('charges 5 basis points and 0.0005 alike, and never both', async () => {
    const [inBasisPoints, asFraction] = [await onPrices('--slippage-bp', '5'), await onPrices('--slippage-fraction', '0.0005')];
    expect(asFraction.result).toEqual(inBasisPoints.result);
    expect((inBasisPoints.result['figures'] as { costs: { total: number } }).costs.total).toBeGreaterThan(0.0005);
    expect(await onPrices('--slippage-bp', '5', '--slippage-fraction', '0.0005')).toMatchObject({ exit: 2, error: { code: 'Usage' } });
  });

  test('writes every series, and weights and P&L of each column on request', async () => {
    const file = bench.path('series.csv');
    const { result } = await onPrices('-o', file, '--per-column');
    expect(result['output']).toMatchObject({ file, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const [header, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(header!.split(',').slice(0, 8)).toEqual([
      'date',
      'gross_return',
      'cash_interest',
      'borrow',
      'cost',
      'impact',
      'net_return',
      'equity',
    ]);
    expect(header).toContain('weight:AMEX:SPY,weight:AMEX:TLT,pnl:AMEX:SPY,pnl:AMEX:TLT');
    expect(rows.map((row) => row.slice(0, 10))).toEqual(['2024-03-04', '2024-03-05', '2024-03-06', '2024-03-07']);
  });

  test('ends with 1 where the book loses everything, with the date and the number that was floored', async () => {
    const answer = await run('--weights', letters, '--returns', returns, '--calendar', 'XNYS');
    expect(answer).toMatchObject({ exit: 1, error: { code: 'Bankruptcy', evidence: { date: '2024-03-06' } } });
    expect(answer.result).toMatchObject({
      flags: ['BANKRUPT', 'not_meaningful'],
      figures: { finalEquity: 0, maxDrawdown: -1, metrics: null },
    });
    expect((answer.result['bankrupt'] as { unclippedNet: number }).unclippedNet).toBeLessThan(-1);
  });

  test('compares with another system, and says on how many rows', async () => {
    const other = bench.write('other.csv', 'date,ret\n2024-03-05,-0.001\n2024-03-06,0.004\n2024-03-07,0.003\n2024-03-08,0.1\n');
    const { result } = await onPrices('--against', other);
    expect(result['agreement']).toMatchObject({ rows: 3, first: '2024-03-05', last: '2024-03-07' });
  });

  test('tells a person first what a figure must not be believed without', async () => {
    const said = await bench.run(['simulate', '--weights', weights, '--prices', prices, '--same-row']);
    expect(said.stdout).toContain('! look_ahead_same_row, not_meaningful');
    expect(said.stderr).toContain('weights earn the row on which they were decided.');
    expect(said.stdout).toContain('slippage 0 bp (0), commission 0 bp (0)');
  });
});

describe('what simulate refuses, and where', () => {
  const bad = (name: string, text: string): string => bench.write(name, text);
  test.each([
    ['no market', () => ['--weights', weights], 'Usage', { path: '--returns' }],
    ['two markets', () => ['--weights', weights, '--prices', prices, '--returns', returns], 'Usage', { path: '--returns' }],
    ['an unknown rule', () => ['--weights', weights, '--prices', prices, '--rebalance', 'W-SUN'], 'Usage', { path: '--rebalance' }],
    ['impact without money', () => ['--weights', weights, '--prices', prices, '--impact-coefficient', '1'], 'Usage', { path: '--aum' }],
    [
      'an empty weight',
      () => ['--weights', bad('gap.csv', 'date,AMEX:SPY\n2024-03-01,1\n2024-03-04,\n'), '--prices', prices],
      'SchemaViolation',
      { file: bench.path('gap.csv'), line: 3 },
    ],
    [
      'weights out of order',
      () => ['--weights', bad('order.csv', 'date,AMEX:SPY\n2024-03-04,1\n2024-03-01,1\n'), '--prices', prices],
      'SchemaViolation',
      { file: bench.path('order.csv'), line: 3 },
    ],
    ['a lag that is no number', () => ['--weights', weights, '--prices', prices, '--lag', 'two'], 'Usage', { path: '--lag' }],
    ['a column without a calendar', () => ['--weights', letters, '--returns', returns], 'ExchangeUnknown', { path: 'A' }],
  ] as const)('%s', async (_, words, code, at) => {
    expect(await run(...words())).toMatchObject({ ok: false, exit: 2, error: { code, at } });
  });
});

const table = (columns: string[], dates: string[], rows: number[][]) => ({
  dates,
  columns,
  values: columns.map((_, column) => Float64Array.from(rows, (row) => row[column]!)),
});

test('the library computes the same from tables', async () => {
  const dates = ['2024-03-01', '2024-03-04', '2024-03-05', '2024-03-06', '2024-03-07'];
  const computed = simulateWeights({
    weights: table(
      ['AMEX:SPY', 'AMEX:TLT'],
      ['2024-03-01', '2024-03-06'],
      [
        [0.6, 0.4],
        [0.5, 0.3],
      ],
    ),
    market: {
      kind: 'prices',
      table: table(['AMEX:SPY', 'AMEX:TLT'], dates, [
        [500, 95],
        [505, 94],
        [500, 96],
        [510, 95],
        [515, 95.5],
      ]),
    },
  });
  expect(JSON.parse(JSON.stringify(computed.figures))).toEqual((await onPrices()).result['figures']);
});
