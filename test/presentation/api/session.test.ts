import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Workbench } from '../../support/cli.ts';
import { audience, OidcProvider, signingKey } from '../../support/oidc-provider.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { type ApiReply, ServedLedger, tokenOf } from '../../support/served-ledger.ts';

const bench = new Workbench(scratchDirectory());
let provider: OidcProvider;
let served: ServedLedger;
let operator: string;

beforeAll(async () => {
  await bench.json(['manifest', 'apply', '--no-seal']);
  operator = await tokenOf(bench, 'olga', 'operator');
  provider = await OidcProvider.start(signingKey('first'));
  served = await ServedLedger.start(bench, [], {
    environment: {
      SLEEVE_LEDGER_OIDC_ISSUER: provider.issuer,
      SLEEVE_LEDGER_OIDC_AUDIENCE: audience,
      SLEEVE_LEDGER_OIDC_ROLES: 'risk-officers=approver,desk=operator',
    },
  });
}, 30_000);
afterAll(async () => {
  await served.stop();
  await provider.stop();
});

const json = { 'content-type': 'application/json' };
const ownPage = { ...json, 'sec-fetch-site': 'same-origin' };
const signIn = (token: string, headers: Readonly<Record<string, string>> = ownPage): Promise<ApiReply> =>
  served.ask('/v1/session', { method: 'POST', headers, body: JSON.stringify({ token }) });
const cookieOf = (answer: ApiReply): string => answer.headers.get('set-cookie')!.split(';', 1)[0]!;
const signedIn = async (token: string): Promise<string> => cookieOf(await signIn(token));
const halt = (headers: Readonly<Record<string, string>>): Promise<ApiReply> =>
  served.ask('/v1/portfolios/pair/halt', { method: 'POST', headers, body: JSON.stringify({ why: 'the vendor is out' }) });

describe('a token of the identity provider', () => {
  test('says who asks, with the roles of the settings', async () => {
    const answer = await served.ask('/v1/session', { token: await provider.token() });
    expect([answer.status, answer.json]).toEqual([200, { name: 'olga', roles: ['approver'], by: 'provider', until: null }]);
  });

  test('whose values give no role may do nothing', async () => {
    provider.claims = { preferred_username: 'peter', roles: ['visitors'] };
    const token = await provider.token();
    provider.claims = { preferred_username: 'olga', roles: ['risk-officers'] };
    const answer = await served.ask('/v1/status', { token });
    expect([answer.status, answer.json['title']]).toEqual([403, 'NotPermitted']);
  });

  test('for another audience is refused', async () => {
    const answer = await served.ask('/v1/status', { token: await provider.token('https://other.example') });
    expect([answer.status, answer.json['detail'], answer.headers.get('www-authenticate')]).toEqual([
      401,
      'the token is for another audience',
      'Bearer',
    ]);
  });

  test('of a provider that is away is answered 503, while tokens of the ledger work', async () => {
    const token = await provider.token();
    const away = await OidcProvider.start(signingKey('first'));
    const { issuer } = away;
    await away.stop();
    const other = await ServedLedger.start(bench, [], {
      environment: { SLEEVE_LEDGER_OIDC_ISSUER: issuer, SLEEVE_LEDGER_OIDC_AUDIENCE: audience, SLEEVE_LEDGER_OIDC_ROLES: 'a=viewer' },
    });
    try {
      const [header, , signature] = token.split('.');
      const claims = Buffer.from(JSON.stringify({ iss: issuer, aud: audience, exp: 4_000_000_000 })).toString('base64url');
      const theirs = await other.ask('/v1/status', { token: `${header}.${claims}.${signature}` });
      expect([theirs.status, theirs.json['title']]).toEqual([503, 'IdentityProviderUnavailable']);
      expect((await other.ask('/v1/status', { token: operator })).status).toBe(200);
    } finally {
      await other.stop();
    }
  });
});

describe('a session', () => {
  test('stands for the token that it was made with', async () => {
    const answer = await signIn(operator);
    expect([answer.status, answer.json]).toEqual([
      200,
      { name: 'olga', roles: ['operator'], by: 'session', until: expect.stringMatching(/^\d{4}-.*Z$/) },
    ]);
    expect(answer.headers.get('set-cookie')).toMatch(
      /^sleeve-ledger-session=[\w-]{43}; Max-Age=(?:43200|43199); Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const asked = await served.ask('/v1/session', { headers: { cookie: `other=1; ${cookieOf(answer)}` } });
    expect([asked.status, asked.json]).toEqual([200, answer.json]);
  });

  test('of a token of the provider ends with it, ten minutes after it was made', async () => {
    const answer = await signIn(await provider.token());
    const seconds = Number(/Max-Age=(\d+)/.exec(answer.headers.get('set-cookie')!)![1]);
    expect(seconds).toBeGreaterThan(590);
    expect(seconds).toBeLessThanOrEqual(600);
    const asked = await served.ask('/v1/session', { headers: { cookie: cookieOf(answer) } });
    expect(asked.json).toMatchObject({ name: 'olga', roles: ['approver'], by: 'session' });
  });

  test('is not begun by what is no token, nor told where nothing is shown', async () => {
    const [wrong, none] = [await signIn('x.y.z'), await served.ask('/v1/session')];
    expect([wrong.status, wrong.headers.get('set-cookie'), none.status]).toEqual([401, null, 401]);
    const extra = await served.send('/v1/session', { token: operator, name: 'peter' });
    expect([extra.status, extra.json['title']]).toEqual([400, 'RequestInvalid']);
  });

  test('ends when it is ended, and the browser forgets it', async () => {
    const cookie = await signedIn(operator);
    const ended = await served.ask('/v1/session', { method: 'DELETE', headers: { ...ownPage, cookie } });
    expect([ended.status, ended.headers.get('set-cookie')]).toEqual([
      204,
      'sleeve-ledger-session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
    ]);
    const asked = await served.ask('/v1/session', { headers: { cookie } });
    expect([asked.status, asked.json['detail']]).toEqual([401, 'the session has ended: sign in again']);
    expect((await served.ask('/v1/session', { method: 'DELETE', headers: ownPage })).status).toBe(204);
  });

  test('ends when another takes its place in the same browser', async () => {
    const cookie = await signedIn(operator);
    await signIn(operator, { ...ownPage, cookie });
    expect((await served.ask('/v1/session', { headers: { cookie } })).status).toBe(401);
  });

  test('ends when its token is revoked, at the next request', async () => {
    const { result } = await bench.json(['token', 'create', '--holder', 'peter', '--role', 'viewer', '--no-seal']);
    const cookie = await signedIn(result['token'] as string);
    expect((await served.ask('/v1/status', { headers: { cookie } })).status).toBe(200);
    await bench.json(['token', 'revoke', result['tokenId'] as string, '--why', 'he left', '--no-seal']);
    const asked = await served.ask('/v1/status', { headers: { cookie } });
    expect([asked.status, asked.json['detail']]).toEqual([401, 'the token was revoked']);
  });

  test('that has ended leaves its holder what anybody may do where anybody reads', async () => {
    const other = await ServedLedger.start(bench);
    try {
      const cookie = 'sleeve-ledger-session=ended';
      const asked = await other.ask('/v1/session', { headers: { cookie } });
      expect([asked.status, asked.json]).toEqual([200, { name: 'unnamed', roles: ['viewer'], by: 'loopback', until: null }]);
      const decided = await other.ask('/v1/portfolios/pair/halt', { method: 'POST', headers: { ...ownPage, cookie }, body: '{"why":"x"}' });
      expect([decided.status, decided.json['title']]).toEqual([403, 'NotPermitted']);
    } finally {
      await other.stop();
    }
  });

  test('decides under the name of its holder, when a page of this server sends it', async () => {
    const cookie = await signedIn(operator);
    expect((await halt({ ...ownPage, cookie })).status).toBe(200);
    const halted = (await bench.json(['ledger', 'events', '--types', 'PublicationHalted'])).result['events'] as { actor: string }[];
    expect(halted.map(({ actor }) => actor)).toEqual(['olga']);
    expect((await halt({ ...json, cookie, origin: served.url })).json['result']).toMatchObject({ already: true });
  });

  test.each([
    ['without saying where it comes from', json],
    ['from another site', { ...json, 'sec-fetch-site': 'cross-site' }],
    ['from another port of this machine', { ...json, 'sec-fetch-site': 'same-site' }],
    ['typed into the address bar', { ...json, 'sec-fetch-site': 'none' }],
    ['from another origin', { ...json, origin: 'http://127.0.0.1:1' }],
    ['from an origin that is hidden', { ...json, origin: 'null' }],
    ['as a form', { 'content-type': 'text/plain', 'sec-fetch-site': 'same-origin' }],
    ['as a form of another kind', { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }],
  ])('decides nothing %s', async (_, headers) => {
    const cookie = await signedIn(operator);
    const before = await bench.events();
    const answer = await halt({ ...headers, cookie });
    expect([answer.status, answer.json['title']]).toEqual([403, 'OriginUnknown']);
    expect(await bench.events()).toHaveLength(before.length);
    const out = await served.ask('/v1/session', { method: 'DELETE', headers: { ...headers, cookie } });
    expect([out.status, out.json['title']]).toEqual([403, 'OriginUnknown']);
  });

  test.each([
    ['of a stranger', { ...json, 'sec-fetch-site': 'cross-site' }],
    ['of a stranger that sends a form', { 'content-type': 'text/plain' }],
    ['of another origin', { ...json, origin: 'https://evil.example' }],
  ])('is begun by no page %s', async (_, headers) => {
    const answer = await signIn(operator, headers);
    expect([answer.status, answer.json['title'], answer.headers.get('set-cookie')]).toEqual([403, 'OriginUnknown', null]);
  });

  test('is asked for by nobody of another origin, not even to read', async () => {
    const answer = await served.ask('/v1/session', { headers: { cookie: await signedIn(operator), origin: 'https://evil.example' } });
    expect([answer.status, answer.json['title']]).toEqual([403, 'OriginUnknown']);
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});
