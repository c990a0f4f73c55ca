/** Names that are asked of the manifest or of the ledger while completing. */
export const askedKinds = ['runs', 'portfolios', 'sleeves', 'profiles', 'tokens'] as const;
export type AskedKind = (typeof askedKinds)[number];
