/**
 * Does some work for each item, so many at a time, with the results in the order of the items, whichever came first. An item is taken when
 * a lane is free: no more are in hand than there are lanes. Errors: that of the first item that failed, whichever failed first; then no
 * further one is begun.
 */
export async function inLanes<Item, Result>(
  lanes: number,
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const source = items[Symbol.iterator]();
  const results: Result[] = [];
  const failures = new Map<number, unknown>();
  let taken = 0;
  const lane = async (): Promise<void> => {
    while (failures.size === 0) {
      const next = source.next();
      if (next.done === true) return;
      const index = taken++;
      try {
        results[index] = await work(next.value);
      } catch (error) {
        failures.set(index, error);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failures.size > 0) throw failures.get(Math.min(...failures.keys()));
  return results;
}
