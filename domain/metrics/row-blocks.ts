/** Rows as consecutive blocks [first, end): block k of n ends where (k+1)/n of the rows do, rounded down, so that every row is in one. */
export function rowBlocks(rows: number, blocks: number): (readonly [first: number, end: number])[] {
  const startOf = (block: number): number => Math.floor((block * rows) / blocks);
  return Array.from({ length: blocks }, (_, block) => [startOf(block), startOf(block + 1)] as const);
}
