import { describe, expect, test } from '@jest/globals';
import { bookColumnsOf } from '../../../domain/execution/columns.ts';
import { decisionsOf } from '../../../domain/execution/decisions.ts';
import { marketOfReturns } from '../../../domain/execution/market.ts';
import type { ExecutionPath } from '../../../domain/execution/path.ts';
import { scheduleTrades } from '../../../domain/execution/schedule.ts';
import { checkedSettings, type ExecutionSettings } from '../../../domain/execution/settings.ts';
import { executeWeights } from '../../../domain/execution/simulate.ts';
import { simulateWeights } from '../../../domain/execution/simulation.ts';
import example from '../../golden/execution/worked-example.json' with { type: 'json' };
import { type ByColumn, tableOf, weightsOf } from './tables.ts';

/**
 * Oracle: the worked example `exec_sim_15d` of a second implementation, written from the specification alone (15 rows, 3 assets, eight
 * cases). Its note says what each case charges. Tolerance 1e-12.
 */
const tolerance = 1e-12;

type CaseName = keyof typeof example.expected;

const seriesNames = {
  gross_return: 'grossReturn',
  cash_interest: 'cashInterest',
  borrow: 'borrow',
  cost: 'cost',
  impact: 'impact',
  net: 'net',
  equity: 'equity',
  turnover: 'turnoverTwoSided',
  gross: 'grossExposure',
  net_exposure: 'netExposure',
  cash: 'cash',
} as const satisfies Record<string, keyof ExecutionPath>;

interface WrittenSettings {
  readonly lag?: number;
  readonly slippage_bp?: number;
  readonly commission_bp?: number;
  readonly mode?: string;
  readonly ret?: string;
  readonly turnover?: string;
  readonly borrow?: number;
  readonly cash_rate?: number;
}

function settingsOf(name: CaseName): Partial<ExecutionSettings> {
  const written: WrittenSettings = example.settings[name];
  return {
    lagRows: written.lag ?? 0,
    slippageFraction: (written.slippage_bp ?? 0) / 10_000,
    commissionFraction: (written.commission_bp ?? 0) / 10_000,
    holding: written.mode === 'constant' ? 'constant' : 'drift',
    returnKind: written.ret === 'log_sum' ? 'log_sum' : 'simple',
    turnoverFrom: written.turnover === 'target' ? 'target' : 'held',
    borrowRateAnnual: written.borrow ?? 0,
    cashRateAnnual: written.cash_rate ?? 0,
  };
}

function returnsOf(name: CaseName): ByColumn {
  const columns: Record<string, Record<string, number>> = structuredClone(example.returns);
  if (name === 'f_bankruptcy')
    for (const [date, changed] of Object.entries(example.f.returns_override))
      for (const [column, value] of Object.entries(changed)) columns[column]![date] = value;
  if (name === 'g_missing_return') for (const [date, column] of Object.entries(example.g.missing)) delete columns[column]![date];
  return columns;
}

function weightsTable(name: CaseName): ByColumn {
  if (name === 'f_bankruptcy') return example.f.weights;
  if (name !== 'h_between_rows') return example.weights;
  return Object.fromEntries(Object.entries(example.weights).map(([date, row]) => [date === '2024-03-01' ? '2024-03-03' : date, row]));
}

/** The case with impact states volatility and value traded, which a market of 15 rows cannot give. */
function withStatedLiquidity(): ExecutionPath {
  const { d } = example;
  const weights = weightsOf(example.weights);
  const columns = bookColumnsOf(weights);
  const { returns } = marketOfReturns(tableOf(example.returns), columns, ['XNYS'], null);
  const settings = checkedSettings({
    ...settingsOf('d_impact'),
    impact: { coefficient: d.Y, assetsUnderManagement: d.aum },
  });
  const names = ['a', 'b', 'c'] as const;
  const liquidity = {
    volatility: Float64Array.from(names, (name) => d.sigma[name]),
    dailyValue: Float64Array.from(names, (name) => d.adv[name]),
  };
  const { trades } = scheduleTrades(returns.dates, decisionsOf(weights, columns, 'refuse'), settings);
  return executeWeights({ returns, signs: null, trades, settings, annualisationDays: 252, liquidityAt: () => liquidity });
}

function pathOf(name: CaseName): ExecutionPath {
  if (name === 'd_impact') return withStatedLiquidity();
  return simulateWeights({
    weights: weightsOf(weightsTable(name)),
    market: { kind: 'returns', table: tableOf(returnsOf(name)) },
    settings: settingsOf(name),
    calendar: 'XNYS',
  }).path;
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

describe('the worked example of fifteen days', () => {
  const names = Object.keys(example.expected) as CaseName[];

  test('has eight cases', () => expect(names).toHaveLength(8));

  test.each(names)('%s agrees in every series to 1e-12', (name) => {
    const expected = example.expected[name];
    const path = pathOf(name);
    expect(path.dates).toEqual(Object.keys(expected.net));
    const worst = Object.entries(seriesNames).map(([written, own]) => {
      const wanted = Object.values<number>(expected[written as keyof typeof seriesNames]);
      return { series: written, apart: Math.max(...wanted.map((value, row) => Math.abs(value - path[own][row]!))) };
    });
    expect(worst.filter(({ apart }) => !(apart < tolerance))).toEqual([]);
    expect(Math.abs(path.equity.at(-1)! - expected.final_equity)).toBeLessThan(tolerance);
    expect(Math.abs(sum(path.cost) + sum(path.impact) + sum(path.borrow) - expected.total_cost)).toBeLessThan(tolerance);
    expect(path.bankrupt?.date ?? null).toBe(expected.bankrupt_on);
  });

  test('a bankrupt book shows what it would have lost without the floor', () => {
    const { bankrupt, net, grossReturn } = pathOf('f_bankruptcy');
    expect(bankrupt).toMatchObject({ date: '2024-03-13', row: 8 });
    expect(net[8]).toBe(-1);
    expect(bankrupt!.unclippedNet).toBe(grossReturn[8]);
    expect(bankrupt!.unclippedNet).toBeLessThan(-1.7);
  });
});
