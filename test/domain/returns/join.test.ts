import { describe, expect, test } from '@jest/globals';
import { dayNumberOf, isWeekend } from '../../../domain/returns/days.ts';
import { auditJoined, type JoinSource } from '../../../domain/returns/join-audit.ts';
import { joinReturns, joinStatisticsOf, type NamedSeries } from '../../../domain/returns/join.ts';
import { columnOf } from '../../../domain/returns/matrix.ts';
import { joinStatisticsSchema, joinVerdictSchema } from '../../../domain/returns/schemas.ts';
import golden from '../../golden/returns/crypto-meta.json' with { type: 'json' };

const daily = golden.daily;
const long: NamedSeries = { id: 'long', series: { dates: daily.dates, values: Float64Array.from(daily.long_all) } };
const short: NamedSeries = { id: 'short', series: { dates: daily.dates, values: Float64Array.from(daily.short_all) } };
const weekdays = daily.dates.filter((date) => !isWeekend(dayNumberOf(date)));
const stocks: NamedSeries = { id: 'stocks', series: { dates: weekdays, values: new Float64Array(weekdays.length).fill(0.001) } };

const compound = { policy: 'compound' } as const;
const drop = { policy: 'drop' } as const;

function slice({ id, series }: NamedSeries, from: number, end?: number): NamedSeries {
  return { id, series: { dates: series.dates.slice(from, end), values: series.values.slice(from, end) } };
}

describe('joining sleeves on common dates', () => {
  test('compounds weekends into the next common date, as pandas does', () => {
    const joined = joinReturns([stocks, short, long], compound);
    expect(joined.matrix.columns).toEqual(['long', 'short', 'stocks']);
    expect(joined.matrix.dates).toEqual(golden.weekdayCompounded.dates);
    columnOf(joined.matrix, 0).values.forEach((value, row) => expect(value).toBeCloseTo(golden.weekdayCompounded.long_all[row]!, 13));
    columnOf(joined.matrix, 1).values.forEach((value, row) => expect(value).toBeCloseTo(golden.weekdayCompounded.short_all[row]!, 13));
    expect([...columnOf(joined.matrix, 2).values]).toEqual([...stocks.series.values]);
  });

  test('reports rows and totals before, inside and after (+35.1 % kept, -33.6 % when weekends are dropped)', () => {
    const kept = joinReturns([long, stocks], compound).sleeves[0]!;
    expect(kept).toMatchObject({
      id: 'long',
      rowsBefore: 190,
      rowsInside: 190,
      rowsAfter: 136,
      rowsMergedInside: 54,
      rowsLostEdgeBefore: 0,
      rowsLostEdgeAfter: 0,
      pnlLostEdge: 0,
    });
    expect(kept.totalBefore).toBeCloseTo(0.351057, 6);
    expect(kept.totalAfter).toBeCloseTo(0.351057, 6);
    expect(Math.abs(kept.pnlLostInside)).toBeLessThan(1e-9);

    const cut = joinReturns([long, short, stocks], drop);
    expect(cut.sleeves[0]!.totalAfter).toBeCloseTo(-0.335899, 6);
    expect(cut.sleeves[1]!.totalAfter).toBeCloseTo(-0.162055, 6);
    expect(cut.sleeves[0]!.pnlLostInside).toBeCloseTo(1.351057 / (1 - 0.335899) - 1, 5);
    expect(cut.sleeves[0]!.pnlLost).toBe(cut.sleeves[0]!.pnlLostInside);
    expect(cut.sleeves[2]!.pnlLost).toBe(0);
  });

  test('cuts the edges, keeps them apart, and gives the first common row its own day only', () => {
    const late = slice(stocks, 10, 110);
    const joined = joinReturns([long, late], compound);
    const first = daily.dates.indexOf(joined.first);
    expect(joined.first).toBe(late.series.dates[0]);
    expect(isWeekend(dayNumberOf(joined.first) - 1)).toBe(false);
    expect(columnOf(joined.matrix, 0).values[0]).toBe(daily.long_all[first]);
    const sleeve = joined.sleeves[0]!;
    const last = daily.dates.indexOf(joined.last);
    expect(sleeve).toMatchObject({
      rowsLostEdgeBefore: first,
      rowsLostEdgeAfter: 189 - last,
      rowsInside: last - first + 1,
      rowsAfter: 100,
    });
    expect(sleeve.rowsLostEdgeBefore + sleeve.rowsInside + sleeve.rowsLostEdgeAfter).toBe(sleeve.rowsBefore);
    const edge =
      [...daily.long_all.slice(0, first), ...daily.long_all.slice(last + 1)].reduce((wealth, value) => wealth * (1 + value), 1) - 1;
    expect(sleeve.pnlLostEdge).toBeCloseTo(edge, 12);
    expect(sleeve.pnlLost).toBeCloseTo(edge, 12);
  });

  test('a first common row on a Monday does not take the weekend before it', () => {
    const monday = weekdays.findIndex((date) => isWeekend(dayNumberOf(date) - 1));
    const joined = joinReturns([long, slice(stocks, monday)], compound);
    expect(columnOf(joined.matrix, 0).values[0]).toBe(daily.long_all[daily.dates.indexOf(weekdays[monday]!)]);
  });

  test('is plain JSON without its matrix', () => {
    const statistics = joinStatisticsOf(joinReturns([long, stocks], drop));
    expect(joinStatisticsSchema.parse(statistics)).toEqual(statistics);
    expect(statistics).not.toHaveProperty('matrix');
  });

  test('refuses fewer than 60 common rows and shows who had what', () => {
    expect(joinReturns([long, slice(stocks, 0, 60)], compound).rows).toBe(60);
    expect(() => joinReturns([long, slice(stocks, 0, 59)], compound)).toThrow(
      expect.objectContaining({
        code: 'OverlapTooShort',
        message: expect.stringContaining('59 dates'),
        evidence: expect.objectContaining({
          rows: 59,
          rowsMin: 60,
          sleeves: [expect.objectContaining({ id: 'long', rows: 190 }), expect.objectContaining({ id: 'stocks', rows: 59 })],
        }),
      }),
    );
    expect(() => joinReturns([long, slice(stocks, 0, 0)], drop)).toThrow(
      expect.objectContaining({ code: 'OverlapTooShort', message: expect.stringContaining('stocks is empty') }),
    );
  });

  test('refuses bankruptcy, disorder, non-finite returns and a sleeve named twice', () => {
    const spoilt = (row: number, value: number): NamedSeries => {
      const values = long.series.values.slice();
      values[row] = value;
      return { id: 'long', series: { dates: daily.dates, values } };
    };
    expect(() => joinReturns([spoilt(3, -1), stocks], compound)).toThrow(
      expect.objectContaining({ code: 'Bankruptcy', message: expect.stringContaining(daily.dates[3]!) }),
    );
    expect(() => joinReturns([spoilt(3, Number.NaN), stocks], drop)).toThrow(
      expect.objectContaining({ code: 'IntegrityFailed', evidence: { id: 'long', date: daily.dates[3] } }),
    );
    const unsorted: NamedSeries = { id: 'x', series: { dates: [...daily.dates].toReversed(), values: long.series.values } };
    expect(() => joinReturns([unsorted, stocks], drop)).toThrow(expect.objectContaining({ code: 'IntegrityFailed' }));
    expect(() => joinReturns([long, long], drop)).toThrow(expect.objectContaining({ code: 'Internal' }));
  });
});

const codes = (input: Parameters<typeof auditJoined>[0]): string[] => auditJoined(input).findings.map(({ code }) => code);

describe('the audit of a joined matrix', () => {
  const sources: JoinSource[] = [
    { ...long, calendars: ['XCRY'] },
    { ...stocks, calendars: ['XNYS'] },
  ];
  const { matrix } = joinReturns(sources, compound);

  test('passes what the join made, and does not claim wealth for `drop`', () => {
    const verdict = auditJoined({ matrix, policy: 'compound', sources });
    expect(joinVerdictSchema.parse(verdict)).toEqual(verdict);
    expect(verdict).toMatchObject({
      errors: 0,
      checks: [
        { status: 'passed', checked: 136 },
        { status: 'passed', checked: 136 },
        { status: 'passed', checked: 2 },
      ],
    });
    const dropped = auditJoined({ matrix: joinReturns(sources, drop).matrix, policy: 'drop', sources });
    expect(dropped.checks[2]).toEqual({ name: 'wealth', status: 'not_evaluated', checked: 0 });
  });

  test('finds wealth that changed', () => {
    expect(codes({ matrix: joinReturns(sources, drop).matrix, policy: 'compound', sources })).toEqual(['wealth_changed']);
    const values = matrix.values.slice();
    values[20]! += 3e-9;
    expect(codes({ matrix: { ...matrix, values }, policy: 'compound', sources })).toEqual(['wealth_changed']);
    expect(codes({ matrix: { ...matrix, columns: ['long', 'other'] }, policy: 'compound', sources })).toEqual(['wealth_changed']);
  });

  test('finds a date that is not common and a common date that is absent', () => {
    const dates = matrix.dates.map((date, row) => (row === 40 ? '2025-09-06' : date));
    expect(codes({ matrix: { ...matrix, dates }, policy: 'drop', sources })).toEqual([
      'common_date_missing',
      'date_not_common',
      'weekend_row',
    ]);
  });

  test('wants weekends exactly when every calendar trades on them', () => {
    const around: JoinSource[] = [
      { ...long, calendars: ['XCRY'] },
      { ...short, calendars: ['XCRY'] },
    ];
    const all = joinReturns(around, compound).matrix;
    expect(codes({ matrix: all, policy: 'compound', sources: around })).toEqual([]);
    expect(codes({ matrix: all, policy: 'compound', sources: [around[0]!, { ...around[1]!, calendars: ['XCRY', 'CMES'] }] })).toContain(
      'weekend_row',
    );
    expect(codes({ matrix, policy: 'compound', sources: sources.map((source) => ({ ...source, calendars: ['XCRY'] })) })).toEqual([
      'weekends_missing',
    ]);
  });

  test('says that nothing was evaluated for an empty matrix', () => {
    const verdict = auditJoined({ matrix: { dates: [], columns: [], values: new Float64Array() }, policy: 'compound', sources: [] });
    expect(verdict.checks.map(({ status }) => status)).toEqual(['not_evaluated', 'not_evaluated', 'not_evaluated']);
  });
});
