/** Linear interpolation between order statistics (type 7 of Hyndman and Fan 1996); `sorted` ascending and not empty. */
export function linearQuantile(sorted: Float64Array, probability: number): number {
  const at = (sorted.length - 1) * probability;
  const below = Math.floor(at);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (at - below) * (high - low);
}
