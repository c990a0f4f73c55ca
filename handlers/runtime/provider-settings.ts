import { z } from 'zod';
import { type ApiRole, apiRoles } from '../../domain/people/api-roles.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { isLoopback } from '../../domain/shared/loopback.ts';

const roleSchema = z.enum(apiRoles, { error: `one of ${apiRoles.join(', ')}` });

/** `desk-heads=approver,desk-heads=viewer`, as it stands in the environment: the last `=` divides, since a value may hold one. */
function pairsOf(text: string): Record<string, string[]> {
  const roles = new Map<string, string[]>();
  for (const pair of text.split(',')) {
    const at = pair.lastIndexOf('=');
    const value = pair.slice(0, Math.max(0, at)).trim();
    roles.set(value, [...(roles.get(value) ?? []), pair.slice(at + 1).trim()]);
  }
  return Object.fromEntries(roles);
}

/** Which of our roles each value of the provider gives. */
export type ProviderRoles = Readonly<Record<string, readonly ApiRole[]>>;

const rolesSchema = z
  .union(
    [z.string().min(1).transform(pairsOf), z.record(z.string(), z.union([z.string().transform((role) => [role]), z.array(z.string())]))],
    {
      error: 'pairs of a value of the provider and a role, or a mapping',
    },
  )
  .pipe(z.record(z.string().min(1).max(200), z.array(roleSchema).min(1)));

const issuerSchema = z.string().refine(isIssuer, 'an address that begins with https:// (http:// on this machine), with no ? and no #');

function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash, username, password } = new URL(text);
  return (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) && `${search}${hash}${username}${password}` === '';
}

const claimSchema = z.string().min(1).max(200);

/** The identity provider whose access tokens the HTTP API takes beside its own. */
export const providerSettings = {
  /** Issuer of OpenID Connect, letter by letter as its tokens say it; null takes no tokens but our own. */
  oidcIssuer: issuerSchema.nullable(),
  /** Whom the tokens must be for. */
  oidcAudience: z.string().min(1).max(500).nullable(),
  /** Claim with the name that is recorded for what somebody does. */
  oidcNameClaim: claimSchema,
  /** Claim with the values that give roles; dots lead into an object. */
  oidcRolesClaim: claimSchema,
  oidcRoles: rolesSchema.nullable(),
};

export type ProviderSettings = z.infer<z.ZodObject<typeof providerSettings>>;

export const providerDefaults: ProviderSettings = {
  oidcIssuer: null,
  oidcAudience: null,
  oidcNameClaim: 'preferred_username',
  oidcRolesClaim: 'roles',
  oidcRoles: null,
};

/** What is known of a provider, in one piece. */
export interface ProviderTrust {
  readonly issuer: string;
  readonly audience: string;
  readonly nameClaim: string;
  readonly rolesClaim: string;
  readonly roles: ProviderRoles;
}

/**
 * The provider of the settings; null where none is named. A token for anybody would be a token for us, and a role of somebody else's
 * program one of ours: both are stated, not guessed. Errors: ConfigInvalid for half of it.
 */
export function providerOf({ oidcIssuer, oidcAudience, oidcNameClaim, oidcRolesClaim, oidcRoles }: ProviderSettings): ProviderTrust | null {
  if (oidcIssuer === null) return null;
  const missing = oidcAudience === null ? 'oidcAudience' : 'oidcRoles';
  if (oidcAudience === null || oidcRoles === null)
    throw new LedgerError('ConfigInvalid', `oidcIssuer needs ${missing} beside it`, { at: { path: missing } });
  return { issuer: oidcIssuer, audience: oidcAudience, nameClaim: oidcNameClaim, rolesClaim: oidcRolesClaim, roles: oidcRoles };
}
