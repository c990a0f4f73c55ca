import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Provider from 'oidc-provider';

const secret = 'a-secret-of-the-tests';
const seconds = 600;

/** Whom the tokens are for, unless a test says otherwise. */
export const audience = 'https://ledger.example';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function signingKey(kid: string): SigningKey {
  return { kid, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
}

/** The package warns of Node 20 and of its memory, on the console of whoever runs the tests. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { warn, info } = console;
  Object.assign(console, { warn: () => undefined, info: () => undefined });
  try {
    return await work();
  } finally {
    Object.assign(console, { warn, info });
  }
}

async function providerOf(issuer: string, keys: readonly SigningKey[], claims: () => object): Promise<Provider> {
  const { default: Made } = await import('oidc-provider');
  return new Made(issuer, {
    jwks: { keys: keys.map(({ kid, privateKey }) => ({ ...privateKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' })) },
    clients: [
      {
        client_id: 'desk',
        client_secret: secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    ttl: { ClientCredentials: seconds },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: async (_context: unknown, resource: string) => ({
          scope: '',
          audience: resource,
          accessTokenTTL: seconds,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    extraTokenClaims: async () => claims(),
  });
}

/** A real provider of OpenID Connect in this process, whose tokens are JWTs for the resource that is asked for. */
export class OidcProvider {
  readonly issuer: string;
  /** Paths that were asked for, in order. */
  readonly asked: string[] = [];
  /** What its tokens say beside what they have to. */
  claims: object = { preferred_username: 'olga', roles: ['risk-officers'] };
  readonly #server: Server;
  #answer: RequestListener = (_request, response) => void response.writeHead(503).end();

  private constructor(server: Server) {
    this.#server = server;
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(...keys: readonly SigningKey[]): Promise<OidcProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const provider = new OidcProvider(server);
    server.on('request', (request, response) => {
      provider.asked.push(request.url ?? '');
      provider.#answer(request, response);
    });
    await provider.useKeys(...keys);
    return provider;
  }

  /** Signs with the first of these from now on, and publishes them all and no other. */
  async useKeys(...keys: readonly SigningKey[]): Promise<void> {
    const made = await quietly(() => providerOf(this.issuer, keys, () => this.claims));
    this.#answer = made.callback();
  }

  /** Answers everything in this way, until it uses keys again. */
  answerWith(answer: RequestListener): void {
    this.#answer = answer;
  }

  /** An access token by the flow of client credentials. */
  async token(resource = audience): Promise<string> {
    const response = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`desk:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource }),
    });
    const { access_token: token } = (await response.json()) as { readonly access_token?: string };
    if (token === undefined) throw new Error(`the provider answers ${response.status}`);
    return token;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
