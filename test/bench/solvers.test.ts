import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { solverSection } from '../../bench/document-solvers.ts';
import { growthDrawing } from '../../bench/growth-drawing.ts';
import type { Machine } from '../../bench/machine.ts';
import { measureWithin, timingOf, type Timing } from '../../bench/measure.ts';
import type { Results } from '../../bench/results.ts';
import { dataOf, type SolverCase, solverCases } from '../../bench/solver-cases.ts';
import { solverReturns } from '../../bench/solver-data.ts';
import { fastestOf, gapsOf } from '../../bench/solver-gap.ts';
import type { PeerOutcome, SolverRow, SolverRun } from '../../bench/solver-results.ts';

const results = JSON.parse(readFileSync(new URL('../../bench/results.json', import.meta.url), 'utf8')) as Results;
const drawing = new URL('../../docs/benchmarks-growth.svg', import.meta.url);

const taking = (medianMs: number): Timing => timingOf([medianMs], 1);
const answered = (medianMs: number, gap: number): PeerOutcome => ({ timing: taking(medianMs), gap, failure: null, twoThreads: null });
const unsolved = (failure: string): PeerOutcome => ({ timing: null, gap: null, failure, twoThreads: null });

/** A row of which this side takes 10 ms. */
function row(peers: SolverRow['peers'], of: Partial<SolverRow> = {}): SolverRow {
  const own = { timing: taking(10), gap: 1e-15, failure: null };
  return { solver: 'minVariance', kind: 'fiveFactors', columns: 500, rows: 1000, cap: null, bar: 2, held: 400, own, peers, ...of };
}

const machine: Machine = { cpu: 'a CPU', cores: 2, memoryGigabytes: 8, system: 'Linux', node: '20', v8: '11', load: 0.1 };
const runOf = (rows: readonly SolverRow[]): SolverRun => ({
  measuredAt: '2026-01-01T00:00:00.000Z',
  commit: '0123456789abcdef',
  machine,
  versions: { clarabel: '1' },
  rows,
});

describe('the benchmark of every solver', () => {
  test('stands in the drawing as it was measured, which is there once it was', async () => {
    expect(existsSync(drawing)).toBe(results.solvers !== null);
    const drawn = results.solvers === null ? null : await growthDrawing(results.solvers);
    expect(existsSync(drawing) ? readFileSync(drawing, 'utf8') : null).toBe(drawn);
  });

  test('has every solver on four kinds of data at four sizes, and 2,000 columns beside them', () => {
    const cases = solverCases(false);
    expect(cases).toHaveLength(6 * 4 * 4 + 1);
    expect(cases.filter(({ columns }) => columns === 2000).map(({ bar, peers }) => ({ bar, peers }))).toEqual([
      { bar: 15, peers: ['skfolio'] },
    ]);
    expect(dataOf(cases).filter(({ needsMoments }) => needsMoments)).toHaveLength(16);
  });

  test('draws the same returns again, and near-copies that are near', () => {
    const data = { kind: 'nearCopies', columns: 10, rows: 300 } as const;
    const { values } = solverReturns(data);
    expect(solverReturns(data).values).toEqual(values);
    const first = values.filter((_, at) => at % 10 === 0);
    const second = values.filter((_, at) => at % 10 === 1);
    const largest = Math.max(...first.map(Math.abs));
    expect(Math.max(...first.map((value, at) => Math.abs(value - second[at]!)))).toBeLessThan(0.05 * largest);
    expect(second).not.toEqual(first);
  });

  test('takes the fastest among the peers that come as near to the optimum as any', () => {
    const peers = { clarabel: answered(30, 1e-10), skfolio: answered(20, 1e-5), riskfolio: answered(40, 0) };
    expect(fastestOf(row(peers), ({ timing }) => timing)?.peer).toBe('clarabel');
    expect(fastestOf(row({ skfolio: answered(20, 1e-5) }), ({ timing }) => timing)).toBeNull();
  });

  test('measures gaps from the best answer, each solver by its own criterion', () => {
    const moments = { columns: ['A', 'B'], covariance: Float64Array.of(1, 0, 0, 4), means: Float64Array.of(1, 1) };
    const gaps = (solver: SolverCase['solver'], ...answers: number[][]): number[] => gapsOf({ solver, cap: null }, answers, () => moments);
    expect(gaps('minVariance', [0.8, 0.2], [1, 0])).toEqual([0, expect.closeTo(0.25, 12)]);
    expect(gaps('maxSharpe', [1, 0], [0.8, 0.2])).toEqual([expect.closeTo(Math.sqrt(1.25) - 1, 12), 0]);
    expect(gaps('equalRisk', [2 / 3, 1 / 3], [0.5, 0.5])).toEqual([expect.closeTo(0, 12), expect.closeTo(0.6, 12)]);
    expect(gaps('hrp', [0.8, 0.2], [0.7, 0.3])).toEqual([expect.closeTo(0.1, 12), expect.closeTo(0.1, 12)]);
  });

  test('says of each row who was fastest, what the bar made of it, and why a peer has no time', () => {
    const text = solverSection(
      runOf([
        row({ clarabel: { ...answered(25, 1e-10), twoThreads: taking(15) }, skfolio: answered(5, 1e-3) }),
        row({ clarabel: answered(19, 1e-10), riskfolio: unsolved('> 60 s') }, { kind: 'oneFactor' }),
        row({ clarabel: unsolved('MaxIterations') }, { kind: 'independent' }),
        row({ clarabel: answered(40, 1e-10) }, { kind: 'nearCopies', own: { timing: null, gap: null, failure: 'no solution' } }),
        row({ clarabel: answered(15, 1e-10) }, { solver: 'minVarianceCapped', cap: 0.05 }),
      ]),
    );
    const line = (part: string): string | undefined => text.split('\n').find((one) => one.includes(part));
    expect(text).toContain('1 of 5 rows meet their bar, 3 miss it, 1 have no peer that solves them.');
    expect(line('| five factors, n = 500 |')).toContain('| *5.00 ms (1e-3)* |');
    expect(line('| five factors, n = 500 |')).toContain('| Clarabel | **2.5x** | 2x: met | 1.5x |');
    expect(line('| one factor, n = 500 |')).toContain('> 60 s | Clarabel | **1.9x** | 2x: missed |');
    expect(line('| independent, n = 500 |')).toContain('no peer');
    expect(line('| near-copies, n = 500 |')).toContain('no solution');
    expect(line('| near-copies, n = 500 |')).toContain('2x: missed');
    expect(line('| minimum variance, five factors, n = 500, cap 5 % |')).toContain('| 1.5x | 2x: missed |');
  });

  test('draws a panel for each solver, the same again, and nothing that a page could run', async () => {
    const run = runOf([20, 100].map((columns) => row({ clarabel: answered(columns, 0) }, { columns })));
    const svg = await growthDrawing(run);
    expect(await growthDrawing(run)).toBe(svg);
    for (const title of ['minimum variance', 'maximum Sharpe', 'equal risk contribution', 'HRP', 'fastest peer'])
      expect(svg).toContain(`>${title}<`);
    expect(svg).not.toMatch(/<script|<style|class=|ecmeta|zr\d/);
  });

  test('repeats quick work a hundred times, and gives the last answer', () => {
    let calls = 0;
    const { timing, result } = measureWithin(() => ++calls);
    expect(timing.repetitions).toBe(100);
    expect(result).toBe(timing.warmUps + 100);
  });
});
