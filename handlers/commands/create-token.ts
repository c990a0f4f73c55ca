import { type ApiRole, apiRoles } from '../../domain/people/api-roles.ts';
import { isNamed } from '../../domain/people/identity.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { plusSeconds } from '../../domain/shared/instants.ts';
import { fingerprintOf, newBearerToken } from '../access/bearer.ts';
import type { Session } from '../runtime/session.ts';
import { actorSchema } from '../runtime/settings.ts';
import { streams } from '../runtime/streams.ts';

const secondsPerDay = 86_400;
export const tokenDaysMax = 731;
export const tokenDaysByDefault = 90;

export interface TokenAsked {
  readonly holder: string;
  readonly roles: readonly ApiRole[];
  /** Days until it expires. */
  readonly days: number;
}

export interface MadeToken {
  readonly tokenId: string;
  /** Shown once: nothing keeps it. */
  readonly token: string;
  readonly holder: string;
  readonly roles: readonly ApiRole[];
  readonly expiresAt: string;
}

/** Makes a token of the HTTP API. Errors: Usage; ActorUnnamed for a holder who is nobody. */
export async function createToken(session: Session, { holder, roles: asked, days }: TokenAsked): Promise<MadeToken> {
  const named = actorSchema.safeParse(holder);
  if (!named.success) throw new LedgerError('Usage', `--holder: ${named.error.issues[0]!.message}`, { at: { path: '--holder' } });
  if (!isNamed(holder)) throw new LedgerError('ActorUnnamed', `${holder} names nobody`, { at: { path: '--holder' } });
  if (days < 1 || days > tokenDaysMax)
    throw new LedgerError('Usage', `--days ${days}: from 1 to ${tokenDaysMax}`, { at: { path: '--days' } });
  const roles = apiRoles.filter((role) => asked.includes(role));
  const { crypto, clock } = session.ports;
  const token = newBearerToken(crypto);
  const { tokenId, secretSha256 } = fingerprintOf(crypto, token);
  const expiresAt = plusSeconds(clock.now(), days * secondsPerDay);
  await streams.token.handle(session, tokenId, {
    kind: 'CreateToken',
    token: { tokenId, holder, roles, secretSha256, expiresAt },
  });
  return { tokenId, token, holder, roles, expiresAt };
}
