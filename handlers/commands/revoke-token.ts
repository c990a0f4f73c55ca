import { LedgerError } from '../../domain/shared/errors.ts';
import { tokenIdSchema } from '../../domain/token/events.ts';
import { fingerprintOf, isOwnToken } from '../access/bearer.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';

export interface RevokedToken {
  readonly tokenId: string;
  readonly holder: string;
  readonly already: boolean;
  readonly why: string;
}

/**
 * Ends a token before its time. It is named by its id, or by itself: whoever finds one that got out knows nothing else of it. Errors:
 * Usage, TokenUnknown.
 */
export async function revokeToken(session: Session, named: string, why: string): Promise<RevokedToken> {
  const tokenId = isOwnToken(named) ? fingerprintOf(session.ports.crypto, named).tokenId : named;
  if (!tokenIdSchema.safeParse(tokenId).success)
    throw new LedgerError('Usage', 'what is given is neither the id of a token nor a token: `token list` shows the ids', {
      at: { path: '<token>' },
    });
  const { appended, state } = await streams.token.handle(session, tokenId, { kind: 'RevokeToken', tokenId, why });
  return { tokenId, holder: state.created!.holder, already: appended.length === 0, why: state.revokedWhy ?? why };
}
