import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { lossesOf } from '../../bench/baseline.ts';
import { benchmarksDocument } from '../../bench/document.ts';
import { median, timingOf } from '../../bench/measure.ts';
import type { Results, Run } from '../../bench/results.ts';

const results = JSON.parse(readFileSync(new URL('../../bench/results.json', import.meta.url), 'utf8')) as Results;

/** The stored run with its HRP of 500 columns taking `factor` times as long. */
function slowed(factor: number): Run {
  const { kernels } = results.newest;
  const timing = kernels.timings.hrp500;
  return {
    ...results.newest,
    kernels: { ...kernels, timings: { ...kernels.timings, hrp500: { ...timing, minMs: timing.minMs * factor } } },
  };
}

describe('the benchmarks', () => {
  test('stand in the documents as they were measured: nobody has edited a figure by hand', () => {
    expect(readFileSync(new URL('../../docs/benchmarks.md', import.meta.url), 'utf8')).toBe(benchmarksDocument(results));
  });

  test('report a figure that has lost more than a fifth, and no other', () => {
    expect(lossesOf(results.newest, results.newest)).toEqual([]);
    expect(lossesOf(results.newest, slowed(1.19))).toEqual([]);
    expect(lossesOf(results.newest, slowed(1.21))).toEqual([expect.stringContaining('hrp500')]);
  });

  test('refuse to compare two machines', () => {
    const other = { ...results.newest, machine: { ...results.newest.machine, cpu: 'another' } };
    expect(() => lossesOf(results.newest, other)).toThrow('another');
  });

  test('give the middle of an odd count and the mean of the two middles of an even one', () => {
    expect(median([9, 1, 4])).toBe(4);
    expect(median([9, 1, 4, 6])).toBe(5);
    expect(timingOf([9, 1, 4], 2)).toEqual({ medianMs: 4, minMs: 1, maxMs: 9, repetitions: 3, warmUps: 2 });
  });
});
