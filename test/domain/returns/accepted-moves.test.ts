import { describe, expect, test } from '@jest/globals';
import { acceptedMoveSchema, judgeSuspicions, type Suspicion, unmetLines } from '../../../domain/returns/accepted-moves.ts';

const suspicion = (code: Suspicion['code'], symbol: string, date: string): Suspicion => ({ code, symbol, date, value: 2, message: code });
const split = suspicion('split_suspected', 'NYSE:A', '2024-01-02');
const spike = suspicion('spike_suspected', 'NYSE:A', '2024-01-05');
const extreme = suspicion('extreme_move', 'NYSE:B', '2024-01-03');
const units = suspicion('units_suspected', 'NYSE:C', '2024-01-31');
const all = [split, spike, extreme, units];
const line = (symbol: string, date?: string) => ({ symbol, why: `seen ${symbol}`, ...(date === undefined ? {} : { date }) });

const parsed = (value: object) => acceptedMoveSchema.safeParse(value);

describe('a line that accepts', () => {
  test('is of a symbol in its one spelling or of a series by its name, of a date that exists or none, and gives a reason', () => {
    expect(parsed({ symbol: 'nyse: aa', date: '2024-02-29', why: 'x' }).data).toEqual({ symbol: 'NYSE:AA', date: '2024-02-29', why: 'x' });
    expect(parsed({ symbol: 'hrp run', why: 'x' }).data).toEqual({ symbol: 'hrp run', why: 'x' });
    expect(parsed({ symbol: 's'.repeat(200), why: 'w'.repeat(500) }).success).toBe(true);
    expect(parsed({ symbol: 'a', date: '2023-02-29', why: 'x' }).error!.issues.map(({ path, message }) => [path, message])).toEqual([
      [['date'], 'must be a date, yyyy-mm-dd'],
    ]);
    for (const wrong of [
      { symbol: '', why: 'x' },
      { symbol: 's'.repeat(201), why: 'x' },
      { symbol: 'a', why: '' },
      { symbol: 'a', why: 'w'.repeat(501) },
      { symbol: 'a' },
      { symbol: 'a', why: 'x', more: 1 },
    ])
      expect([wrong, parsed(wrong).success]).toEqual([wrong, false]);
  });
});

describe('what was found unusual', () => {
  test('is open until it is accepted, but for an extreme move, which is shown and asks for nothing', () => {
    expect(judgeSuspicions(all, [])).toEqual({ all, accepted: [], open: [split, spike, units] });
  });

  test('is accepted by symbol and date, and a unit by the symbol alone or with its date', () => {
    const lines = [line('NYSE:A', '2024-01-02'), line('NYSE:B', '2024-01-03'), line('NYSE:C')];
    expect(judgeSuspicions(all, lines)).toEqual({
      all,
      accepted: [
        { ...split, why: 'seen NYSE:A' },
        { ...extreme, why: 'seen NYSE:B' },
        { ...units, why: 'seen NYSE:C' },
      ],
      open: [spike],
    });
    expect(judgeSuspicions(all, [line('NYSE:C', '2024-01-31')]).accepted).toEqual([{ ...units, why: 'seen NYSE:C' }]);
  });

  test('is not accepted by a line of another date or symbol, nor a move by one without a date', () => {
    const lines = [line('NYSE:A', '2024-01-03'), line('NYSE:B', '2024-01-02'), line('NYSE:A'), line('NYSE:C', '2024-01-30')];
    expect(judgeSuspicions(all, lines)).toEqual({ all, accepted: [], open: [split, spike, units] });
  });

  test('is accepted under a name of the whole as well, by the first line that speaks of it', () => {
    const lines = [line('sleeve', '2024-01-02'), line('NYSE:A', '2024-01-02'), line('sleeve')];
    const { accepted, open } = judgeSuspicions(all, lines, ['sleeve']);
    expect(accepted.map(({ code, why }) => [code, why])).toEqual([
      ['split_suspected', 'seen sleeve'],
      ['units_suspected', 'seen sleeve'],
    ]);
    expect(open).toEqual([spike]);
  });
});

const told = (lines: ReturnType<typeof line>[], found: readonly Suspicion[] = all): string[] =>
  unmetLines(judgeSuspicions(found, lines), lines).map(({ message }) => message);

describe('lines that speak of nothing', () => {
  test('are told with what their symbol needs instead', () => {
    expect(told([line('NYSE:A', '2024-02-02')])).toEqual([
      'data.accept_moves names a move of NYSE:A on 2024-02-02, where nothing is found; ' +
        'what needs it is NYSE:A 2024-01-02, NYSE:A 2024-01-05',
    ]);
  });

  test('are told with the first three that need it, where their symbol needs nothing, and no more', () => {
    const more = [...all, suspicion('split_suspected', 'NYSE:0', '2024-03-01')];
    expect(told([line('NYSE:Z')], more)).toEqual([
      'data.accept_moves names the unit of NYSE:Z, where nothing is found; ' +
        'what needs it is NYSE:0 2024-03-01, NYSE:A 2024-01-02, NYSE:A 2024-01-05',
    ]);
    expect(told([line('NYSE:Z')], [units])).toEqual([
      'data.accept_moves names the unit of NYSE:Z, where nothing is found; what needs it is NYSE:C (unit)',
    ]);
  });

  test('are told where nothing needs them, and those that speak of something are not', () => {
    expect(told([line('NYSE:B', '2024-01-03'), line('NYSE:B', '2024-01-04')], [extreme])).toEqual([
      'data.accept_moves names a move of NYSE:B on 2024-01-04, where nothing is found; nothing that is judged here needs it',
    ]);
    const lines = [line('NYSE:A', '2024-01-02')];
    expect(unmetLines(judgeSuspicions(all, lines), [line('sleeve')], ['sleeve'])).toEqual([]);
  });
});
