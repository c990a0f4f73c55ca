import { describe, expect, test } from '@jest/globals';
import { selectForSleeve } from '../../../domain/sleeve-selection/job.ts';
import { changedAfter, selectionJob, twelve, twelvePrices } from './sleeves.ts';

const once = { backtest: { dynamic_universe: false } };

describe('the selections of a sleeve', () => {
  const job = selectionJob();
  const found = selectForSleeve(job);

  test('are made again for each window on its training rows alone, and once more for the live weights', () => {
    const { dates } = job.returns;
    const { trainWindow, stepSize } = job.plan;
    expect(found.decisions.map(({ scope }) => scope)).toEqual([...found.decisions.slice(1).map(() => 'window'), 'live']);
    for (const { window, first, newestRead, record } of found.decisions.slice(0, -1)) {
      expect([first, newestRead]).toEqual([dates[window! * stepSize], dates[window! * stepSize + trainWindow - 1]]);
      expect([record.rows, record.asOf]).toEqual([trainWindow, newestRead]);
    }
    expect(found.decisions.at(-1)!.newestRead).toBe(dates.at(-1));
    expect(found.decisions.length).toBeGreaterThan(3);
  });

  test('are one in a sleeve whose universe is static, on the rows of its live weights', () => {
    const { decisions } = selectForSleeve(selectionJob(once));
    expect(decisions.map(({ scope, window }) => [scope, window])).toEqual([['static', null]]);
    expect(decisions[0]!.record).toEqual(found.decisions.at(-1)!.record);
  });

  test('read no price behind their decision: a changed future changes no byte of an earlier one', () => {
    const plant = found.decisions[2]!.newestRead;
    const changed = selectForSleeve(selectionJob({}, [changedAfter(twelvePrices(), plant)]));
    const earlier = found.decisions.filter(({ newestRead }) => newestRead <= plant);
    expect(JSON.stringify(changed.decisions.slice(0, earlier.length))).toBe(JSON.stringify(earlier));
    expect(JSON.stringify(changed.decisions.at(-1))).not.toBe(JSON.stringify(found.decisions.at(-1)));
    expect(earlier.length).toBeGreaterThan(1);
  });

  test('count benchmarks in every cross-section, and never as candidates', () => {
    const { record } = found.decisions[0]!;
    expect(record.symbols).toEqual(['AMEX:SPY', ...twelve]);
    expect([record.candidates, record.standings[0]]).toEqual([12, { kind: 'benchmark' }]);
  });

  test('are the same bytes from a clone of the job, as a worker has it', () => {
    expect(JSON.stringify(selectForSleeve(structuredClone(job)))).toBe(JSON.stringify(found));
  });

  test('fail the run where the live one or more than a quarter of the windows may not be used', () => {
    expect(found.verdict).toBe('usable');
    expect(selectForSleeve(selectionJob({ selection: { min_winners: 12, top_n: 1 } })).verdict).toBe('usable');
    expect(selectForSleeve(selectionJob({ selection: { min_winners: 13 } })).verdict).toBe('failed');
  });
});
