import canonicalize from 'canonicalize';
import type { LedgerEvent } from '../api/answers.ts';
import { toHex } from './merkle.ts';

/** The bytes that were hashed: RFC 8785 of the event without its hash and its place in the store. */
export function canonicalText({ hash: _hash, position: _position, ...hashed }: LedgerEvent): string {
  return canonicalize(hashed)!;
}

export async function hashOf(event: LedgerEvent): Promise<string> {
  const bytes = new TextEncoder().encode(canonicalText(event));
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}
