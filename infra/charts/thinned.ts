/**
 * A long line in as many points as are seen: of each stretch of rows the least value and the greatest, so that no peak and no valley is
 * lost, and both ends. The rows between are null, to be drawn across. A line with gaps of its own stays whole.
 */
export function thinned(
  values: readonly (number | null)[],
  pointsMax: number,
): { readonly values: readonly (number | null)[]; readonly isThinned: boolean } {
  const { length } = values;
  if (length <= pointsMax || values.includes(null)) return { values, isThinned: false };
  const kept = Array.from(values, (): number | null => null);
  const stretch = Math.ceil((2 * length) / pointsMax);
  for (let first = 0; first < length; first += stretch) {
    let [least, greatest] = [first, first];
    for (let row = first + 1; row < Math.min(first + stretch, length); row++) {
      if (values[row]! < values[least]!) least = row;
      if (values[row]! > values[greatest]!) greatest = row;
    }
    for (const row of [least, greatest]) kept[row] = values[row]!;
  }
  for (const row of [0, length - 1]) kept[row] = values[row]!;
  return { values: kept, isThinned: true };
}
