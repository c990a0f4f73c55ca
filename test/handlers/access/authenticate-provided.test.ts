import { describe, expect, test } from '@jest/globals';
import { authenticateProvided } from '../../../handlers/access/authenticate-provided.ts';
import type { ProviderTrust } from '../../../handlers/runtime/provider-settings.ts';

const end = '2026-11-21T09:00:00.000Z';
const trust = {
  nameClaim: 'preferred_username',
  rolesClaim: 'roles',
  roles: { 'risk-officers': ['approver'], quants: ['viewer', 'auditor'] },
} as const;

const bearer = (claims: Readonly<Record<string, unknown>>, change: Partial<ProviderTrust> = {}) =>
  authenticateProvided({ verify: async () => ({ claims, expiresAt: end }) }, { ...trust, ...change }, 'a.b.c', '2026-11-21T08:00:00.000Z');

async function rolesOf(claims: object, rolesClaim: string): Promise<readonly string[]> {
  const { roles } = await bearer({ preferred_username: 'olga', ...claims }, { rolesClaim });
  return roles;
}

describe('roles of a token of the provider', () => {
  test('are those that the settings give to its values, and no others', async () => {
    expect(await bearer({ preferred_username: 'olga', roles: ['quants', 'risk-officers', 'operator', 'admin', 3] })).toEqual({
      holder: 'olga',
      roles: ['viewer', 'auditor', 'approver'],
      expiresAt: end,
    });
  });

  test.each([
    ['none where the claim is missing', {}],
    ['none where it is an object', { roles: { quants: true } }],
    ['none for names that every object has', { roles: ['constructor', '__proto__', 'toString'] }],
  ])('are %s', async (_, claims) => {
    expect((await bearer({ preferred_username: 'olga', ...claims })).roles).toEqual([]);
  });

  test('are found in text behind blanks, along dots, and in a claim whose name holds dots', async () => {
    expect(await rolesOf({ scope: 'openid risk-officers' }, 'scope')).toEqual(['approver']);
    expect(await rolesOf({ realm_access: { roles: ['risk-officers'] } }, 'realm_access.roles')).toEqual(['approver']);
    expect(await rolesOf({ 'https://desk.example/roles': ['risk-officers'] }, 'https://desk.example/roles')).toEqual(['approver']);
  });
});

describe('the name in a token of the provider', () => {
  test.each([
    ['missing', {}],
    ['empty', { preferred_username: '' }],
    ['no text', { preferred_username: 7 }],
    ['that of nobody', { preferred_username: 'Unnamed' }],
    ['written with characters that nobody sees', { preferred_username: 'ol\u200Bga' }],
    ['inherited', { __proto__: { preferred_username: 'olga' } }],
  ])('is refused when it is %s', async (_, claims) => {
    await expect(bearer(claims)).rejects.toMatchObject({
      code: 'NotAuthenticated',
      message: 'the token names nobody in its claim preferred_username',
    });
  });

  test('is no address that was not seen to be theirs', async () => {
    const nameClaim = 'email';
    await expect(bearer({ email: 'olga@desk.example', email_verified: false }, { nameClaim })).rejects.toMatchObject({
      code: 'NotAuthenticated',
    });
    expect((await bearer({ email: 'olga@desk.example', email_verified: true }, { nameClaim })).holder).toBe('olga@desk.example');
  });
});
