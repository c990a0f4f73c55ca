import { millisecondsBetween } from '../../domain/shared/instants.ts';
import { limits } from '../../domain/shared/limits.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { authenticateProvided } from '../../handlers/access/authenticate-provided.ts';
import { authenticateToken } from '../../handlers/access/authenticate-token.ts';
import { fingerprintOf, isOwnToken } from '../../handlers/access/bearer.ts';
import { PageSessions, type SigningIn } from '../../handlers/access/page-sessions.ts';
import type { IdentityProvider } from '../../handlers/ports/ports.ts';
import type { ProviderTrust } from '../../handlers/runtime/provider-settings.ts';
import { LastUses } from '../../handlers/access/last-uses.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import type { ApiRequest } from '../ports/ports.ts';
import { endedCookie, sessionCookie, sessionShown } from './cookies.ts';
import type { Identity } from './identity.ts';

const bearer = new RegExp(String.raw`^Bearer +([\x21-\x7e]{1,${limits.bearerCharsMax}})$`, 'i');

/** Whoever shows no token where anybody may read: they decide nothing, so that their name is recorded nowhere. */
const nobody: Identity = { name: 'unnamed', roles: ['viewer'], by: 'loopback' };

export interface Recognising {
  readonly anybodyReads: boolean;
  /** Whose tokens are taken beside our own; null for nobody's. */
  readonly provider: { readonly trust: ProviderTrust; readonly tokens: IdentityProvider } | null;
}

/** Somebody who has signed in, and the cookie that says so from now on. */
export interface SignedIn {
  readonly identity: Identity;
  readonly setCookie: string;
}

/** Everything that says who asks. */
export interface Identifying {
  /** Errors: NotAuthenticated; IdentityProviderUnavailable; OriginUnknown for a decision by a session that no page of ours sends. */
  identify(request: Omit<ApiRequest, 'body'>): Promise<Identity>;
  /** Has a session stand for a token until either ends. Errors: those of `identify`. */
  signIn(request: ApiRequest, token: string): Promise<SignedIn>;
  /** Ends the session that is shown, if it is one; answers the cookie that has the browser forget it. Errors: OriginUnknown. */
  signOut(request: ApiRequest): string;
}

/**
 * A page of a stranger can have a browser send what a form may hold, with our cookie where a browser forgets `SameSite`. It can neither
 * send JSON to another origin unasked, nor say that it is of ours.
 */
function requireOwnPage({ headers, origin }: Pick<ApiRequest, 'headers' | 'origin'>): void {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  const isOwn = headers['sec-fetch-site'] === 'same-origin' || headers['origin'] === origin;
  if (type !== 'application/json' || !isOwn)
    throw new LedgerError('OriginUnknown', 'with a session, what changes something is sent as application/json by a page of this server');
}

/** Nobody is signed in from elsewhere, under a name of somebody else's choice. A program that is no browser says nothing of where it is. */
function requireNoStrangersPage({ headers }: ApiRequest): void {
  const site = headers['sec-fetch-site'];
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json' || (site !== undefined && site !== 'same-origin' && site !== 'none'))
    throw new LedgerError('OriginUnknown', 'a token is sent as application/json, and not by a page of somebody else');
}

const safe: readonly string[] = ['GET', 'HEAD'];

export function identifying(session: Session, { anybodyReads, provider }: Recognising): Identifying {
  const { crypto, clock } = session.ports;
  const sessions = new PageSessions(session);
  const uses = new LastUses(session.ports);

  const bearerOf = async (token: string): Promise<SigningIn & { readonly by: 'token' | 'provider' }> => {
    if (isOwnToken(token)) {
      const bearing = await authenticateToken(session, token);
      await uses.note(bearing.tokenId);
      return { ...bearing, fingerprint: fingerprintOf(crypto, token), by: 'token' };
    }
    if (provider === null) throw new LedgerError('NotAuthenticated', 'what the request shows is no token of this ledger');
    return { ...(await authenticateProvided(provider.tokens, provider.trust, token, clock.now())), fingerprint: null, by: 'provider' };
  };

  const bySession = async (request: Omit<ApiRequest, 'body'>, id: string): Promise<Identity> => {
    const { holder, roles, until } = await sessions.find(id);
    if (!safe.includes(request.method)) requireOwnPage(request);
    return { name: holder, roles, by: 'session', until };
  };

  /** Where anybody reads, one whose session has ended does too. */
  const nobodyInstead = (error: unknown): Identity => {
    if (anybodyReads && error instanceof LedgerError && error.code === 'NotAuthenticated') return nobody;
    throw error;
  };

  return {
    identify: async (request) => {
      const { authorization } = request.headers;
      // A token that is shown counts alone: no page of a stranger can have a browser send one.
      if (authorization !== undefined) {
        const token = bearer.exec(authorization)?.[1];
        if (token === undefined) throw new LedgerError('NotAuthenticated', 'what the request shows is no token');
        const { holder, roles, by } = await bearerOf(token);
        return { name: holder, roles, by };
      }
      const id = sessionShown(request);
      if (id !== null) return bySession(request, id).catch((error: unknown) => nobodyInstead(error));
      if (anybodyReads) return nobody;
      throw new LedgerError('NotAuthenticated', 'the request shows no token');
    },
    signIn: async (request, token) => {
      requireNoStrangersPage(request);
      const who = await bearerOf(token);
      const before = sessionShown(request);
      if (before !== null) sessions.end(before);
      const { id, holder, roles, until } = sessions.begin(who);
      const seconds = millisecondsBetween(clock.now(), until) / 1_000;
      return { identity: { name: holder, roles, by: 'session', until }, setCookie: sessionCookie(request, id, seconds) };
    },
    signOut: (request) => {
      const id = sessionShown(request);
      if (id !== null) {
        requireOwnPage(request);
        sessions.end(id);
      }
      return endedCookie(request);
    },
  };
}
