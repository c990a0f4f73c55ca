export type MetaPortfolioCommand =
  | { readonly kind: 'GrantParityWaiver'; readonly waiverId: string; readonly meta: string; readonly who: string; readonly why: string; readonly paths: readonly string[]; readonly until: string }
  | { readonly kind: 'RevokeParityWaiver'; readonly waiverId: string; readonly meta: string; readonly who: string; readonly why: string };
