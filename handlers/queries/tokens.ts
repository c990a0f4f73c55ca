import { LedgerError } from '../../domain/shared/errors.ts';
import { type TokenStanding, tokenStanding } from '../../domain/token/decider.ts';
import { tokenDirectory, tokenKey, type TokenRow } from '../../projections/token-directory.ts';
import type { Ports } from '../ports/ports.ts';
import { instantOf } from '../read-models/position.ts';
import { viewOf } from '../read-models/views.ts';

export interface ListedToken extends TokenRow {
  /** At the instant that is asked about; null of a token that was not revoked, where that is a position and has no instant. */
  readonly standing: TokenStanding | null;
  /** The instant at which the hour of its last use began; null where none is known, and of the past, which no note has. */
  readonly lastUsedHour: string | null;
}

export interface TokenList {
  /** By the time they were made. */
  readonly tokens: readonly ListedToken[];
  /** Why no last use is known; null where they are. */
  readonly lastUsesUnknown: string | null;
  readonly position: string | null;
}

type Uses = Pick<TokenList, 'lastUsesUnknown'> & { readonly hours: ReadonlyMap<string, string> };

/** Notes of last uses are no part of the ledger: one that cannot be read keeps nobody from the answer. */
async function lastUses({ tokenUses }: Ports, knownAt: string | null): Promise<Uses> {
  if (knownAt !== null) return { hours: new Map(), lastUsesUnknown: null };
  try {
    return { hours: await tokenUses.all(), lastUsesUnknown: null };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { hours: new Map(), lastUsesUnknown: error.message };
  }
}

/** Every token that was made, and how it stands now, or stood at a point of ledger time. */
export async function listTokens(ports: Ports, knownAt: string | null): Promise<TokenList> {
  const view = await viewOf(ports, tokenDirectory, knownAt);
  const now = instantOf(ports, knownAt);
  const { hours, lastUsesUnknown } = await lastUses(ports, knownAt);
  const standingOf = (row: TokenRow): TokenStanding | null => {
    if (row.revoked !== null) return 'revoked';
    return now === null ? null : tokenStanding(row, false, now);
  };
  const tokens = (await view.rows<TokenRow>(tokenKey('')))
    .map((row) => ({ ...row, standing: standingOf(row), lastUsedHour: hours.get(row.tokenId) ?? null }))
    .toSorted((left, right) => (left.createdAt < right.createdAt ? -1 : left.createdAt > right.createdAt ? 1 : 0));
  return { tokens, lastUsesUnknown, position: view.position };
}
