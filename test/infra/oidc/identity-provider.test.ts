/** Against a real provider of OpenID Connect in this process: what it signs, and what others sign in its name. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { createIdentityProvider } from '../../../infra/oidc/identity-provider.ts';
import type { IdentityProvider } from '../../../handlers/ports/ports.ts';
import { audience, OidcProvider, signingKey } from '../../support/oidc-provider.ts';
import { plusSeconds } from '../../../domain/shared/instants.ts';

const first = signingKey('first');
const second = signingKey('second');
const now = (): string => new Date(performance.timeOrigin + performance.now()).toISOString();
const impatient = { keysMsMax: 600_000, keysPauseMs: 0, retryMs: 0 };

let provider: OidcProvider;
let tokens: IdentityProvider;
beforeAll(async () => {
  provider = await OidcProvider.start(first);
});
afterAll(() => provider.stop());
beforeEach(() => {
  tokens = createIdentityProvider({ issuer: provider.issuer, audience, timing: impatient });
  provider.asked.length = 0;
});
afterEach(() => provider.useKeys(first));

/** A token with the provider's own key and whatever a test wants in it. */
async function made(claims: JWTPayload, header: { readonly kid?: string; readonly typ?: string } = {}, key = first): Promise<string> {
  const seconds = Math.floor(Date.parse(now()) / 1_000);
  return new SignJWT({ iss: provider.issuer, aud: audience, exp: seconds + 60, preferred_username: 'olga', ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'first', typ: 'at+jwt', ...header })
    .sign(key.privateKey);
}

const usual = (): JWTPayload => ({ iss: provider.issuer, aud: audience, exp: Math.floor(Date.parse(now()) / 1_000) + 60 });
const discovery = (document: object): string => JSON.stringify(document);

const refusal = (message: string) => ({ code: 'NotAuthenticated', message: `the token ${message}` });
const keyReads = (): number => provider.asked.filter((path) => path === '/jwks').length;

describe('a token of the provider', () => {
  test('is taken with its claims and its end, and its keys are asked for once', async () => {
    const [one, other] = [await provider.token(), await provider.token()];
    const { claims, expiresAt } = await tokens.verify(one, now());
    expect(claims).toMatchObject({ preferred_username: 'olga', roles: ['risk-officers'], aud: audience, iss: provider.issuer });
    expect(Date.parse(expiresAt)).toBe(Number(claims['exp']) * 1_000);
    await tokens.verify(other, now());
    expect(provider.asked.filter((path) => path !== '/token')).toEqual(['/.well-known/openid-configuration', '/jwks']);
  });

  test('is refused when it has expired, with 30 seconds for clocks that differ', async () => {
    const token = await provider.token();
    const { expiresAt } = await tokens.verify(token, now());
    await expect(tokens.verify(token, plusSeconds(expiresAt, 29))).resolves.toMatchObject({ expiresAt });
    await expect(tokens.verify(token, plusSeconds(expiresAt, 31))).rejects.toMatchObject(refusal('has expired'));
  });

  test('is refused when it is for another audience', async () => {
    await expect(tokens.verify(await provider.token('https://other.example'), now())).rejects.toMatchObject(
      refusal('is for another audience'),
    );
  });

  test('is refused when it is of another issuer, and nobody is asked about it', async () => {
    const other = await OidcProvider.start(first);
    try {
      await expect(tokens.verify(await other.token(), now())).rejects.toMatchObject(refusal('is of another issuer'));
      expect(provider.asked).toEqual([]);
    } finally {
      await other.stop();
    }
  });

  test('is refused before it is valid, without an end, and when its bearer has to prove a key', async () => {
    const seconds = Math.floor(Date.parse(now()) / 1_000);
    await expect(tokens.verify(await made({ nbf: seconds + 300 }), now())).rejects.toMatchObject(refusal('is not valid yet'));
    const endless = await new SignJWT({ iss: provider.issuer, aud: audience })
      .setProtectedHeader({ alg: 'ES256', kid: 'first' })
      .sign(first.privateKey);
    await expect(tokens.verify(endless, now())).rejects.toMatchObject(refusal('says no exp'));
    await expect(tokens.verify(await made({ cnf: { jkt: 'x' } }), now())).rejects.toMatchObject({ code: 'NotAuthenticated' });
  });

  test.each([
    ['an ID token', { at_hash: 'x' }, {}],
    ['an ID token as Keycloak marks it', { typ: 'ID' }, { typ: 'JWT' }],
    ['a logout token', {}, { typ: 'logout+jwt' }],
  ])('is refused when it is %s', async (_, claims, header) => {
    await expect(tokens.verify(await made(claims, header), now())).rejects.toMatchObject({ code: 'NotAuthenticated' });
  });

  test('is taken as Keycloak makes it, with the type JWT', async () => {
    await expect(tokens.verify(await made({ typ: 'Bearer' }, { typ: 'JWT' }), now())).resolves.toBeDefined();
  });
});

describe('a token that somebody else made', () => {
  test('without a signature is refused, and the provider is not asked', async () => {
    await expect(tokens.verify(new UnsecuredJWT(usual()).encode(), now())).rejects.toMatchObject(
      refusal('is signed by none, which is not taken'),
    );
    expect(provider.asked).toEqual([]);
  });

  test.each(['pem', 'der', 'jwk'] as const)('with HS256 and the public key as %s for its secret is refused', async (format) => {
    const text =
      format === 'jwk'
        ? JSON.stringify(first.publicKey.export({ format }))
        : first.publicKey.export({ format: format as 'pem', type: 'spki' });
    const secret = Buffer.from(text);
    const forged = await new SignJWT(usual()).setProtectedHeader({ alg: 'HS256', kid: 'first' }).sign(secret);
    await expect(tokens.verify(forged, now())).rejects.toMatchObject(refusal('is signed by HS256, which is not taken'));
  });

  test('with a key of theirs under the id of the provider’s is refused', async () => {
    await expect(tokens.verify(await made({}, {}, second), now())).rejects.toMatchObject(
      refusal('has a signature that is not of the identity provider'),
    );
  });

  test('with a key that it brings along is refused', async () => {
    const jwk = second.publicKey.export({ format: 'jwk' });
    const forged = await new SignJWT(usual())
      .setProtectedHeader({ alg: 'ES256', kid: 'second', jwk, jku: 'http://127.0.0.1:9/jwks' })
      .sign(second.privateKey);
    await expect(tokens.verify(forged, now())).rejects.toMatchObject(refusal('is signed with a key that the identity provider has not'));
  });

  test.each(['x', 'a.b.c', 'e30.e30.', 'eyJhbGciOiJFUzI1NiJ9.bm8.AA', '..'])(
    'as %s is refused, and the provider is not asked',
    async (text) => {
      await expect(tokens.verify(text, now())).rejects.toMatchObject({ code: 'NotAuthenticated' });
      expect(provider.asked).toEqual([]);
    },
  );
});

describe('keys', () => {
  test('that are rotated are found when a token names the new one, and the old ones go', async () => {
    const old = await provider.token();
    await tokens.verify(old, now());
    await provider.useKeys(second);
    await expect(tokens.verify(await provider.token(), now())).resolves.toBeDefined();
    await expect(tokens.verify(old, now())).rejects.toMatchObject(refusal('is signed with a key that the identity provider has not'));
  });

  test('that are unknown have the provider asked again once in a while, however many name them', async () => {
    const patient = createIdentityProvider({ issuer: provider.issuer, audience, timing: { ...impatient, keysPauseMs: 60_000 } });
    await patient.verify(await provider.token(), now());
    const unknown = await made({}, { kid: 'unknown' });
    for (let time = 0; time < 20; time += 1)
      await expect(patient.verify(unknown, now())).rejects.toMatchObject(
        refusal('is signed with a key that the identity provider has not'),
      );
    expect(keyReads()).toBe(1);
  });

  test('that are old are read again, so that one that was withdrawn ends', async () => {
    const forgetful = createIdentityProvider({ issuer: provider.issuer, audience, timing: { ...impatient, keysMsMax: 0 } });
    const token = await provider.token();
    await forgetful.verify(token, now());
    await provider.useKeys(second);
    await expect(forgetful.verify(token, now())).rejects.toMatchObject({ code: 'NotAuthenticated' });
  });
});

describe('a provider', () => {
  const away = { code: 'IdentityProviderUnavailable' };

  test('that is away is said to be, left alone for a while, and asked again after it', async () => {
    const token = await provider.token();
    const patient = createIdentityProvider({ issuer: provider.issuer, audience, timing: { ...impatient, retryMs: 50 } });
    provider.answerWith((_request, response) => void response.writeHead(503).end());
    provider.asked.length = 0;
    for (let time = 0; time < 20; time += 1) await expect(patient.verify(token, now())).rejects.toMatchObject(away);
    expect(provider.asked.length).toBeLessThan(20);
    await provider.useKeys(first);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await expect(patient.verify(token, now())).resolves.toBeDefined();
  });

  test('that is away takes nothing from tokens whose keys are known, whatever else is shown meanwhile', async () => {
    const token = await provider.token();
    await tokens.verify(token, now());
    provider.answerWith((_request, response) => void response.destroy());
    await expect(tokens.verify(await made({}, { kid: 'unknown' }), now())).rejects.toMatchObject(away);
    await expect(tokens.verify(token, now())).resolves.toBeDefined();
  });

  test.each([
    ['says that it is another issuer', () => discovery({ issuer: 'https://other.example', jwks_uri: `${provider.issuer}/jwks` })],
    ['does not say where its keys are', () => discovery({ issuer: provider.issuer })],
    ['says of itself what is no JSON', () => '<html>'],
    ['has no keys where it says that they are', () => discovery({ issuer: provider.issuer, jwks_uri: `${provider.issuer}/keys` })],
  ])('that %s is as good as away', async (_, body) => {
    const token = await provider.token();
    provider.answerWith((_request, response) => void response.end(body()));
    await expect(tokens.verify(token, now())).rejects.toMatchObject(away);
  });

  test('that says more than 256 KiB of itself is not read to the end', async () => {
    const token = await provider.token();
    const key = { ...first.publicKey.export({ format: 'jwk' }), kid: 'first', alg: 'ES256' };
    const saying = (spaces: number) => (request: IncomingMessage, response: ServerResponse) => {
      const said = request.url === '/jwks' ? { keys: [key] } : { issuer: provider.issuer, jwks_uri: `${provider.issuer}/jwks` };
      response.end(`${JSON.stringify(said)}${' '.repeat(spaces)}`);
    };
    provider.answerWith(saying(262_145));
    await expect(tokens.verify(token, now())).rejects.toMatchObject(away);
    provider.answerWith(saying(200_000));
    await expect(tokens.verify(token, now())).resolves.toBeDefined();
  });

  test('that sends elsewhere is not followed', async () => {
    const token = await provider.token();
    const other = await OidcProvider.start(first);
    try {
      provider.answerWith((request, response) => void response.writeHead(302, { location: `${other.issuer}${request.url}` }).end());
      await expect(tokens.verify(token, now())).rejects.toMatchObject(away);
      expect(other.asked).toEqual([]);
    } finally {
      await other.stop();
    }
  });
});
