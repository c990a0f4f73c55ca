import type { Ports } from '../../handlers/ports/ports.ts';
import type { ApiRequest } from '../ports/ports.ts';

/**
 * The validator of what is at an address: the position that an answer reflects, and a digest of what it says or follows from. The position
 * alone would not do: an answer may also say what is late by the clock, and another build may say the same in other words.
 */
export function entityTag({ crypto }: Pick<Ports, 'crypto'>, position: string | null, text: string): string {
  return `"${position ?? 'empty'}.${crypto.sha256Hex(new TextEncoder().encode(text)).slice(0, 16)}"`;
}

/** Whether the asker has that already: `If-None-Match` of RFC 9110, where a weak validator is as good. */
export function isHeld({ headers }: Pick<ApiRequest, 'headers'>, tag: string): boolean {
  const held = headers['if-none-match'];
  if (held === undefined) return false;
  if (held.trim() === '*') return true;
  return held.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
}
