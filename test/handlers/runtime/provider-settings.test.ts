import { describe, expect, test } from '@jest/globals';
import { providerOf } from '../../../handlers/runtime/provider-settings.ts';
import { resolveSettings } from '../../../handlers/runtime/settings.ts';

const issuer = 'https://login.example/realms/desk';
const settingsOf = (environment: Readonly<Record<string, string>>, content: object = {}) =>
  resolveSettings({}, environment, { name: 'sleeve-ledger.yaml', content }).settings;

describe('the identity provider of the settings', () => {
  test('is nobody unless one is named', () => {
    expect(providerOf(settingsOf({}))).toBeNull();
  });

  test('is read from the environment, where the last = of a pair divides', () => {
    const settings = settingsOf({
      SLEEVE_LEDGER_OIDC_ISSUER: issuer,
      SLEEVE_LEDGER_OIDC_AUDIENCE: 'sleeve-ledger',
      SLEEVE_LEDGER_OIDC_ROLES: 'risk=approver, cn=quants=viewer,risk=viewer',
      SLEEVE_LEDGER_OIDC_NAME_CLAIM: 'sub',
      SLEEVE_LEDGER_OIDC_ROLES_CLAIM: 'realm_access.roles',
    });
    expect(providerOf(settings)).toEqual({
      issuer,
      audience: 'sleeve-ledger',
      nameClaim: 'sub',
      rolesClaim: 'realm_access.roles',
      roles: { risk: ['approver', 'viewer'], 'cn=quants': ['viewer'] },
    });
  });

  test('is read from a settings file, a role alone or in a list', () => {
    const settings = settingsOf(
      {},
      { oidcIssuer: issuer, oidcAudience: 'a', oidcRoles: { risk: 'approver', quants: ['viewer', 'auditor'] } },
    );
    expect(providerOf(settings)).toEqual({
      issuer,
      audience: 'a',
      nameClaim: 'preferred_username',
      rolesClaim: 'roles',
      roles: { risk: ['approver'], quants: ['viewer', 'auditor'] },
    });
  });

  test.each([
    ['oidcAudience', { oidcIssuer: issuer, oidcRoles: { risk: 'approver' } }],
    ['oidcRoles', { oidcIssuer: issuer, oidcAudience: 'a' }],
  ])('is refused without %s: neither is guessed', (path, content) => {
    expect(() => providerOf(settingsOf({}, content))).toThrow(
      expect.objectContaining({ code: 'ConfigInvalid', message: `oidcIssuer needs ${path} beside it`, at: { path } }),
    );
  });

  test.each([
    ['oidcIssuer', 'http://login.example'],
    ['oidcIssuer', 'https://user:secret@login.example'],
    ['oidcIssuer', 'https://login.example/?a=b'],
    ['oidcIssuer', 'login.example'],
    ['oidcRoles', 'risk=admin'],
    ['oidcRoles', 'risk'],
    ['oidcRoles', '=viewer'],
    ['oidcRoles', { risk: [] }],
    ['oidcRoles', { risk: 'admin' }],
  ])('is refused with %s %j', (name, value) => {
    expect(() => settingsOf({}, { [name]: value })).toThrow(expect.objectContaining({ code: 'ConfigInvalid' }));
  });

  test('may be on this machine without TLS', () => {
    expect(settingsOf({}, { oidcIssuer: 'http://127.0.0.1:8080' }).oidcIssuer).toBe('http://127.0.0.1:8080');
  });
});
