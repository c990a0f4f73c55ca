import { useQuery, useQueryClient } from '@tanstack/preact-query';
import type { ApiRole } from '../../../domain/people/api-roles.ts';
import { holdToken, Refusal, requested } from './ask.ts';

export interface Identity {
  readonly name: string;
  readonly roles: readonly ApiRole[];
  readonly by: string;
}

interface Session {
  /** Null while nobody has said who they are. */
  readonly identity: Identity | null;
  /** False on a server without sessions: it is shown the token with each request. */
  readonly keepsSessions: boolean;
}

function identityIn(value: unknown): Identity {
  const body = value as { readonly result?: Identity } & Identity;
  return body.result ?? body;
}

async function asked(): Promise<Session> {
  try {
    return { identity: identityIn(await requested('/v1/session')), keepsSessions: true };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status } = error.problem;
    if (status === 401) return { identity: null, keepsSessions: true };
    if (status === 404) return { identity: null, keepsSessions: false };
    throw error;
  }
}

export interface SignedIn extends Session {
  readonly isKnown: boolean;
  /** Errors: Refusal. */
  readonly signIn: (token: string) => Promise<void>;
  readonly signOut: () => Promise<void>;
  /** Whether a decision that takes a role can be tried: where the server does not say who asks, it decides. */
  readonly may: (role: ApiRole) => boolean;
}

let held = false;

export function useSession(): SignedIn {
  const client = useQueryClient();
  const { data } = useQuery({ queryKey: ['session'], queryFn: asked, staleTime: 60_000 });
  const session = data ?? { identity: null, keepsSessions: true };
  const all = async (): Promise<void> => client.invalidateQueries();
  return {
    ...session,
    isKnown: data !== undefined,
    signIn: async (token) => {
      if (session.keepsSessions) await requested('/v1/session', { method: 'POST', body: { token } });
      else {
        holdToken(token);
        try {
          await requested('/v1/status');
        } catch (error) {
          holdToken(null);
          throw error;
        }
      }
      held = true;
      await all();
    },
    signOut: async () => {
      if (session.keepsSessions) await requested('/v1/session', { method: 'DELETE' });
      holdToken(null);
      held = false;
      await all();
    },
    may: (role) => (session.identity === null ? held : session.identity.roles.includes(role)),
  };
}
