/** Correlations of what varies, over the rows that each decision learned from; and on which days a run is expected to have a row. */
import { describe, expect, test } from '@jest/globals';
import { tableAsMatrix } from '../../../domain/returns/dated-tables.ts';
import { correlationsOf, varyingColumns } from '../../../handlers/tear-sheets/correlations.ts';
import { decisionCorrelations } from '../../../handlers/tear-sheets/decision-correlations.ts';
import { sessionsOf } from '../../../handlers/tear-sheets/sessions.ts';
import { backtestFacts } from '../../support/backtest-facts.ts';
import { tableOfRows } from '../../support/fact-ledger.ts';

// By hand: a and b move together on the first three rows and against one another on the last three; c is flat until the fourth.
const joined = tableOfRows(['a', 'b', 'c'], {
  '2024-01-02': [0.01, 0.02, 0],
  '2024-01-03': [0.02, 0.04, 0],
  '2024-01-04': [0.03, 0.06, 0],
  '2024-01-05': [0.02, 0.07, 0.5],
  '2024-01-08': [0.01, 0.08, 0],
});
const window = (trainFirst: string, newestRead: string) => backtestFacts.allocated({ trainFirst, newestRead });
/** To twelve places. */
const rounded = (values: readonly (number | null)[]) => values.map((value) => (value === null ? null : Number(value.toFixed(12))));

describe('correlations', () => {
  test('are of the pairs of sleeves on the rows of each decision, both ends among them, and null where one does not vary', () => {
    const { pairs, rows } = decisionCorrelations({
      joined,
      windows: [window('2024-01-02', '2024-01-04'), window('2024-01-04', '2024-01-08')],
    });
    expect(pairs).toEqual(['a ~ b', 'a ~ c', 'b ~ c']);
    expect(rows.map(({ date }) => date)).toEqual(['2024-01-04', '2024-01-08']);
    expect(rounded(rows[0]!.values)).toEqual([1, null, null]);
    // On 4, 5 and 8 January a falls by 0.01 a day, b rises by 0.01 a day, and c has its one move in the middle.
    expect(rounded(rows[1]!.values)).toEqual([-1, 0, 0]);
  });

  test('are none where fewer than two columns vary', () => {
    const half = tableAsMatrix(tableOfRows(['a', 'b'], { '2024-01-02': [1, 3], '2024-01-03': [2, 3] }));
    const flat = tableAsMatrix(tableOfRows(['a', 'b'], { '2024-01-02': [1, 3], '2024-01-03': [1, 3] }));
    const both = tableAsMatrix(tableOfRows(['a', 'b'], { '2024-01-02': [1, 4], '2024-01-03': [2, 3] }));
    expect(varyingColumns(half)).toEqual({ dates: half.dates, columns: ['a'], values: Float64Array.of(1, 2) });
    expect(correlationsOf(half, 'sample')).toBeNull();
    expect(correlationsOf(flat, 'sample')).toBeNull();
    const found = correlationsOf(both, 'two rows')!;
    expect({ ...found, values: rounded([...found.values]) }).toEqual({ ids: ['a', 'b'], basis: 'two rows', values: [1, -1, -1, 1] });
    const { rows } = decisionCorrelations({ joined, windows: [window('2024-01-02', '2024-01-03')] });
    expect(rounded(rows[0]!.values)).toEqual([1, null, null]);
  });
});

test.each([
  // New Year's Day and a weekend have no session of New York; coins trade on every day, and Bombay on a day that New York rests.
  [['XNYS'], '2024-01-01', false],
  [['XNYS'], '2024-01-02', true],
  [['XNYS'], '2024-01-06', false],
  [['XCRY'], '2024-01-06', true],
  [['XCRY', 'XNYS'], '2024-01-06', false],
  [['XCRY', 'XNYS'], '2024-01-05', true],
  [['none of ours', 'XNYS'], '2024-01-05', true],
])('on the calendars %j, %s is a day with a row: %s', (calendars, date, expected) => {
  expect(sessionsOf(calendars)(date)).toBe(expected);
});
