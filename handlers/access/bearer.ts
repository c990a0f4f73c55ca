import { tokenPrefix } from '../../domain/shared/credentials.ts';
import type { Crypto } from '../ports/ports.ts';

const secretBytes = 32;
const pattern = new RegExp(`^${tokenPrefix}[A-Za-z0-9_-]{43}$`);

/** A token that nobody can guess, as its bearer sends it. */
export function newBearerToken(crypto: Pick<Crypto, 'randomBytes'>): string {
  return `${tokenPrefix}${Buffer.from(crypto.randomBytes(secretBytes)).toString('base64url')}`;
}

/** Whether a text is a token of this program, rather than one of an identity provider. */
export function isOwnToken(text: string): boolean {
  return pattern.test(text);
}

/** What is kept of a token, and the id that follows from it. */
export interface TokenFingerprint {
  readonly secretSha256: string;
  readonly tokenId: string;
}

export function fingerprintOf(crypto: Pick<Crypto, 'sha256Hex'>, token: string): TokenFingerprint {
  const secretSha256 = crypto.sha256Hex(new TextEncoder().encode(token));
  return { secretSha256, tokenId: secretSha256.slice(0, 16) };
}
