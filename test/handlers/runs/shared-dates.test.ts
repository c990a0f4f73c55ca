import { expect, test } from '@jest/globals';
import type { DeliveredRun } from '../../../domain/run/delivered-run.ts';
import { SharedDates } from '../../../handlers/runs/shared-dates.ts';

const run = (sleeve: string, dates: readonly string[]): DeliveredRun => ({
  runId: `${sleeve}-run`,
  sleeve,
  profile: sleeve,
  asOf: '2024-01-05',
  dataEnd: { date: '2024-01-05', shortenedBy: [] },
  freshUntil: '2024-01-05',
  correction: 0,
  eligibility: 'CERTIFIED',
  currency: 'USD',
  currencyTreatment: null,
  calendars: ['XNYS'],
  parityLeaves: {},
  unstated: [],
  selectionMode: null,
  artifacts: [],
  streams: new Map([
    ['hrp', { series: { dates: [...dates], values: new Float64Array(dates.length) }, weights: null, partialRows: 0, sha256: 'a' }],
  ]),
});
const datesOf = (delivered: DeliveredRun): readonly string[] => delivered.streams.get('hrp')!.series.dates;
const week = ['2024-01-02', '2024-01-03', '2024-01-05'];

test('runs on the same dates share one list, and are otherwise what they were', () => {
  const shared = new SharedDates();
  const [one, two] = [shared.of(run('one', week)), shared.of(run('two', week))];
  expect(datesOf(one)).toBe(datesOf(two));
  expect(two).toEqual(run('two', week));
});

test('other dates of the same number, beginning and end are another list', () => {
  const shared = new SharedDates();
  shared.of(run('one', week));
  const other = ['2024-01-02', '2024-01-04', '2024-01-05'];
  expect(datesOf(shared.of(run('two', other)))).toEqual(other);
  expect(datesOf(shared.of(run('three', week)))).toEqual(week);
});

test('lists of former days are let go', () => {
  const shared = new SharedDates();
  const first = datesOf(shared.of(run('one', week)));
  for (let day = 10; day < 10 + 100; day++) shared.of(run('one', [...week, `2024-${day}`]));
  expect(datesOf(shared.of(run('two', week)))).not.toBe(first);
});
