import { byCodeUnits } from '../shared/order.ts';
import type { AllocationPublished } from './events.ts';

/** A weight in two publications; 0 where one does not hold it. */
export interface WeightChange {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  readonly change: number;
}

/** What a publication changed against the one before it. */
export interface PublicationChanges {
  /** Number of the publication before; null for the first. */
  readonly against: number | null;
  /** By name; only what changed. */
  readonly sleeves: readonly WeightChange[];
  readonly assets: readonly WeightChange[];
  readonly definitionChanged: boolean;
  readonly riskChanged: boolean;
  /** Sleeves whose run is another one. */
  readonly renewed: readonly string[];
}

type Weights = Readonly<Record<string, number>>;

function weightChanges(before: Weights, after: Weights): WeightChange[] {
  const weightIn = (weights: Weights, name: string): number => (Object.hasOwn(weights, name) ? weights[name]! : 0);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .toSorted(byCodeUnits)
    .map((name) => {
      const [was, is] = [weightIn(before, name), weightIn(after, name)];
      return { name, before: was, after: is, change: is - was };
    })
    .filter(({ change }) => change !== 0);
}

/** The first publication changes everything from nothing. */
export function publicationChanges(before: AllocationPublished | null, after: AllocationPublished): PublicationChanges {
  const runsBefore = new Map((before?.inputs ?? []).map(({ path, runId }) => [path.join('/'), runId]));
  return {
    against: before?.number ?? null,
    sleeves: weightChanges(before?.sleeves ?? {}, after.sleeves),
    assets: weightChanges(before?.weights ?? {}, after.weights),
    definitionChanged: before !== null && before.definitionNumber !== after.definitionNumber,
    riskChanged: before !== null && before.risk !== after.risk,
    renewed: after.inputs
      .filter(({ path, runId }) => runsBefore.get(path.join('/')) !== runId)
      .map(({ path }) => path.join('/'))
      .toSorted(byCodeUnits),
  };
}
