import type { ApiRole } from '../../domain/people/api-roles.ts';

/** Who asks, as the server has made sure. */
export interface Identity {
  /** The name that is recorded for what they do. */
  readonly name: string;
  readonly roles: readonly ApiRole[];
  /** What it rests on, for the log: a token, an identity provider, or nothing on loopback. */
  readonly by: 'token' | 'provider' | 'session' | 'loopback';
  /** When the session ends by itself; left out for what is no session. */
  readonly until?: string;
}
