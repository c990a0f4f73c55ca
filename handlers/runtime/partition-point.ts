/**
 * Of `count` things in order, of which the first ones do not and all others do: the index of the first that does, `count` where none does.
 * Asks log-many.
 */
export async function partitionPoint(count: number, does: (index: number) => Promise<boolean>): Promise<number> {
  let from = 0;
  let to = count;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (await does(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
