import type { Decider } from '../shared/decider.ts';
import { LedgerError, unreachable } from '../shared/errors.ts';
import type { TokenCommand } from './commands.ts';
import type { TokenCreated } from './events.ts';
import { draftToken, type TokenDraft, type TokenEvent } from './slice.ts';

export interface TokenState {
  /** Null until it was made. */
  readonly created: TokenCreated | null;
  /** Null while nobody revoked it. */
  readonly revokedWhy: string | null;
}

const initialState: TokenState = { created: null, revokedWhy: null };

function evolve(state: TokenState, event: TokenEvent): TokenState {
  switch (event.type) {
    case 'TokenCreated':
      return { ...state, created: event.data };
    case 'TokenRevoked':
      return { ...state, revokedWhy: event.data.why };
    default:
      return unreachable(event);
  }
}

function creation(token: TokenCreated, created: TokenCreated | null): readonly TokenDraft[] {
  if (created === null) return [draftToken('TokenCreated', token)];
  // An id is the beginning of the hash: whoever was given the second one would hold a token that is refused.
  if (created.secretSha256 !== token.secretSha256)
    throw new LedgerError('EventContentConflict', `another token has the id ${token.tokenId}`, { at: { path: token.tokenId } });
  return [];
}

/** Errors: TokenUnknown; EventContentConflict for two tokens of one id. */
function decide(command: TokenCommand, { created, revokedWhy }: TokenState): readonly TokenDraft[] {
  const { kind } = command;
  switch (kind) {
    case 'CreateToken':
      return creation(command.token, created);
    case 'RevokeToken': {
      const { tokenId, why } = command;
      if (created === null) throw new LedgerError('TokenUnknown', `no token ${tokenId} was made`, { at: { path: tokenId } });
      return revokedWhy === null ? [draftToken('TokenRevoked', { tokenId, why })] : [];
    }
    default:
      return unreachable(kind);
  }
}

export const tokenDecider: Decider<TokenCommand, TokenState, TokenEvent, TokenDraft> = { initialState, evolve, decide };

export type TokenStanding = 'in force' | 'expired' | 'revoked';

/** How a token that was made stands at an instant in UTC. */
export function tokenStanding({ expiresAt }: Pick<TokenCreated, 'expiresAt'>, isRevoked: boolean, now: string): TokenStanding {
  if (isRevoked) return 'revoked';
  return now < expiresAt ? 'in force' : 'expired';
}
