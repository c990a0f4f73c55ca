/** Names of projections that an earlier build folded and this one no longer has. A name is never used again: a store may still hold its rows. */
export const retiredProjections: readonly string[] = ['lineage'];
