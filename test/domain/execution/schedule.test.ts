import { describe, expect, test } from '@jest/globals';
import { type Decision, scheduleTrades } from '../../../domain/execution/schedule.ts';
import type { RebalanceRule } from '../../../domain/execution/settings.ts';

// Monday 4 March 2024 to Friday 15 March 2024, without Wednesday 13.
const dates = ['04', '05', '06', '07', '08', '11', '12', '14', '15'].map((day) => `2024-03-${day}`);

const decided = (...on: readonly string[]): Decision[] => on.map((date, index) => ({ date, weights: Float64Array.of(index + 1) }));

interface Asked {
  readonly lagRows?: number;
  readonly rebalance?: RebalanceRule;
  readonly sameRow?: boolean;
}

function scheduled(decisions: readonly Decision[], { lagRows = 0, rebalance = 'as_given', sameRow = false }: Asked = {}) {
  const { trades, ...counts } = scheduleTrades(dates, decisions, { timing: sameRow ? 'same_row' : 'close', lagRows, rebalance });
  return { ...counts, trades: trades.map(({ firstRow, weights }) => [dates[firstRow], weights[0]]) };
}

describe('when weights are traded', () => {
  test('decided at the close of their date, they earn from the row behind it', () => {
    expect(scheduled(decided('2024-03-05')).trades).toEqual([['2024-03-06', 1]]);
  });

  test('dated between rows, they are traded at the last close before', () => {
    expect(scheduled(decided('2024-03-10', '2024-03-13')).trades).toEqual([
      ['2024-03-11', 1],
      ['2024-03-14', 2],
    ]);
  });

  test('a lag moves the trade by rows, not by days', () => {
    expect(scheduled(decided('2024-03-08'), { lagRows: 2 }).trades).toEqual([['2024-03-14', 1]]);
  });

  test('a later decision on the same close replaces an earlier one, and is counted', () => {
    expect(scheduled(decided('2024-03-08', '2024-03-10'))).toMatchObject({ trades: [['2024-03-11', 2]], replaced: ['2024-03-08'] });
  });

  test('the last decision before the first row is traded at the opening', () => {
    expect(scheduled(decided('2024-02-20', '2024-03-01', '2024-03-05'))).toMatchObject({
      trades: [
        ['2024-03-04', 2],
        ['2024-03-06', 3],
      ],
      beforeFirstRow: 2,
      replaced: ['2024-02-20'],
    });
  });

  test('a decision behind the last return earns nothing, and is named', () => {
    expect(scheduled(decided('2024-03-14', '2024-03-15'))).toMatchObject({ trades: [['2024-03-15', 1]], notEarning: ['2024-03-15'] });
  });

  test('same_row earns the row of its own date, or the next where that date has none', () => {
    expect(scheduled(decided('2024-03-05', '2024-03-13'), { sameRow: true }).trades).toEqual([
      ['2024-03-05', 1],
      ['2024-03-14', 2],
    ]);
  });

  test.each([
    ['W-FRI', [['2024-03-11', 1]]],
    [
      'W-WED',
      [
        ['2024-03-07', 1],
        ['2024-03-14', 2],
      ],
    ],
    ['month', []],
  ] as const)('%s trades the newest weights at the last close of its periods', (rebalance, trades) => {
    expect(scheduled(decided('2024-03-05', '2024-03-12'), { rebalance }).trades).toEqual(trades);
  });

  test('daily trades back to the newest weights on every row', () => {
    expect(scheduled(decided('2024-03-11', '2024-03-12'), { rebalance: 'daily' }).trades).toEqual([
      ['2024-03-12', 1],
      ['2024-03-14', 2],
      ['2024-03-15', 2],
    ]);
  });
});
