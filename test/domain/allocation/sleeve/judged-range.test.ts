/**
 * What a run does not use stops nothing: rows before its lookback, in years without a calendar even, a benchmark that it cannot hold, and
 * symbols that their coverage drops all ended runs.
 */
import { describe, expect, test } from '@jest/globals';
import { allocateSleeve, type SleeveAllocation } from '../../../../domain/allocation/sleeve/allocation.ts';
import type { PriceFile } from '../../../../domain/returns/price-file.ts';
import type { SleeveRunOptions } from '../../../../domain/allocation/sleeve/options.ts';
import { input, prices, stocks, symbols } from './stocks.ts';

const lookback = stocks(({ defaults }) => (defaults['data']!['lookback_days'] = 60));

/** The file with rows before its own, which every symbol has at the price given. */
function after(dates: readonly string[], price = 50): PriceFile {
  const file = prices();
  const { table } = file;
  const closes = table.closes.map((series) => Float64Array.of(...dates.map(() => price), ...series));
  return { ...file, table: { ...table, dates: [...dates, ...table.dates], closes } };
}

function withColumn(symbol: string, change: (price: number, row: number, rows: number) => number): PriceFile {
  const file = prices();
  const column = file.table.symbols.indexOf(symbol);
  const closes = file.table.closes.map((series, index) =>
    index === column ? series.map((price, row) => change(price, row, series.length)) : series,
  );
  return { ...file, table: { ...file.table, closes } };
}

const run = (file: PriceFile, options: Partial<SleeveRunOptions> = {}, rules = 2): SleeveAllocation =>
  allocateSleeve({ ...input([file], options, lookback), rules });

describe('rows before the lookback of a run', () => {
  const old = ['1912-02-30', '1929-10-29', '1962-01-02', '2022-03-05'];

  test('are not judged, and the verdict says how many there are', () => {
    const allocation = run(after(old));
    expect([allocation.grading.grade, allocation.verdict.errors]).toEqual(['CERTIFIED', 0]);
    const rows = prices().table.dates.length + old.length - 60;
    expect(allocation.verdict.notJudged).toEqual({ rows, defects: 0 });
    expect(allocation.formed!.grid.grid.rows).toBe(60);
  });

  test('are left alone by the repair too', () => {
    expect(run(after(old), { repair: 'drop-off-calendar' }).repaired.map(({ date }) => date)).toEqual(
      Array.from({ length: 4 }, () => '2022-03-05'),
    );
  });

  test('counted as errors under rules 1, as they were recorded', () => {
    const { verdict, grading } = run(after(['1962-01-02']), {}, 1);
    expect([grading.grade, grading.finding.reasons]).toEqual(['INELIGIBLE', ['integrity: integrity audit failed', expect.any(String)]]);
    expect(verdict.findings).toMatchObject([
      { code: 'invalid_date', line: 2, message: '"1962-01-02" is no date that the calendars cover' },
    ]);
    expect(verdict).not.toHaveProperty('notJudged');
  });

  test('end the run where it uses them, with file, line and advice', () => {
    const { verdict, grading } = run(after(['1912-02-30']), { from: '1900-01-01' });
    expect(grading.grade).toBe('INELIGIBLE');
    expect(verdict.findings[0]).toMatchObject({ code: 'invalid_date', file: 'stocks.csv', line: 2, date: '1912-02-30' });
    expect(verdict.findings[0]!.message).toContain('a later --from or a smaller data.lookback_days');
  });

  test('may be out of order or stand twice, and count once they are used', () => {
    const file = prices();
    const { dates } = file.table;
    const defects = (row: number): PriceFile => ({
      ...file,
      lines: dates.map((_, index) => index + 2 + (index === row ? dates.length : 0)),
      defects: [
        { kind: 'unsorted_date', line: row + 2 + dates.length, date: dates[row]! },
        { kind: 'duplicate_date', line: 9_000, date: dates[row]! },
      ],
    });
    expect(run(defects(5)).verdict).toMatchObject({ errors: 0, notJudged: { defects: 2 } });
    expect(run(defects(5)).grading.grade).toBe('CERTIFIED');
    const used = run(defects(dates.length - 5)).verdict;
    expect(used.findings.map(({ code }) => code)).toEqual(['duplicate_date', 'unsorted_date']);
  });

  test('do not bring later rows out of order: a stray row at the head of a file is the only one out of place', () => {
    const file = prices();
    const { dates } = file.table;
    // The newest row stood first in the file: the reader found every other row earlier than it.
    const lines = dates.map((_, row) => (row === dates.length - 1 ? 2 : row + 3));
    const defects = dates.slice(0, -1).map((date, row) => ({ kind: 'unsorted_date' as const, line: row + 3, date }));
    expect(run({ ...file, lines, defects }).verdict.errors).toBe(59);
    expect(run({ ...file, lines, defects }, { asOf: dates.at(-2)! }).verdict.errors).toBe(0);
  });
});

const marketOf = ({ formed }: SleeveAllocation) => formed!.profiles.at(-1);

describe('a benchmark that is not held', () => {
  test.each([
    [
      'ends early',
      (price: number, row: number, rows: number) => (row > rows - 20 ? Number.NaN : price),
      /no price on 19 of the 60 grid dates/,
    ],
    ['has gaps', (price: number, row: number) => (row % 3 === 0 ? Number.NaN : price), /no price on \d+ of the 60 grid dates/],
    [
      'has an impossible price',
      (price: number, row: number, rows: number) => (row === rows - 5 ? -1 : price),
      /non_positive_price: the price of AMEX:SPY/,
    ],
    [
      'multiplies by ten',
      (price: number, row: number, rows: number) => (row > rows - 5 ? price * 10 : price),
      /extreme_return: the return of AMEX:SPY/,
    ],
  ])('stops nothing but market where it %s', (_what, change, reason) => {
    const allocation = run(withColumn('AMEX:SPY', change), { asOf: '2022-12-30' });
    expect(allocation.verdict.errors).toBe(0);
    expect(allocation.verdict.warnings).toBeGreaterThan(0);
    expect(allocation.formed!.profiles.map(({ status }) => status)).toEqual(['solved', 'solved', 'absent']);
    expect(marketOf(allocation)).toMatchObject({ risk: 'market', reason: expect.stringMatching(reason) });
  });

  test('stopped the run under rules 1', () => {
    const late = withColumn('AMEX:SPY', (price, row, rows) => (row > rows - 20 ? Number.NaN : price));
    expect(run(late, { asOf: '2022-12-30' }, 1).grading.grade).toBe('INELIGIBLE');
  });

  test('is judged like any other where the sleeve may hold it', () => {
    const late = withColumn('AMEX:SPY', (price, row, rows) => (row > rows - 15 ? Number.NaN : price));
    const held = run(late, { asOf: '2022-12-30', symbols });
    expect(held.grading.grade).toBe('INELIGIBLE');
    expect(held.verdict.findings).toMatchObject([{ level: 'error', code: 'stale', symbol: 'AMEX:SPY' }]);
  });
});

describe('a symbol that its coverage drops', () => {
  const sparse = withColumn('NYSE:AAA', (price, row) => (row % 2 === 0 ? Number.NaN : price));

  test('is listed with its share and stops nothing', () => {
    const { formed, verdict, grading } = run(sparse);
    expect([grading.grade, verdict.errors]).toEqual(['CERTIFIED', 0]);
    expect(formed!.grid.dropped).toMatchObject([{ symbol: 'NYSE:AAA', coverage: 0.5 }]);
  });

  test('stopped the run by its gaps under rules 1', () => {
    expect(run(sparse, {}, 1).verdict.findings).toContainEqual(
      expect.objectContaining({ code: 'missing_sessions_share', symbol: 'NYSE:AAA' }),
    );
  });

  test('still stops it where its coverage is kept and more than a tenth of its sessions is missing', () => {
    const { grading, verdict } = run(withColumn('NYSE:AAA', (price, row) => (row % 5 === 0 ? Number.NaN : price)));
    expect(grading.grade).toBe('INELIGIBLE');
    expect(grading.finding.reasons[0]).toContain('missing_sessions_share: NYSE:AAA misses');
    expect(verdict.errors).toBe(1);
  });
});
