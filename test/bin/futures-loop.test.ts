/** The example of `examples/futures-loop`, on real futures: the document's loop from signals to execution. */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loop, orders } from '../../examples/futures-loop/loop.ts';
import { readTable, type Table } from '../../examples/futures-loop/tables.ts';
import { needs } from '../support/needs.ts';
import { sharedDirectory } from '../support/reference.ts';

const table = (name: string): Table => readTable(join(sharedDirectory!, 'data', `${name}.csv`));

const looped = (order: readonly ('vol' | 'macro')[], change: (prices: Table) => Table = (prices) => prices) =>
  loop(change(table('futures_fx')), table('futures_carry'), order);

needs('reference data').describe('the loop of the document, on futures', () => {
  test('in the order of the document a global vol target takes the macro scaler back, which every sleeve reports', () => {
    const { sleeves } = looped(orders['macro, then vol (the document)']);
    for (const { flags, macro } of Object.values(sleeves)) {
      expect(flags).toEqual(['MACRO_NOOP']);
      expect(macro!.noOps).toBeGreaterThan(0);
    }
  });

  test('in the other order the scaler is felt, and both budgets are executed with costs on every Friday', () => {
    const { sleeves, combined } = looped(orders['vol, then macro']);
    for (const { flags, decisions } of Object.values(sleeves)) {
      expect(flags).toEqual([]);
      expect(decisions.length).toBeGreaterThan(200);
    }
    for (const { figures, decisions, bankrupt, flags } of Object.values(combined)) {
      expect(bankrupt).toBeNull();
      expect(flags).not.toContain('look_ahead_same_row');
      expect(decisions.traded).toBeGreaterThan(200);
      expect(figures.costs.total).toBeCloseTo(0.0005 * figures.turnoverTwoSided, 12);
      expect(figures.metrics!.volatility).toBeGreaterThan(0.02);
      expect(figures.metrics!.volatility).toBeLessThan(0.2);
    }
  });

  test('altering prices after a date changes nothing before it', () => {
    const plant = '2021-06-30';
    const altered = ({ dates, columns, values }: Table): Table => ({
      dates,
      columns,
      values: values.map((closes) => closes.map((close, row) => (dates[row]! <= plant ? close : close * (1 + (row % 7) / 100)))),
    });
    const net = (change?: (prices: Table) => Table): number[] => {
      const { path } = looped(orders['vol, then macro'], change).combined['three sleeves, 50/30/20'];
      return [
        ...path.net.subarray(
          0,
          path.dates.findIndex((date) => date > plant),
        ),
      ];
    };
    const before = net();
    expect(before.length).toBeGreaterThan(300);
    expect(net(altered)).toEqual(before);
  });
});
