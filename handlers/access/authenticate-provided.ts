import type { ApiRole } from '../../domain/people/api-roles.ts';
import { isNamed } from '../../domain/people/identity.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { IdentityProvider } from '../ports/ports.ts';
import type { ProviderRoles, ProviderTrust } from '../runtime/provider-settings.ts';
import { actorSchema } from '../runtime/settings.ts';

type Claims = Readonly<Record<string, unknown>>;

/** Who shows a token of an identity provider. */
export interface ProvidedBearer {
  readonly holder: string;
  readonly roles: readonly ApiRole[];
  readonly expiresAt: string;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Claims)[name] : undefined;
}

/** A claim by its name, which may hold dots itself; else along the dots, as in `realm_access.roles`. */
function claimOf(claims: Claims, name: string): unknown {
  return memberOf(claims, name) ?? name.split('.').reduce<unknown>(memberOf, claims);
}

/** A list of texts, or texts behind blanks as in `scope`. */
function valuesOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim.filter((value) => typeof value === 'string') : [];
}

function rolesOf(values: readonly string[], roles: ProviderRoles): ApiRole[] {
  return [...new Set(values.flatMap((value) => (Object.hasOwn(roles, value) ? roles[value]! : [])))];
}

function nameOf(claims: Claims, nameClaim: string): string {
  const name = actorSchema.safeParse(claimOf(claims, nameClaim));
  if (!name.success || !isNamed(name.data)) throw new LedgerError('NotAuthenticated', `the token names nobody in its claim ${nameClaim}`);
  // An address that nobody has seen to be theirs is one that somebody else may have typed.
  if (nameClaim === 'email' && claims['email_verified'] === false)
    throw new LedgerError('NotAuthenticated', 'the address in the token is not verified');
  return name.data;
}

/** Who shows a token of the identity provider, and with which of our roles. Errors: NotAuthenticated, IdentityProviderUnavailable. */
export async function authenticateProvided(
  provider: IdentityProvider,
  { nameClaim, rolesClaim, roles }: Pick<ProviderTrust, 'nameClaim' | 'rolesClaim' | 'roles'>,
  token: string,
  now: string,
): Promise<ProvidedBearer> {
  const { claims, expiresAt } = await provider.verify(token, now);
  return { holder: nameOf(claims, nameClaim), roles: rolesOf(valuesOf(claimOf(claims, rolesClaim)), roles), expiresAt };
}
