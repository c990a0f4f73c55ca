import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { MetricDefinition, MetricLabels, Metrics } from '../../handlers/ports/ports.ts';
import type { MetricsExposition } from '../../presentation/ports/ports.ts';

type Instrument = Counter | Gauge | Histogram;

export interface PrometheusMetrics extends Metrics, MetricsExposition {}

function refuse(why: string, evidence: Record<string, unknown>): never {
  throw new LedgerError('Internal', `a metric was refused: ${why}`, { evidence });
}

function instrumentOf(name: string, definition: MetricDefinition, registers: Registry[]): Instrument {
  const settings = { name, help: definition.meaning, labelNames: Object.keys(definition.labels), registers };
  switch (definition.kind) {
    case 'counter': {
      const counter = new Counter(settings);
      for (const [label, values] of Object.entries(definition.labels)) for (const value of values ?? []) counter.inc({ [label]: value }, 0);
      return counter;
    }
    case 'gauge':
      return new Gauge(settings);
    case 'histogram':
      if (definition.buckets === undefined) return refuse('a histogram without buckets', { name });
      return new Histogram({ ...settings, buckets: [...definition.buckets] });
  }
}

/** Only the labels of the registry, all of them, each with a value that it may take, and a bounded number of them together. */
function createLabelCheck(name: string, definition: MetricDefinition): (labels: MetricLabels) => void {
  const names = Object.keys(definition.labels);
  const seen = new Set<string>();
  return (labels) => {
    const given = Object.keys(labels);
    if (given.length !== names.length || !given.every((label) => names.includes(label)))
      refuse('its labels differ from those of the registry', { name, given, expected: names });
    for (const label of names) {
      const allowed = definition.labels[label]!;
      if (allowed !== null && !allowed.includes(labels[label]!))
        refuse('a label has a value that the registry does not list', { name, label, value: labels[label], allowed });
    }
    const series = names.map((label) => labels[label]).join('\u0000');
    if (seen.has(series)) return;
    if (seen.size >= limits.seriesPerMetricMax)
      refuse('it would have more series than the limit', { name, seriesPerMetricMax: limits.seriesPerMetricMax });
    seen.add(series);
  };
}

/**
 * Metrics in a registry of their own, with those of the process (`process_*`, `nodejs_*`). Series whose labels are known read 0 from the
 * start: an absent series could not be told from a healthy one.
 *
 * Errors: Internal for a name, label or value that the definitions do not have: the caller is wrong, not the world.
 */
export function createMetrics(definitions: Readonly<Record<string, MetricDefinition>>): PrometheusMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const known = new Map(
    Object.entries(definitions).map(([name, definition]) => [
      name,
      { instrument: instrumentOf(name, definition, [registry]), check: createLabelCheck(name, definition) },
    ]),
  );
  const find = (name: string, value: number, labels: MetricLabels): Instrument => {
    const entry = known.get(name) ?? refuse('the registry does not list it', { name });
    if (!Number.isFinite(value)) refuse('its value is not a number', { name, value: String(value) });
    entry.check(labels);
    return entry.instrument;
  };
  return {
    contentType: registry.contentType,
    exposition: () => registry.metrics(),
    count: (name, by = 1, labels = {}) => {
      const instrument = find(name, by, labels);
      if (!(instrument instanceof Counter) || by < 0) refuse('only counters are counted, and never down', { name, by });
      instrument.inc(labels, by);
    },
    set: (name, value, labels = {}) => {
      const instrument = find(name, value, labels);
      if (!(instrument instanceof Gauge)) refuse('only gauges are set', { name });
      instrument.set(labels, value);
    },
    observe: (name, value, labels = {}) => {
      const instrument = find(name, value, labels);
      if (!(instrument instanceof Histogram)) refuse('only histograms observe', { name });
      instrument.observe(labels, value);
    },
  };
}
