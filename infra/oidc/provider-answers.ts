import { bytesWithin } from '../../domain/shared/bounded-bytes.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';

function unavailable(message: string, cause?: unknown): LedgerError {
  return new LedgerError('IdentityProviderUnavailable', `the identity provider ${message}`, cause === undefined ? {} : { cause });
}

const tooLarge = (): LedgerError => unavailable('answers more than is read of it');

async function textOf(response: Response): Promise<string> {
  return new TextDecoder().decode(await bytesWithin(response.body, limits.providerAnswerBytesMax, tooLarge));
}

/**
 * Reads what an identity provider says of itself. Whoever shows a token makes us ask, so one that did not answer is left alone for a while:
 * until then every token of it is refused at once.
 */
export class ProviderAnswers {
  readonly #retryMs: number;
  #failed: { readonly at: number; readonly error: LedgerError } | null = null;

  constructor(retryMs: number) {
    this.#retryMs = retryMs;
  }

  /** A JSON text. Errors: IdentityProviderUnavailable. */
  async read(url: string): Promise<string> {
    if (this.#failed !== null && performance.now() - this.#failed.at < this.#retryMs) throw this.#failed.error;
    try {
      const text = await this.#asked(url);
      this.#failed = null;
      return text;
    } catch (cause) {
      const error = cause instanceof LedgerError ? cause : unavailable('does not answer', cause);
      this.#failed = { at: performance.now(), error };
      throw error;
    }
  }

  async #asked(url: string): Promise<string> {
    const response = await fetch(url, {
      headers: { accept: 'application/json, application/jwk-set+json' },
      // One that sends elsewhere is not the one that was named.
      redirect: 'error',
      signal: AbortSignal.timeout(limits.providerMsMax),
    });
    if (response.status !== 200) throw unavailable(`answers ${response.status}`);
    return textOf(response);
  }
}

/** Where the keys of an issuer are, as its discovery document says. Errors: IdentityProviderUnavailable. */
export async function discoverKeys(answers: ProviderAnswers, issuer: string): Promise<URL> {
  const text = await answers.read(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  let document: { readonly issuer?: unknown; readonly jwks_uri?: unknown } | null;
  try {
    document = JSON.parse(text) as typeof document;
  } catch (cause) {
    throw unavailable('says of itself what is no JSON', cause);
  }
  // OpenID Connect Discovery, 4.3: the issuer must be exactly the one that was asked.
  if (document?.issuer !== issuer) throw unavailable('says that it is another issuer');
  const { jwks_uri: keys } = document;
  if (typeof keys !== 'string' || !URL.canParse(keys)) throw unavailable('does not say where its keys are');
  const url = new URL(keys);
  if (url.protocol !== 'https:' && new URL(issuer).protocol === 'https:') throw unavailable('gives its keys without TLS');
  return url;
}
