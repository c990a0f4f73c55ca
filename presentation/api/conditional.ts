import type { ApiRequest } from '../ports/ports.ts';

/** The position that an answer reflects, as the validator of what is at an address. */
export function entityTag(position: string | null): string {
  return `"${position ?? 'empty'}"`;
}

/** Whether the asker has that already: `If-None-Match` of RFC 9110, where a weak validator is as good. */
export function isHeld({ headers }: Pick<ApiRequest, 'headers'>, tag: string): boolean {
  const held = headers['if-none-match'];
  if (held === undefined) return false;
  if (held.trim() === '*') return true;
  return held.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
}
