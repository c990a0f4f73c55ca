import {
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
} from 'jose';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { IdentityProvider, VerifiedToken } from '../../handlers/ports/ports.ts';
import { discoverKeys, ProviderAnswers } from './provider-answers.ts';

/** Signatures by a private key alone: with `HS256` whoever knows the public one could sign, and `none` is no signature. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];

/** An access token says `at+jwt` (RFC 9068), or in older providers no more than that it is a JWT; logout tokens and their like do not. */
const types = new Set(['jwt', 'at+jwt', 'application/at+jwt']);

/** The last instant that a date of four digits can say. */
const lastSecond = 253_402_300_799;

interface Timing {
  /** Keys are asked for again after so long. */
  readonly keysMsMax: number;
  /** For a key that is unknown they are asked for again no sooner. */
  readonly keysPauseMs: number;
  /** A provider that did not answer is asked again no sooner. */
  readonly retryMs: number;
}

export interface IdentityProviderOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Left out for the bounds in `limits`. */
  readonly timing?: Timing;
}

function refused(message: string, cause?: unknown): LedgerError {
  return new LedgerError('NotAuthenticated', `the token ${message}`, cause === undefined ? {} : { cause });
}

const claimFaults: Readonly<Record<string, string>> = {
  aud: 'is for another audience',
  iss: 'is of another issuer',
  nbf: 'is not valid yet',
  iat: 'was made at a time to come',
};

function asRefusal(error: unknown): unknown {
  if (!(error instanceof errors.JOSEError)) return error;
  if (error instanceof errors.JWTExpired) return refused('has expired', error);
  if (error instanceof errors.JWTClaimValidationFailed)
    return refused(
      error.reason === 'missing' ? `says no ${error.claim}` : (claimFaults[error.claim] ?? `has a wrong ${error.claim}`),
      error,
    );
  if (error instanceof errors.JWKSNoMatchingKey) return refused('is signed with a key that the identity provider has not', error);
  if (error instanceof errors.JWKSMultipleMatchingKeys) return refused('does not say with which key it is signed', error);
  if (error instanceof errors.JWSSignatureVerificationFailed) return refused('has a signature that is not of the identity provider', error);
  return refused('is none that can be read', error);
}

function isAnswerOnToken(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
}

/** What can be seen before any key is asked for: nobody has us ask the provider with what can be no token of it. */
function inspect(token: string, issuer: string): void {
  let header: { readonly alg?: unknown; readonly typ?: unknown };
  let claims: JWTPayload;
  try {
    header = decodeProtectedHeader(token);
    claims = decodeJwt(token);
  } catch (cause) {
    throw refused('is neither one of this ledger nor a JWT', cause);
  }
  if (!algorithms.includes(String(header.alg))) throw refused(`is signed by ${String(header.alg).slice(0, 20)}, which is not taken`);
  const { typ = 'JWT' } = header;
  if (typeof typ !== 'string' || !types.has(typ.toLowerCase())) throw refused('is no access token');
  if (claims.iss !== issuer) throw refused('is of another issuer');
}

/** What a verified token must not be: another kind of token, or one that its bearer has to prove a key for. */
function inspectKind(claims: JWTPayload): void {
  if (claims['at_hash'] !== undefined || claims['c_hash'] !== undefined || claims['typ'] === 'ID')
    throw refused('is an ID token: send the access token');
  // RFC 9449, RFC 8705: taken without that proof, a stolen one would be as good.
  if (claims['cnf'] !== undefined) throw refused('is bound to a key of its bearer, which is not supported here');
}

type Keys = ReturnType<typeof createRemoteJWKSet>;

async function discovered(answers: ProviderAnswers, issuer: string, { keysMsMax, keysPauseMs }: Timing): Promise<Keys> {
  return createRemoteJWKSet(await discoverKeys(answers, issuer), {
    cacheMaxAge: keysMsMax,
    cooldownDuration: keysPauseMs,
    timeoutDuration: limits.providerMsMax,
    [customFetch]: async (address) => new Response(await answers.read(address)),
  });
}

/**
 * The keys of an issuer: found by discovery when the first token comes, asked for again when they are old, or when a token names one that
 * is not among them. Errors: IdentityProviderUnavailable.
 */
function keysOf(issuer: string, timing: Timing): JWTVerifyGetKey {
  const answers = new ProviderAnswers(timing.retryMs);
  let found: Promise<Keys> | null = null;
  return async (header, token) => {
    let keys: Keys | null = null;
    try {
      found ??= discovered(answers, issuer, timing);
      keys = await found;
      return await keys(header, token);
    } catch (error) {
      if (isAnswerOnToken(error)) throw error;
      // Keys that are still good are kept, whatever a token with another one met; without any, they may have moved.
      if (keys?.fresh !== true) found = null;
      if (error instanceof LedgerError) throw error;
      throw new LedgerError('IdentityProviderUnavailable', 'the identity provider gives keys that cannot be read', { cause: error });
    }
  };
}

const usualTiming = { keysMsMax: limits.providerKeysMsMax, keysPauseMs: limits.providerKeysPauseMs, retryMs: limits.providerRetryMs };

/** Verifies the JWT access tokens of an issuer of OpenID Connect. */
export function createIdentityProvider({ issuer, audience, timing = usualTiming }: IdentityProviderOptions): IdentityProvider {
  const keys = keysOf(issuer, timing);
  return {
    verify: async (token, now): Promise<VerifiedToken> => {
      inspect(token, issuer);
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience,
          algorithms,
          requiredClaims: ['exp'],
          clockTolerance: limits.providerClockSecondsMax,
          currentDate: new Date(now),
        });
        inspectKind(payload);
        return { claims: payload, expiresAt: new Date(Math.min(payload.exp!, lastSecond) * 1_000).toISOString() };
      } catch (error) {
        throw asRefusal(error);
      }
    },
  };
}
