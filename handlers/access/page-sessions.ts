import type { ApiRole } from '../../domain/people/api-roles.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { plusSeconds } from '../../domain/shared/instants.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { Session } from '../runtime/session.ts';
import { authenticateFingerprint } from './authenticate-token.ts';
import type { TokenFingerprint } from './bearer.ts';

/** Who signs in, by a token that was looked at. */
export interface SigningIn {
  readonly holder: string;
  readonly roles: readonly ApiRole[];
  /** When the token ends. */
  readonly expiresAt: string;
  /** Of a token of ours, which may be revoked; null for one of an identity provider. */
  readonly fingerprint: TokenFingerprint | null;
}

export interface PageSession {
  readonly holder: string;
  readonly roles: readonly ApiRole[];
  /** When it ends by itself. */
  readonly until: string;
}

interface Kept extends PageSession {
  readonly fingerprint: TokenFingerprint | null;
}

const idBytes = 32;
const secondsPerHour = 3_600;

/**
 * Who has signed in at the page of this process: known by ids of which nothing is kept but a hash, for as long as the token lasts that they
 * signed in with. Kept in memory: a server that starts again knows nobody.
 */
export class PageSessions {
  readonly #session: Session;
  /** By the hash of the id, the oldest first. */
  readonly #kept = new Map<string, Kept>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** The id is told once. */
  begin({ holder, roles, expiresAt, fingerprint }: SigningIn): PageSession & { readonly id: string } {
    const { crypto, clock } = this.#session.ports;
    const now = clock.now();
    this.#makeRoom(holder, now);
    const latest = plusSeconds(now, limits.pageSessionHoursMax * secondsPerHour);
    const until = expiresAt < latest ? expiresAt : latest;
    const id = Buffer.from(crypto.randomBytes(idBytes)).toString('base64url');
    this.#kept.set(this.#key(id), { holder, roles, until, fingerprint });
    return { id, holder, roles, until };
  }

  /** Whose session it is. Errors: NotAuthenticated for one that never was, has ended, or whose token was revoked. */
  async find(id: string): Promise<PageSession> {
    const key = this.#key(id);
    const kept = this.#kept.get(key);
    if (kept === undefined || kept.until <= this.#session.ports.clock.now()) {
      this.#kept.delete(key);
      throw new LedgerError('NotAuthenticated', 'the session has ended: sign in again');
    }
    if (kept.fingerprint !== null) await this.#requireToken(key, kept.fingerprint);
    return kept;
  }

  end(id: string): void {
    this.#kept.delete(this.#key(id));
  }

  #key(id: string): string {
    return this.#session.ports.crypto.sha256Hex(new TextEncoder().encode(id));
  }

  async #requireToken(key: string, fingerprint: TokenFingerprint): Promise<void> {
    try {
      await authenticateFingerprint(this.#session, fingerprint);
    } catch (error) {
      if (error instanceof LedgerError && error.code === 'NotAuthenticated') this.#kept.delete(key);
      throw error;
    }
  }

  /** Nobody who signs in without end takes memory without end, or the sessions of others. */
  #makeRoom(holder: string, now: string): void {
    for (const [key, { until }] of this.#kept) if (until <= now) this.#kept.delete(key);
    const own = [...this.#kept].filter(([, kept]) => kept.holder === holder).map(([key]) => key);
    const [oldestOwn] = own;
    if (own.length >= limits.pageSessionsOfOneMax && oldestOwn !== undefined) this.#kept.delete(oldestOwn);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= limits.pageSessionsMax && oldest !== undefined) this.#kept.delete(oldest);
  }
}
