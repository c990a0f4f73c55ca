import { describe, expect, test } from '@jest/globals';
import { addDays, dayNumberOf, isWeekend } from '../../../domain/returns/days.ts';
import { type AuditInput, auditPrices, type IntegrityVerdict } from '../../../domain/returns/integrity.ts';
import { integrityVerdictSchema } from '../../../domain/returns/schemas.ts';
import type { PriceTable } from '../../../domain/returns/series.ts';
import { canonicalBytes } from '../../../domain/shared/canonical-json.ts';
import { fileOf, tableOf } from './price-tables.ts';

const open = { from: null, to: null };

function audit(table: PriceTable, more: Partial<AuditInput> = {}): IntegrityVerdict {
  const verdict = auditPrices({ files: [fileOf(table)], asOf: null, range: open, rules: 2, ...more });
  expect(integrityVerdictSchema.parse(verdict)).toEqual(verdict);
  expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
  return verdict;
}

function status(verdict: IntegrityVerdict, name: string): string {
  return verdict.checks.find((check) => check.name === name)!.status;
}

/** A price for every weekday (or day) of a range, rising a little each day. */
function rising(symbol: string, first: string, count: number, keep: (day: number) => boolean): [string, number][] {
  const rows: [string, number][] = [];
  for (let date = first; rows.length < count; date = addDays(date, 1)) if (keep(dayNumberOf(date))) rows.push([date, 100 + rows.length]);
  return rows;
}

// July 2024: the 4th is a holiday of XNYS, the 6th and 7th are a weekend.
const week: [string, number][] = [
  ['2024-07-01', 100],
  ['2024-07-02', 101],
  ['2024-07-03', 102],
  ['2024-07-05', 103],
  ['2024-07-08', 104],
];

describe('the price audit', () => {
  test('passes clean prices and says how much it looked at', () => {
    const verdict = audit(tableOf(['NYSE:KO'], week), { asOf: '2024-07-08' });
    expect(verdict).toMatchObject({ errors: 0, warnings: 0, findings: [] });
    expect(verdict.checks).toEqual([
      { name: 'exchanges', status: 'passed', checked: 1 },
      { name: 'row_order', status: 'passed', checked: 5 },
      { name: 'calendar', status: 'passed', checked: 5 },
      { name: 'prices', status: 'passed', checked: 5 },
      { name: 'returns', status: 'passed', checked: 4 },
      { name: 'flat_fill', status: 'passed', checked: 4 },
      { name: 'missing_sessions', status: 'passed', checked: 5 },
      { name: 'freshness', status: 'passed', checked: 1 },
      // Five prices do not say what is ordinary.
      { name: 'unusual_moves', status: 'not_evaluated', checked: 0 },
      { name: 'units', status: 'not_evaluated', checked: 0 },
      { name: 'accepted_moves', status: 'not_evaluated', checked: 0 },
    ]);
  });

  test('passes nothing where there is nothing', () => {
    const verdict = audit(tableOf([], []));
    expect(verdict.checks.map((check) => check.status)).toEqual(Array.from({ length: 11 }, () => 'not_evaluated'));
    expect(status(audit(tableOf(['NYSE:KO'], [['2024-07-01', null]])), 'calendar')).toBe('not_evaluated');
  });

  test('finds a weekend row, and the padding that made it, by file, line, symbol, date and value', () => {
    const verdict = audit(
      tableOf(
        ['NYSE:KO'],
        [
          ['2024-07-05', 103],
          ['2024-07-06', 103],
          ['2024-07-08', 104],
        ],
      ),
    );
    expect(verdict.findings).toEqual([
      {
        level: 'error',
        code: 'off_calendar_row',
        file: 'prices.csv',
        line: 3,
        symbol: 'NYSE:KO',
        date: '2024-07-06',
        value: 103,
        message: expect.stringContaining('2024-07-06'),
      },
      {
        level: 'warning',
        code: 'padding_suspected',
        file: 'prices.csv',
        line: 3,
        symbol: 'NYSE:KO',
        date: '2024-07-06',
        value: 103,
        message: expect.stringContaining('repeats'),
      },
    ]);
    expect(status(verdict, 'calendar')).toBe('failed');
  });

  test('does not suspect padding in an off-calendar row that moved, and allows coins their weekends', () => {
    const moved = audit(
      tableOf(
        ['NYSE:KO', 'CRYPTO:BTCUSD'],
        [
          ['2024-07-05', 103, 5],
          ['2024-07-06', 103.5, 6],
          ['2024-07-07', null, 7],
          ['2024-07-08', 104, 8],
        ],
      ),
    );
    expect(moved.findings.map(({ code, symbol }) => [code, symbol])).toEqual([['off_calendar_row', 'NYSE:KO']]);
  });

  test('suspects a fill after three equal prices in a row', () => {
    const rows = rising('NYSE:KO', '2024-07-08', 90, (day) => !isWeekend(day) && day !== dayNumberOf('2024-09-02'));
    const flat = (count: number): PriceTable =>
      tableOf(
        ['NYSE:KO'],
        rows.map(([date, price], index) => [date, index > 20 && index <= 20 + count ? rows[20]![1] : price]),
      );
    expect(audit(flat(2)).findings).toEqual([]);
    expect(audit(flat(3)).findings).toMatchObject([
      { level: 'warning', code: 'flat_fill_suspected', date: rows[21]![0], line: 23, value: 3 },
    ]);
  });

  test('suspects a fill when more than 5 % of the weekday returns are exactly zero', () => {
    const rows = rising('NYSE:KO', '2024-07-08', 41, (day) => !isWeekend(day) && day !== dayNumberOf('2024-09-02'));
    const zeros = (count: number): PriceTable =>
      tableOf(
        ['NYSE:KO'],
        rows.map(([date, price], index) => [date, index > 0 && index % 2 === 0 && index / 2 <= count ? rows[index - 1]![1] : price]),
      );
    expect(audit(zeros(2)).findings).toEqual([]); // 2 of 40 is 5 %
    expect(audit(zeros(3)).findings).toMatchObject([{ level: 'warning', code: 'flat_fill_suspected', date: null, value: 0.075 }]);
  });

  test('warns of two missing sessions in a row, not of one, and never counts a holiday', () => {
    expect(
      audit(tableOf(['NYSE:KO'], [['2024-07-01', 98], ['2024-07-03', 99], ...rising('', '2024-07-05', 30, (day) => !isWeekend(day))]))
        .findings,
    ).toEqual([]);
    const gap = audit(
      tableOf(['NYSE:KO'], [['2024-07-02', 98], ['2024-07-08', 99], ...rising('', '2024-07-09', 30, (day) => !isWeekend(day))]),
    );
    expect(gap.findings).toMatchObject([
      { level: 'warning', code: 'missing_sessions', line: 3, symbol: 'NYSE:KO', date: '2024-07-03', value: 2 },
    ]); // 3 and 5 July
    expect(status(gap, 'missing_sessions')).toBe('warned');
  });

  test('does not let a price on a holiday of New York split a gap of a future', () => {
    const rows: [string, number][] = [['2024-07-02', 98], ['2024-07-04', 99], ...rising('', '2024-07-08', 30, (day) => !isWeekend(day))];
    expect(audit(tableOf(['CME:6E1!'], rows)).findings).toMatchObject([{ code: 'missing_sessions', date: '2024-07-03', value: 2 }]);
  });

  test('counts a gap that ends at a last price on a holiday of New York', () => {
    const found = audit(tableOf(['CME:6E1!'], [...rising('', '2024-06-03', 20, (day) => !isWeekend(day)), ['2024-07-04', 121]])).findings;
    // 19 June is a holiday too; the prices end on 28 June, so 1, 2 and 3 July are missing.
    expect(found).toMatchObject([
      { level: 'error', code: 'missing_sessions_share' },
      { code: 'missing_sessions', date: '2024-07-01', value: 3 },
    ]);
  });

  test('fails a symbol that misses more than 10 % of its sessions, counted between its first and last price only', () => {
    const every = rising('NYSE:KO', '2024-07-08', 20, (day) => !isWeekend(day));
    const without = (...missing: number[]): PriceTable =>
      tableOf(
        ['NYSE:KO'],
        every.map(([date, price], index) => [date, missing.includes(index) ? null : price]),
      );
    expect(audit(without(3, 7)).errors).toBe(0); // 2 of 20
    const three = audit(without(3, 7, 11));
    expect(three.findings).toMatchObject([{ level: 'error', code: 'missing_sessions_share', symbol: 'NYSE:KO', value: 0.15 }]);
    expect(audit(without(0, 1, 2, 3, 4, 18, 19)).findings).toEqual([]); // listed late and delisted early is not a gap
  });

  test('names duplicate and unsorted dates that the reader of the file met, with their lines', () => {
    const defects = [
      { kind: 'duplicate_date', line: 4, date: '2024-07-02' },
      { kind: 'unsorted_date', line: 7, date: '2024-06-28' },
    ] as const;
    const verdict = auditPrices({ files: [fileOf(tableOf(['NYSE:KO'], week), 'a.csv', defects)], asOf: null, range: open, rules: 2 });
    expect(verdict.findings).toMatchObject([
      { level: 'error', code: 'duplicate_date', file: 'a.csv', line: 4, date: '2024-07-02' },
      { level: 'error', code: 'unsorted_date', file: 'a.csv', line: 7, date: '2024-06-28' },
    ]);
    expect(verdict.errors).toBe(2);
  });

  test('names duplicate, unsorted and impossible dates of the table itself', () => {
    const verdict = audit(
      tableOf(
        ['NYSE:KO'],
        [
          ['2024-07-02', 1],
          ['2024-07-02', 2],
          ['2024-07-01', 3],
          ['2024-02-30', 4],
        ],
      ),
    );
    expect(verdict.findings.map(({ code, line }) => [code, line])).toEqual([
      ['duplicate_date', 3],
      ['invalid_date', 5],
      ['unsorted_date', 4],
    ]);
  });

  test.each([
    [0, 'non_positive_price'],
    [-37.63, 'non_positive_price'],
    [Number.POSITIVE_INFINITY, 'non_finite_price'],
  ])('refuses the price %s', (price, code) => {
    const verdict = audit(
      tableOf(
        ['NYMEX:CL1!'],
        [
          ['2024-07-01', 20],
          ['2024-07-02', price],
          ['2024-07-03', 10],
        ],
      ),
    );
    const found = verdict.findings.find((finding) => finding.code === code);
    expect(found).toMatchObject({
      level: 'error',
      line: 3,
      symbol: 'NYMEX:CL1!',
      date: '2024-07-02',
      value: Number.isFinite(price) ? price : null,
    });
    expect(status(verdict, 'prices')).toBe('failed');
  });

  test('refuses a return above 500 % and one of -100 % or worse', () => {
    expect(
      audit(
        tableOf(
          ['NYSE:KO'],
          [
            ['2024-07-01', 1],
            ['2024-07-02', 6],
          ],
        ),
      ).findings,
    ).toEqual([]);
    expect(
      audit(
        tableOf(
          ['NYSE:KO'],
          [
            ['2024-07-01', 1],
            ['2024-07-02', 6.5],
          ],
        ),
      ).findings,
    ).toMatchObject([{ level: 'error', code: 'extreme_return', date: '2024-07-02', value: 5.5 }]);
    const ruin = audit(
      tableOf(
        ['NYMEX:CL1!'],
        [
          ['2024-07-01', 18],
          ['2024-07-02', -36],
        ],
      ),
    );
    expect(ruin.findings.find(({ code }) => code === 'ruinous_return')).toMatchObject({ level: 'error', date: '2024-07-02', value: -3 });
    expect(status(ruin, 'returns')).toBe('failed');
  });

  test('finds a symbol staler than its limit at the as-of date, and only there', () => {
    const table = tableOf(
      ['CRYPTO:BTCUSD', 'NYSE:KO'],
      [
        ['2024-07-01', 1, 1],
        ['2024-07-02', 2, 2],
      ],
    );
    const stale = (asOf: string): (string | null)[] => audit(table, { asOf }).findings.map(({ code, symbol }) => `${code} ${symbol}`);
    expect(stale('2024-07-03')).toEqual([]);
    expect(stale('2024-07-04')).toEqual(['stale CRYPTO:BTCUSD']);
    expect(stale('2024-07-07')).toEqual(['stale CRYPTO:BTCUSD']);
    expect(stale('2024-07-08')).toEqual(['stale CRYPTO:BTCUSD', 'stale NYSE:KO']);
    expect(audit(table, { asOf: '2024-07-08' }).findings[1]).toMatchObject({ level: 'error', line: 3, date: '2024-07-02', value: 6 });
    expect(status(audit(table), 'freshness')).toBe('not_evaluated');
    expect(audit(table, { asOf: '2024-07-08', inactive: ['CRYPTO:BTCUSD'] }).findings.map(({ symbol }) => symbol)).toEqual(['NYSE:KO']);
  });

  test('finds an exchange without a calendar', () => {
    expect(audit(tableOf(['NISE:VOD'], week)).findings).toMatchObject([{ level: 'error', code: 'exchange_unknown', symbol: 'NISE:VOD' }]);
  });

  test('judges only the rows and symbols asked for', () => {
    const table = tableOf(
      ['NISE:VOD', 'NYSE:KO'],
      [
        ['2024-06-30', 1, 1],
        ['2024-07-01', 1, -1],
        ['2024-07-02', 1, 2],
        ['2024-07-03', 1, 3],
        ['2024-07-05', 1, 99],
      ],
    );
    expect(audit(table, { symbols: ['NYSE:KO'], range: { from: '2024-07-02', to: '2024-07-03' } })).toMatchObject({
      errors: 0,
      warnings: 0,
    });
    expect(audit(table, { symbols: ['NYSE:KO'], range: { from: '2024-07-02', to: null } }).findings).toMatchObject([
      { code: 'extreme_return' },
    ]);
    expect(audit(table, { symbols: ['NYSE:KO'], range: { from: '2024-07-02', to: null }, asOf: '2024-07-03' }).findings).toEqual([]);
  });

  test('says the same whatever the order of files and columns', () => {
    const one = fileOf(tableOf(['NYSE:B', 'NYSE:A'], [['2024-07-06', 1, 2]]), 'one.csv');
    const swapped = fileOf(tableOf(['NYSE:A', 'NYSE:B'], [['2024-07-06', 2, 1]]), 'one.csv');
    const two = fileOf(tableOf(['NYSE:C'], [['2024-07-07', 1]]), 'two.csv');
    expect(auditPrices({ files: [two, swapped], asOf: null, range: open, rules: 2 })).toEqual(
      auditPrices({ files: [one, two], asOf: null, range: open, rules: 2 }),
    );
  });

  test('counts every occurrence and lists few, so that a verdict fits into an event', () => {
    const dates = Array.from({ length: 3_000 }, (_, index) => addDays('2015-01-01', index)).filter((date) => isWeekend(dayNumberOf(date)));
    const symbols = Array.from({ length: 60 }, (_, index) => `NYSE:S${index}`);
    const table: PriceTable = { dates, symbols, closes: symbols.map(() => new Float64Array(dates.length).fill(-1)) };
    const verdict = audit(table);
    expect(verdict.errors).toBeGreaterThan(2 * 60 * dates.length - 1);
    for (const code of ['off_calendar_row', 'padding_suspected', 'non_positive_price']) {
      const listed = verdict.findings.filter((finding) => finding.code === code);
      const total = listed.reduce((sum, { count }) => sum + (count ?? 1), 0);
      expect([code, total]).toEqual([code, 60 * (code === 'padding_suspected' ? dates.length - 1 : dates.length)]);
      expect(listed.length).toBe(verdict.policy.findingsPerCodeMax);
    }
    expect(canonicalBytes(verdict).length).toBeLessThan(65_536);
  });
});
