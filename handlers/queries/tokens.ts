import { type TokenStanding, tokenStanding } from '../../domain/token/decider.ts';
import { tokenDirectory, type TokenRow } from '../../projections/token-directory.ts';
import type { Ports } from '../ports/ports.ts';
import { viewOf } from '../read-models/views.ts';

export interface ListedToken extends TokenRow {
  readonly standing: TokenStanding;
}

export interface TokenList {
  /** By the time they were made. */
  readonly tokens: readonly ListedToken[];
  readonly position: string | null;
}

/** Every token that was made, and how it stands now, or stood at a point of ledger time. */
export async function listTokens(ports: Ports, knownAt: string | null): Promise<TokenList> {
  const view = await viewOf(ports, tokenDirectory, knownAt);
  const now = ports.clock.now();
  const rows = await view.rows<TokenRow>('token/');
  const tokens = rows
    .map((row) => ({ ...row, standing: tokenStanding(row, row.revoked?.why ?? null, now) }))
    .toSorted((left, right) => (left.createdAt < right.createdAt ? -1 : left.createdAt > right.createdAt ? 1 : 0));
  return { tokens, position: view.position };
}
