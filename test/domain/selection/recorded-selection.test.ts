import { describe, expect, test } from '@jest/globals';
import { battlesOf, funnelOf } from '../../../domain/selection/battles.ts';
import { explain } from '../../../domain/selection/explanation.ts';
import { selectionRecordSchema } from '../../../domain/selection/record.ts';
import { recordOf, selectionIn } from '../../../domain/selection/recorded-selection.ts';
import { select } from '../../../domain/selection/select.ts';
import { seeded } from '../../support/figures.ts';
import { matrixOf, poolOf } from './pools.ts';
import { usual } from '../../support/selection-settings.ts';

const random = seeded(5);
const market = Array.from({ length: 70 }, () => 0.02 * (random() - 0.5));
const columns = Object.fromEntries(
  Array.from({ length: 9 }, (_, k) => [
    `NYSE:S${k}`,
    market.map((value) => (k % 2 === 0 ? 1 : -0.8) * value + 0.001 * (k - 3) + 0.01 * (random() - 0.5)),
  ]),
);
const pool = poolOf(matrixOf(columns), {
  'NYSE:S1': { adx: 30, averageDailyValue: 4e8 },
  'NYSE:S4': { isBenchmark: true },
  'NYSE:S7': { metadata: { tick_size: 0.01 } },
});
const settings = { ...usual, short_direction: true };
const found = select(pool, settings);

describe('a recorded selection', () => {
  const record = { ...recordOf(found, pool, settings), asOf: '2023-01-02', clippedShorts: [] };
  const read = selectionRecordSchema.parse(JSON.parse(JSON.stringify(record)));

  test('tells the same explanations, battles and funnel as the selection did, after it was written as JSON', () => {
    const again = selectionIn(read);
    for (const symbol of found.symbols) expect(explain(again, symbol)).toEqual(explain(found, symbol));
    expect(battlesOf(again)).toEqual(battlesOf(found));
    expect(funnelOf(again)).toEqual(funnelOf(found));
  });

  test('holds what it was computed from and by', () => {
    expect(read.settings).toEqual(settings);
    expect(read.facts.adx).toEqual([null, 30, ...Array.from({ length: 7 }, () => null)]);
    expect(read.directions).toContain('SHORT');
    expect(read.clusters.linkage).toHaveLength(8);
  });

  test('keeps a value that cannot be evaluated as null, and never as a number', () => {
    expect(read.values.adx.filter((value) => value !== null)).toEqual([30]);
    expect(read.values.survival).toEqual(found.symbols.map(() => null));
  });
});
