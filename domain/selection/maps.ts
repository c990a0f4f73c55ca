import { normalProbability } from '../metrics/normal.ts';
import type { ComponentMap } from './components.ts';
import type { SelectionReading } from './settings.ts';

/** What a symbol gets whose component cannot be evaluated while others' can. */
export const absentProbability = 0.5;
/** The rank of a single value: the middle of the scale. */
const onlyRank = 0.505;
const rankLeast = 0.01;
const probabilityLeast = 0.001;

const clipped = (value: number): number => Math.max(probabilityLeast, Math.min(1, value));

/** Places of the values that there are, from the least to the largest. */
function evaluatedOrder(values: Float64Array): Uint32Array {
  const places = new Uint32Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i]!)) places[count++] = i;
  return places.subarray(0, count).toSorted((left, right) => values[left]! - values[right]!);
}

/** .01 + .99 (rank - 1)/(n - 1) over the values that there are; equal ones share their mean rank. NaN stays NaN. */
export function rankProbabilities(values: Float64Array, descending = false): Float64Array {
  const order = evaluatedOrder(values);
  const mapped = new Float64Array(values.length).fill(Number.NaN);
  const last = order.length - 1;
  for (let first = 0; first <= last;) {
    let end = first + 1;
    while (end <= last && values[order[end]!] === values[order[first]!]) end++;
    const ascending = (first + end - 1) / 2;
    const place = descending ? last - ascending : ascending;
    for (let k = first; k < end; k++) mapped[order[k]!] = last === 0 ? onlyRank : rankLeast + ((1 - rankLeast) * place) / last;
    first = end;
  }
  return mapped;
}

/** Φ of the z-score (divisor n), within [.001, 1]; one half where all values agree. */
export function normalProbabilities(values: Float64Array): Float64Array {
  const known = values.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const deviation = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / known.length);
  const isFlat = known.every((value) => value === known[0]);
  return values.map((value) => {
    if (Number.isNaN(value)) return value;
    return isFlat ? 0.5 : clipped(normalProbability((value - mean) / deviation));
  });
}

function isWithinUnit(values: Float64Array): boolean {
  return values.every((value) => Number.isNaN(value) || (value >= 0 && value <= 1));
}

/** A component's values as numbers in (0, 1], NaN where they cannot be evaluated. */
export function mapComponent(values: Float64Array, map: ComponentMap, reading: Pick<SelectionReading, 'component_map'>): Float64Array {
  if (map === 'rank' || map === 'rank_desc') return rankProbabilities(values, map === 'rank_desc');
  const isUnit = reading.component_map === 'fixed' ? map === 'unit' : isWithinUnit(values);
  return isUnit ? values.map(clipped) : normalProbabilities(values);
}
