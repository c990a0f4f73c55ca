import { LedgerError } from '../../domain/shared/errors.ts';
import { tokenIdSchema } from '../../domain/token/events.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';

export interface RevokedToken {
  readonly tokenId: string;
  readonly holder: string;
  readonly already: boolean;
  readonly why: string;
}

/** Ends a token before its time. Errors: Usage, TokenUnknown. */
export async function revokeToken(session: Session, tokenId: string, why: string): Promise<RevokedToken> {
  if (!tokenIdSchema.safeParse(tokenId).success)
    throw new LedgerError('Usage', `${tokenId} is no id of a token: \`token list\` shows them`, { at: { path: tokenId } });
  const { appended, state } = await streams.token.handle(session, tokenId, { kind: 'RevokeToken', tokenId, why });
  return { tokenId, holder: state.created!.holder, already: appended.length === 0, why: state.revokedWhy ?? why };
}
