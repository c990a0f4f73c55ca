import type { ApiRole } from '../../domain/people/api-roles.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { tokenStanding } from '../../domain/token/decider.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import { fingerprintOf, type TokenFingerprint } from './bearer.ts';

/** Whose a token is. */
export interface TokenBearer {
  readonly tokenId: string;
  readonly holder: string;
  readonly roles: readonly ApiRole[];
  readonly expiresAt: string;
}

/**
 * Whose a token is, by the token's own stream and by no read model. Errors: NotAuthenticated for one that was never made, has expired or
 * was revoked; which of them is told, as only its bearer can ask.
 */
export async function authenticateToken(session: Session, token: string): Promise<TokenBearer> {
  return authenticateFingerprint(session, fingerprintOf(session.ports.crypto, token));
}

/** The same for who keeps no more of a token than its fingerprint. */
export async function authenticateFingerprint(session: Session, { secretSha256, tokenId }: TokenFingerprint): Promise<TokenBearer> {
  const { created, revokedWhy } = await streams.token.state(session, tokenId);
  if (created === null || created.secretSha256 !== secretSha256) throw new LedgerError('NotAuthenticated', 'the token is not known here');
  const standing = tokenStanding(created, revokedWhy !== null, session.ports.clock.now());
  if (standing === 'expired') throw new LedgerError('NotAuthenticated', `the token expired at ${created.expiresAt}`);
  if (standing === 'revoked') throw new LedgerError('NotAuthenticated', 'the token was revoked');
  return { tokenId, holder: created.holder, roles: created.roles, expiresAt: created.expiresAt };
}
