import { marketQuadrant } from '../regime/regime.ts';
import type { Quadrant } from '../regime/schemas.ts';
import { clusterStreams, type StreamClusters } from '../risk/clustered/stream-clusters.ts';
import { type Component, componentValues } from './components.ts';
import { rawStreams, streamAt, type Streams } from '../returns/streams.ts';
import { type Direction, directionalStreams, directionsOf, recentReturn } from './directions.ts';
import { type FeatureColumns, featuresOf, type StreamFeature } from './features.ts';
import type { SelectionPool } from './pool.ts';
import { type Scores, scoresOf } from './score.ts';
import type { SelectionSettings } from './settings.ts';

/** What is computed of all symbols together, whatever they are vetoed for. */
export interface CrossSection {
  readonly directions: readonly Direction[];
  readonly features: FeatureColumns<StreamFeature>;
  readonly values: FeatureColumns<Component>;
  readonly scores: Scores;
  readonly quadrant: Quadrant;
  /** Recent returns of the assets, of shorts their negative (not under raw features): what the gate looks at. */
  readonly gateReturns: Float64Array;
  readonly clusters: StreamClusters;
}

/** The cross-section of a pool whose columns stand in order. */
export function crossSectionOf(
  { returns, facts, market, annualisationDays, fullLiquidity }: SelectionPool,
  settings: SelectionSettings,
): CrossSection {
  const { reading } = settings;
  const raw = rawStreams(returns);
  const directions = directionsOf(raw, settings.short_direction);
  const directional = directionalStreams(raw, directions);
  const on = (which: 'directional' | 'raw'): Streams => (which === 'raw' ? raw : directional);
  const features = featuresOf(on(reading.features_on), { annualisationDays, reading });
  const values = componentValues(features, facts, { rows: raw.rows, fullLiquidity, reading });
  const { quadrant } = marketQuadrant(market, annualisationDays);
  const scores = scoresOf(values, features, { mode: settings.mode, strategy: settings.strategy, quadrant, reading });
  const sign = (direction: Direction): number => (direction === 'SHORT' && reading.features_on === 'directional' ? -1 : 1);
  const gateReturns = Float64Array.from(directions, (direction, i) => sign(direction) * recentReturn(streamAt(raw, i)));
  const clusters = clusterStreams(on(reading.clusters_on), {
    lookbacks: settings.cluster_lookbacks,
    shrinkage: settings.correlation_shrinkage,
    threshold: settings.threshold,
  });
  return { directions, features, values, scores, quadrant, gateReturns, clusters };
}
