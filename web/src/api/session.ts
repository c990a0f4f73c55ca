import { useQuery, useQueryClient } from '@tanstack/preact-query';
import type { ApiRole } from '../../../domain/people/api-roles.ts';
import { Refusal, requested } from './ask.ts';

export interface Identity {
  readonly name: string;
  readonly roles: readonly ApiRole[];
  readonly by: string;
}

/** Null while nobody has said who they are. */
async function asked(): Promise<Identity | null> {
  try {
    return (await requested('/v1/session')) as Identity;
  } catch (error) {
    if (error instanceof Refusal && error.problem.status === 401) return null;
    throw error;
  }
}

export interface SignedIn {
  readonly identity: Identity | null;
  readonly isKnown: boolean;
  /** Errors: Refusal. */
  readonly signIn: (token: string) => Promise<void>;
  readonly signOut: () => Promise<void>;
  /** Whether a decision that takes a role can be tried. */
  readonly may: (role: ApiRole) => boolean;
}

export function useSession(): SignedIn {
  const client = useQueryClient();
  const { data } = useQuery({ queryKey: ['session'], queryFn: asked, staleTime: 60_000 });
  const all = async (): Promise<void> => client.invalidateQueries();
  return {
    identity: data ?? null,
    isKnown: data !== undefined,
    signIn: async (token) => {
      await requested('/v1/session', { method: 'POST', body: { token } });
      await all();
    },
    signOut: async () => {
      await requested('/v1/session', { method: 'DELETE' });
      await all();
    },
    may: (role) => data?.roles.includes(role) ?? false,
  };
}
