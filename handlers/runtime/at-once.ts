/**
 * What work makes of each item, asked for together: a store on a server answers many questions in the time of one. Errors: that of the
 * first item in order that failed, whichever failed first.
 */
export async function atOnce<Item, Result>(items: Iterable<Item>, work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const settled = await Promise.allSettled([...items].map((item) => work(item)));
  return settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
