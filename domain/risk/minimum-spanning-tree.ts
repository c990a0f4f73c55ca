import { condensedOffset } from './distance.ts';
import { emptyMerges, type Merges } from './merges.ts';

/** Single linkage is the minimum spanning tree (Gower and Ross 1969), grown from leaf 0 by Prim's rule, O(n²). */
export function spanningTreeMerges(distances: Float64Array, size: number): Merges {
  const merges = emptyMerges(size);
  const inTree = new Uint8Array(size);
  const reach = new Float64Array(size).fill(Infinity);
  let last = 0;
  for (let k = 0; k + 1 < size; k++) {
    inTree[last] = 1;
    let next = -1;
    let least = Infinity;
    for (let i = 0; i < size; i++) {
      if (inTree[i] === 1) continue;
      const distance = distances[i < last ? condensedOffset(size, i) + last : condensedOffset(size, last) + i]!;
      if (distance < reach[i]!) reach[i] = distance;
      if (reach[i]! < least) {
        least = reach[i]!;
        next = i;
      }
    }
    merges.left[k] = last;
    merges.right[k] = next;
    merges.height[k] = least;
    last = next;
  }
  return merges;
}
