import { describe, expect, test } from '@jest/globals';
import { remediesOf } from '../../../domain/returns/remedies.ts';
import type { Finding } from '../../../domain/returns/verdict.ts';

const finding = (code: string, symbol: string | null = 'X:A', line: number | null = 7): Finding => ({
  level: 'error',
  code,
  file: 'p.csv',
  line,
  symbol,
  date: null,
  value: null,
  message: '',
});
const correct = 'correct the prices (p.csv, line 7), or leave out what has it: --exclude X:A';
const order = 'sort the rows by date and keep one for each date (p.csv, line 7)';
const look = 'look at the price; where it is wrong correct it, where the move is real accept it with its date in data.accept_moves (X:A)';

const stale = (exclude: string) => `bring newer prices, or take an earlier --as-of, or leave out what has it: --exclude ${exclude}`;

describe('what can be done about a finding', () => {
  test.each([
    ['exchange_unknown', 'use an exchange that `docs/reference/calendars.md` lists, or leave the symbol out: --exclude X:A'],
    ['duplicate_date', order],
    ['unsorted_date', order],
    ['invalid_date', 'correct the date (p.csv, line 7), or use later rows only: --from, or a smaller data.lookback_days'],
    ['off_calendar_row', '--repair drop-off-calendar drops such prices before anything is computed, and lists them'],
    ['non_finite_price', correct],
    ['non_positive_price', correct],
    ['extreme_return', correct],
    ['ruinous_return', correct],
    ['missing_sessions_share', 'bring the missing sessions from the source of the prices, or leave out what has it: --exclude X:A'],
    ['stale', 'bring newer prices, or take an earlier --as-of, or leave out what has it: --exclude X:A'],
    ['split_suspected', look],
    ['spike_suspected', look],
    [
      'units_suspected',
      'write returns as fractions (0.01 for 1 %); where they are right accept them in data.accept_moves, without a date (X:A)',
    ],
  ])('of %s', (code, remedy) => {
    expect(remediesOf([finding(code)])).toEqual([{ code, remedy }]);
  });

  test('is said once for each code, in their order, with five symbols by name; some codes ask for nothing', () => {
    const names = ['X:B', 'X:A', 'X:B', 'X:C', 'X:D', 'X:E'];
    const five = [...names.map((name) => finding('stale', name)), finding('extreme_move'), finding('off_calendar_row')];
    expect(remediesOf(five)).toEqual([
      { code: 'stale', remedy: stale('X:B X:A X:C X:D X:E') },
      { code: 'off_calendar_row', remedy: '--repair drop-off-calendar drops such prices before anything is computed, and lists them' },
    ]);
    expect(remediesOf([...five.slice(0, 6), finding('stale', 'X:F')])[0]!.remedy).toBe(stale('X:B X:A X:C X:D X:E and 1 more'));
    expect(remediesOf([finding('extreme_return', null, null)])).toEqual([{ code: 'extreme_return', remedy: 'correct the prices (p.csv)' }]);
    expect(remediesOf([])).toEqual([]);
  });
});
