import type { TokenCreated } from './events.ts';

export type TokenCommand =
  | { readonly kind: 'CreateToken'; readonly token: TokenCreated }
  | { readonly kind: 'RevokeToken'; readonly tokenId: string; readonly why: string };
