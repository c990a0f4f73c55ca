/** The tables of a recorded combination, whole: numbers of a small book that is combined by hand. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { EventData } from '../../../domain/catalogue.ts';
import type { CombinationTable } from '../../../domain/combine/table-schema.ts';
import { combinationSeries, combinedWeights } from '../../../handlers/series/combination-series.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { combinationFacts } from '../../support/backtest-facts.ts';
import { keepDocument, recordHistory } from '../../support/fact-ledger.ts';
import { FactHistory } from '../../support/portfolio-events.ts';

const ports = createMemoryStore();
const asked: Pick<EventData<'PositionsCombined'>, 'budgets' | 'constraints'> = {
  budgets: {
    rule: 'given',
    sleeves: [
      { sleeve: 'tsmom', budget: 0.75, positions: 3 },
      { sleeve: 'xsec', budget: 0.25, positions: 2 },
    ],
    extra: [],
    withoutVariance: [],
    sharpeRatios: null,
  },
  constraints: { lower: -1, upper: 1, grossCap: 1, netCap: 0.5, turnoverCap: null },
};
const contributions = [
  [0.75, 0.25],
  [-0.375, 0],
];
const summed: CombinationTable = {
  assets: ['CL', 'ES'],
  sleeves: ['tsmom', 'xsec'],
  contributions,
  total: [1, -0.375],
  projection: null,
  weights: null,
};

beforeAll(async () => {
  const held = await keepDocument(ports, 'combination-table', { ...summed, projection: [-0.25, 0.125], weights: [0.75, -0.25] });
  const refused = await keepDocument(ports, 'combination-table', summed);
  const history = new FactHistory()
    .add(
      'combination-held',
      'PositionsCombined',
      combinationFacts.combined('held', {
        ...asked,
        table: held,
        asOf: '2025-07-17',
        gross: 1,
        net: 0.5,
        turnoverTwoSided: null,
        certificate: { multipliers: { gross: 0.125, net: 0.0625, turnover: 0.5 }, gap: 0, distance: 0.28, maxViolation: 0 },
      }),
    )
    .add(
      'combination-loop',
      'PositionsCombined',
      combinationFacts.combined('loop', {
        ...asked,
        constraints: { ...asked.constraints, turnoverCap: 2 },
        table: held,
        gross: 1,
        net: 0.5,
        turnoverTwoSided: 1.5,
      }),
    )
    .add('combination-refused', 'CombinationRefused', { ...combinationFacts.refused('refused'), ...asked, table: refused });
  await recordHistory(ports, history);
});

const byName = (name: string, heading: string, rows: readonly string[], values: Readonly<Record<string, readonly number[]>>) => ({
  name,
  index: { kind: 'names', heading, values: rows },
  columns: Object.keys(values),
  values: Object.values(values).map((column) => Float64Array.from(column)),
});
const none = Number.NaN;
const assets = ['CL', 'ES'];
const budgets = byName('budgets', 'sleeve', ['tsmom', 'xsec'], { budget: [0.75, 0.25], positions: [3, 2] });
const kinds = ['gross', 'net', 'turnover_two_sided'];
const ofHeld = [
  byName('weights', 'asset', assets, { total: [1, -0.375], projection: [-0.25, 0.125], weight: [0.75, -0.25] }),
  byName('contributions', 'asset', assets, {
    'contribution:tsmom': [0.75, -0.375],
    'contribution:xsec': [0.25, 0],
    projection: [-0.25, 0.125],
  }),
];

describe('the series of a combination', () => {
  test('are weights, contributions, exposures beside their caps and multipliers, and budgets; what is not there is empty', async () => {
    expect(await combinationSeries(ports, 'held')).toEqual([
      ...ofHeld,
      byName('exposures', 'exposure', kinds, { value: [1, 0.5, none], cap: [1, 0.5, none], multiplier: [0.125, 0.0625, 0.5] }),
      budgets,
    ]);
  });

  test('have no multipliers where the loop projected, which gives no certificate', async () => {
    expect(await combinationSeries(ports, 'loop')).toEqual([
      ...ofHeld,
      byName('exposures', 'exposure', kinds, { value: [1, 0.5, 1.5], cap: [1, 0.5, 2], multiplier: [none, none, none] }),
      budgets,
    ]);
  });

  test('of a refusal hold no weights, and its repairs in the place of exposures', async () => {
    expect(await combinationSeries(ports, 'refused')).toEqual([
      byName('weights', 'asset', assets, { total: [1, -0.375], projection: [none, none], weight: [none, none] }),
      byName('contributions', 'asset', assets, {
        'contribution:tsmom': [0.75, -0.375],
        'contribution:xsec': [0.25, 0],
        projection: [none, none],
      }),
      byName('repairs', 'cap', ['bounds', 'gross', 'net'], { current: [0, 1, 1], smallest: [none, 2, none] }),
      budgets,
    ]);
  });
});

describe('the weights of a combination', () => {
  test('are one row at its date', async () => {
    expect(await combinedWeights(ports, 'held')).toEqual({
      dates: ['2025-07-17'],
      columns: assets,
      values: [Float64Array.of(0.75), Float64Array.of(-0.25)],
    });
  });

  test('are refused where it bears no date, and where it was refused itself', async () => {
    await expect(combinedWeights(ports, 'loop')).rejects.toMatchObject({
      code: 'Usage',
      message: 'the combination loop bears no date: `export series` writes its weights by asset',
      at: { path: 'loop' },
    });
    await expect(combinedWeights(ports, 'refused')).rejects.toMatchObject({
      code: 'CombinationInfeasible',
      message: 'no weights keep all caps: gross and net cannot be kept together; enough would be gross 2',
    });
  });

  test('of what nobody combined are unknown', async () => {
    await expect(combinedWeights(ports, 'nobody')).rejects.toMatchObject({
      code: 'RunUnknown',
      message: 'no combination nobody is recorded',
      at: { path: 'nobody' },
    });
  });
});
