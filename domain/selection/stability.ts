/** How much two selections have in common, and who came and left; names in the order given. */
export interface SelectionChange {
  /** Share of the winners of either that both have; 1 for two empty ones. */
  readonly jaccard: number;
  readonly came: readonly string[];
  readonly left: readonly string[];
}

/** From one selection's winners to the next one's. */
export function changeBetween(before: readonly string[], after: readonly string[]): SelectionChange {
  const [earlier, later] = [new Set(before), new Set(after)];
  const union = new Set([...before, ...after]).size;
  const common = [...earlier].filter((symbol) => later.has(symbol)).length;
  return {
    jaccard: union === 0 ? 1 : common / union,
    came: [...later].filter((symbol) => !earlier.has(symbol)),
    left: [...earlier].filter((symbol) => !later.has(symbol)),
  };
}
