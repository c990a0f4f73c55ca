import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { EventStore } from '../../../../handlers/ports/ports.ts';
import { meteredStore } from '../../../../handlers/runtime/observability/metered-store.ts';
import { metricDefinitions } from '../../../../handlers/runtime/observability/metrics.ts';
import { silentMetrics, silentTracer, timed } from '../../../../handlers/runtime/observability/telemetry.ts';

let nowMs: number;
let observed: unknown[][];
const metrics = { ...silentMetrics, observe: (...given: unknown[]) => void observed.push(given) };

beforeEach(() => {
  nowMs = 1_000;
  observed = [];
  jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
});

afterEach(() => {
  jest.restoreAllMocks();
});

/** Takes a quarter of a second, and then does as it is told. */
const taking =
  (outcome: () => unknown) =>
  async (...given: unknown[]): Promise<unknown> => {
    nowMs += 250;
    return [outcome(), ...given];
  };

const fail = (): never => {
  throw new Error('no room');
};

describe('a store whose appends are measured', () => {
  test('measures them in seconds, whether they succeed or not', async () => {
    const store = meteredStore({ append: taking(() => 'stored') } as unknown as EventStore, metrics);
    expect(await store.append('s', [], { expectedRevision: 'none' })).toEqual(['stored', 's', [], { expectedRevision: 'none' }]);
    const full = meteredStore({ append: taking(fail) } as unknown as EventStore, metrics);
    await expect(full.append('s', [], { expectedRevision: 'none' })).rejects.toThrow('no room');
    expect(observed).toEqual([
      ['sleeve_ledger_append_seconds', 0.25],
      ['sleeve_ledger_append_seconds', 0.25],
    ]);
  });

  test('does everything else as before', () => {
    const names = ['readStream', 'readAll', 'subscribeAll', 'head', 'newest', 'comparePositions', 'close'] as const;
    const plain = Object.fromEntries(names.map((name) => [name, (...given: unknown[]) => [name, ...given]])) as unknown as EventStore;
    const store = meteredStore(plain, metrics) as unknown as Record<string, (...given: unknown[]) => unknown>;
    const given: Record<string, readonly unknown[]> = {
      readStream: ['s', 1],
      readAll: [1],
      subscribeAll: [1],
      comparePositions: ['1', '2'],
    };
    for (const name of names) expect(store[name]!(...(given[name] ?? []))).toEqual([name, ...(given[name] ?? [])]);
    expect(observed).toEqual([]);
  });
});

test('a computation is measured in seconds, whether it succeeds or not', async () => {
  expect(
    await timed(
      metrics,
      'm',
      taking(() => 'done'),
    ),
  ).toEqual(['done']);
  await expect(timed(metrics, 'n', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(observed).toEqual([
    ['m', 0.25],
    ['n', 0],
  ]);
});

test('where nobody listens, work is done all the same', async () => {
  expect(await silentTracer.span('name', { traceId: 'a' }, async () => 7)).toBe(7);
  await silentTracer.close();
  expect([silentMetrics.count('a'), silentMetrics.set('a', 1), silentMetrics.observe('a', 1)]).toEqual([undefined, undefined, undefined]);
});

describe('the metrics', () => {
  test.each(Object.entries(metricDefinitions))('%s is named and labelled so that its series are bounded', (name, definition) => {
    expect(name).toMatch(/^sleeve_ledger_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(definition.kind === 'counter');
    expect(name.endsWith('_seconds')).toBe(definition.kind === 'histogram');
    expect(definition.meaning).toMatch(/^[A-Z1`].+\.$/);
    // No label carries a run, a sleeve or a portfolio.
    for (const label of Object.keys(definition.labels))
      expect(['version', 'outcome', 'partition', 'decision', 'projection']).toContain(label);
    if (definition.kind !== 'histogram') return;
    const bounds: readonly number[] = definition.buckets;
    expect(bounds).toEqual(bounds.toSorted((left, right) => left - right));
    expect(new Set(bounds).size).toBe(bounds.length);
  });

  test('have the buckets of the documentation', () => {
    const work = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
    expect(metricDefinitions.sleeve_ledger_append_seconds.buckets).toEqual(work);
    expect(metricDefinitions.sleeve_ledger_solve_seconds.buckets).toEqual(work);
    expect(metricDefinitions.sleeve_ledger_reaction_seconds.buckets).toEqual([
      0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600,
    ]);
  });
});
