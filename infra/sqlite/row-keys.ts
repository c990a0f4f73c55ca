import { LedgerError } from '../../domain/shared/errors.ts';

/**
 * SQLite orders text by its UTF-8 bytes, where characters beyond the basic plane come last; by code units they come before U+E000. So
 * the characters from U+E000 on are stored behind the greatest character, which itself is marked to stay below them.
 */
const greatest = '\u{10ffff}';

/** Greater than what is stored of any key that begins with nothing. */
export const endOfKeys = `${greatest}${greatest}`;

/** A row key as it is stored: text that SQLite orders as its code units. Errors: NotPlainJson for a lone surrogate. */
export function storedKey(key: string): string {
  if (!key.isWellFormed()) throw new LedgerError('NotPlainJson', 'a row key with a lone surrogate', { evidence: { key } });
  if (!/[\ud800-\uffff]/.test(key)) return key;
  return key.replaceAll(/[\ue000-\uffff]|\u{10ffff}/gu, (character) =>
    character === greatest ? `${greatest}+` : `${greatest}-${character}`,
  );
}

export function keyOf(stored: string): string {
  return stored.includes(greatest)
    ? stored.replaceAll(/\u{10ffff}(?:\+|-([\ue000-\uffff]))/gu, (_, character: string | undefined) => character ?? greatest)
    : stored;
}
