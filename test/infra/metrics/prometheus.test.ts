import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { metricDefinitions } from '../../../handlers/runtime/observability/metrics.ts';
import { createMetrics, type PrometheusMetrics } from '../../../infra/metrics/prometheus.ts';
import { filesBelow } from '../../support/files-below.ts';
import { refusalOf } from '../../support/refusal.ts';

/** Samples by series, read by the rules of the Prometheus text format 0.0.4: an oracle that shares nothing with prom-client. */
function samplesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, series, value] =
        /^([a-zA-Z_:][a-zA-Z0-9_:]*(?:\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\.)*",?)*\})?) (\S+)$/.exec(line) ?? [];
      if (series === undefined) throw new Error(`no sample: ${line}`);
      return [series, Number(value!.replace('Nan', 'NaN').replace('+Inf', 'Infinity'))];
    }),
  );
}

describe('the metrics', () => {
  test('are exposed with help and type, in lines that the text format allows', async () => {
    const metrics = createMetrics(metricDefinitions);
    metrics.set('sleeve_ledger_build_info', 1, { version: '1.2.3 "quoted"\nline' });
    const text = await metrics.exposition();
    expect(metrics.contentType).toContain('version=0.0.4');
    expect(() => samplesOf(text)).not.toThrow();
    for (const [name, { kind }] of Object.entries(metricDefinitions)) expect(text).toContain(`# TYPE ${name} ${kind}\n`);
    expect(samplesOf(text).get('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
  });

  test('read zero before anything happened, each listed label value included', async () => {
    const samples = samplesOf(await createMetrics(metricDefinitions).exposition());
    expect(samples.get('sleeve_ledger_dead_letters_open')).toBe(0);
    expect(samples.get('sleeve_ledger_results_total{outcome="rejected"}')).toBe(0);
    expect(samples.get('sleeve_ledger_decisions_total{decision="published"}')).toBe(0);
  });

  test('count, are set, and fill cumulative buckets', async () => {
    const metrics = createMetrics(metricDefinitions);
    metrics.count('sleeve_ledger_results_total', 1, { outcome: 'accepted' });
    metrics.count('sleeve_ledger_results_total', 2, { outcome: 'accepted' });
    metrics.set('sleeve_ledger_consumer_lag_messages', 7, { partition: '3' });
    metrics.set('sleeve_ledger_consumer_lag_messages', 5, { partition: '3' });
    for (const seconds of [0.004, 0.02, 0.02, 100]) metrics.observe('sleeve_ledger_append_seconds', seconds);
    const samples = samplesOf(await metrics.exposition());
    expect(samples.get('sleeve_ledger_results_total{outcome="accepted"}')).toBe(3);
    expect(samples.get('sleeve_ledger_consumer_lag_messages{partition="3"}')).toBe(5);
    expect(samples.get('sleeve_ledger_append_seconds_bucket{le="0.0025"}')).toBe(0);
    expect(samples.get('sleeve_ledger_append_seconds_bucket{le="0.005"}')).toBe(1);
    expect(samples.get('sleeve_ledger_append_seconds_bucket{le="0.025"}')).toBe(3);
    expect(samples.get('sleeve_ledger_append_seconds_bucket{le="30"}')).toBe(3);
    expect(samples.get('sleeve_ledger_append_seconds_bucket{le="+Inf"}')).toBe(4);
    expect(samples.get('sleeve_ledger_append_seconds_sum')).toBeCloseTo(100.044, 9);
  });

  test.each<[string, (metrics: ReturnType<typeof createMetrics>) => void]>([
    ['a name that is not listed', (metrics) => metrics.count('sleeve_ledger_typo_total')],
    ['the name of an inherited member', (metrics) => metrics.count('constructor')],
    ['a missing label', (metrics) => metrics.count('sleeve_ledger_results_total')],
    ['another label', (metrics) => metrics.set('sleeve_ledger_dead_letters_open', 1, { run: 'r' })],
    ['a label value that is not listed', (metrics) => metrics.count('sleeve_ledger_results_total', 1, { outcome: 'lost' })],
    ['a counter that goes down', (metrics) => metrics.count('sleeve_ledger_publications_relayed_total', -1)],
    ['a value that is not a number', (metrics) => metrics.set('sleeve_ledger_dead_letters_open', Number.NaN)],
    ['counting a gauge', (metrics) => metrics.count('sleeve_ledger_dead_letters_open')],
    ['setting a counter', (metrics) => metrics.set('sleeve_ledger_publications_relayed_total', 1)],
    ['observing a gauge', (metrics) => metrics.observe('sleeve_ledger_dead_letters_open', 1)],
  ])('refuse %s as a fault of ours', (_what, use) => {
    const metrics = createMetrics(metricDefinitions);
    expect(() => use(metrics)).toThrow(expect.objectContaining({ code: 'Internal' }));
  });

  const labelled = { results: { kind: 'counter', labels: { outcome: ['a', 'b'], where: null }, meaning: 'Results.' } } as const;
  const unlabelled = { seconds: { kind: 'histogram', labels: {}, buckets: [1, 2], meaning: 'Seconds.' } } as const;
  test.each<[string, object]>([
    ['the registry does not list it', { name: 'typo', use: (metrics: PrometheusMetrics) => metrics.count('typo'), more: {} }],
    [
      'its value is not a number',
      { name: 'seconds', use: (metrics: PrometheusMetrics) => metrics.observe('seconds', Infinity), more: { value: 'Infinity' } },
    ],
    [
      'its labels differ from those of the registry',
      {
        name: 'results',
        use: (metrics: PrometheusMetrics) => metrics.count('results', 1, { outcome: 'a', other: 'x' }),
        more: { given: ['outcome', 'other'], expected: ['outcome', 'where'] },
      },
    ],
    [
      'its labels differ from those of the registry',
      {
        name: 'seconds',
        use: (metrics: PrometheusMetrics) => metrics.observe('seconds', 1, { x: 'y' }),
        more: { given: ['x'], expected: [] },
      },
    ],
    [
      'its labels differ from those of the registry',
      {
        name: 'results',
        use: (metrics: PrometheusMetrics) => metrics.count('results', 1, { outcome: 'a' }),
        more: { given: ['outcome'], expected: ['outcome', 'where'] },
      },
    ],
    [
      'a label has a value that the registry does not list',
      {
        name: 'results',
        use: (metrics: PrometheusMetrics) => metrics.count('results', 1, { outcome: 'c', where: 'x' }),
        more: { label: 'outcome', value: 'c', allowed: ['a', 'b'] },
      },
    ],
    [
      'only counters are counted, and never down',
      { name: 'seconds', use: (metrics: PrometheusMetrics) => metrics.count('seconds'), more: { by: 1 } },
    ],
    [
      'only counters are counted, and never down',
      {
        name: 'results',
        use: (metrics: PrometheusMetrics) => metrics.count('results', -0.5, { outcome: 'a', where: 'x' }),
        more: { by: -0.5 },
      },
    ],
    ['only gauges are set', { name: 'seconds', use: (metrics: PrometheusMetrics) => metrics.set('seconds', 1), more: {} }],
    [
      'only histograms observe',
      { name: 'results', use: (metrics: PrometheusMetrics) => metrics.observe('results', 1, { outcome: 'a', where: 'x' }), more: {} },
    ],
  ])('say when they refuse that %s (%#)', (why, given) => {
    const { name, use, more } = given as { name: string; use: (metrics: PrometheusMetrics) => void; more: object };
    const refusal = refusalOf(() => use(createMetrics({ ...labelled, ...unlabelled })));
    expect([refusal.code, refusal.message, refusal.evidence]).toEqual(['Internal', `a metric was refused: ${why}`, { name, ...more }]);
  });

  test('refuse a histogram without buckets', () => {
    const refusal = refusalOf(() => createMetrics({ seconds: { kind: 'histogram', labels: {}, meaning: 'Seconds.' } }));
    expect([refusal.message, refusal.evidence]).toEqual(['a metric was refused: a histogram without buckets', { name: 'seconds' }]);
  });

  test('show each by its help, its kind and its samples, whole', async () => {
    const metrics = createMetrics({ ...labelled, ...unlabelled, level: { kind: 'gauge', labels: { of: null }, meaning: 'Level.' } });
    metrics.count('results', 0, { outcome: 'b', where: 'x' });
    metrics.count('results', undefined, { where: 'y', outcome: 'a' });
    metrics.observe('seconds', 1.5);
    metrics.set('level', -3, { of: 'z' });
    const own = (await metrics.exposition()).split('\n\n').filter((part) => /^# HELP (?:results|seconds|level) /.test(part));
    const lines = own.join('\n').trimEnd().split('\n');
    expect(lines).toEqual([
      '# HELP results Results.',
      '# TYPE results counter',
      'results{outcome="a"} 0',
      'results{outcome="b"} 0',
      'results{outcome="b",where="x"} 0',
      'results{where="y",outcome="a"} 1',
      '# HELP seconds Seconds.',
      '# TYPE seconds histogram',
      'seconds_bucket{le="1"} 0',
      'seconds_bucket{le="2"} 1',
      'seconds_bucket{le="+Inf"} 1',
      'seconds_sum 1.5',
      'seconds_count 1',
      '# HELP level Level.',
      '# TYPE level gauge',
      'level{of="z"} -3',
    ]);
  });

  test('refuse more series than the limit, and keep taking those that they have', () => {
    const metrics = createMetrics(metricDefinitions);
    const set = (partition: number) => metrics.set('sleeve_ledger_consumer_lag_messages', 1, { partition: String(partition) });
    for (let partition = 0; partition < limits.seriesPerMetricMax; partition++) set(partition);
    expect(refusalOf(() => set(limits.seriesPerMetricMax))).toMatchObject({
      code: 'Internal',
      message: 'a metric was refused: it would have more series than the limit',
      evidence: { name: 'sleeve_ledger_consumer_lag_messages', seriesPerMetricMax: limits.seriesPerMetricMax },
    });
    expect(() => set(0)).not.toThrow();
  });

  test('of two registries know nothing of one another', async () => {
    const [one, other] = [createMetrics(metricDefinitions), createMetrics(metricDefinitions)];
    one.set('sleeve_ledger_unsealed_events', 12);
    expect(samplesOf(await other.exposition()).get('sleeve_ledger_unsealed_events')).toBe(0);
  });
});

describe('the registry of metrics', () => {
  test('names each metric with our prefix and its unit: counters end in _total, histograms in _seconds', () => {
    for (const [name, { kind }] of Object.entries(metricDefinitions)) {
      expect(name).toMatch(/^sleeve_ledger_[a-z_]+$/);
      if (kind === 'counter') expect(name).toMatch(/_total$/);
      if (kind === 'histogram') expect(name).toMatch(/_seconds$/);
    }
  });

  test('lists what the code measures, and nothing that it does not', () => {
    const files = filesBelow(['handlers', 'infra', 'bin'], '.ts').filter((file) => file !== 'handlers/runtime/observability/metrics.ts');
    const used = files.flatMap((file) => readFileSync(file, 'utf8').match(/(?<=')sleeve_ledger_[a-z_]+(?=')/g) ?? []);
    expect([...new Set(used)].toSorted()).toEqual(Object.keys(metricDefinitions).toSorted());
  });

  test('lists ascending buckets', () => {
    for (const definition of Object.values(metricDefinitions)) {
      if ('buckets' in definition) expect(definition.buckets).toEqual(definition.buckets.toSorted((left, right) => left - right));
    }
  });
});
