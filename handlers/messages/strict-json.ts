import { canonicalJson, type Json } from '../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { jsonTooHeavy } from '../../domain/shared/json-weight.ts';
import { limits } from '../../domain/shared/limits.ts';

/** Errors: MessageInvalid, with the place in the message when there is one. */
export function refuseMessage(why: string, path = ''): never {
  throw new LedgerError('MessageInvalid', path === '' ? why : `${path}: ${why}`, { at: path === '' ? {} : { path } });
}

const quote = 0x22;
const backslash = 0x5c;
const notInJson: Readonly<Record<number, string>> = { 0x4e: 'NaN', 0x49: 'Infinity' };

/** Index of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === backslash) at += 1;
    else if (code === quote) return at;
  }
  return refuseMessage('not JSON: a string has no end');
}

function isFollowedByColon(text: string, index: number): boolean {
  let at = index + 1;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1;
  return text[at] === ':';
}

function keyIn(text: string, start: number, end: number): string {
  const written = text.slice(start + 1, end);
  if (!written.includes('\\')) return written;
  try {
    return JSON.parse(text.slice(start, end + 1)) as string;
  } catch {
    return refuseMessage('not JSON: an escape that does not exist');
  }
}

/**
 * Looks at the text before any parser does: what a parser would swallow silently (a member twice, `__proto__`), build without end
 * (nesting), or refuse without saying what Python wrote (NaN).
 */
function scan(text: string): void {
  /** Names of the members of each open object; null for an open list. */
  const open: (Set<string> | null)[] = [];
  let members = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    switch (code) {
      case quote: {
        const end = endOfString(text, at);
        const names = open.at(-1);
        if (names !== null && names !== undefined && isFollowedByColon(text, end)) {
          const key = keyIn(text, at, end);
          if (key === '__proto__') refuseMessage('a member named __proto__');
          if (names.has(key)) refuseMessage(`the member ${JSON.stringify(key.slice(0, 100))} appears twice in one object`);
          names.add(key);
          if (++members > limits.jsonMembersMax) refuseMessage(`more than ${limits.jsonMembersMax} members`);
        }
        at = end;
        break;
      }
      case 0x7b:
      case 0x5b:
        open.push(code === 0x7b ? new Set() : null);
        if (open.length > limits.jsonDepthMax) refuseMessage(`nested deeper than ${limits.jsonDepthMax}`);
        break;
      case 0x7d:
      case 0x5d:
        open.pop();
        break;
      case 0x4e:
      case 0x49:
        refuseMessage(`not JSON: ${notInJson[code]} is not a number there (Python writes it unless allow_nan=False)`);
    }
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuseMessage('not UTF-8');
  }
}

/**
 * A JSON text (RFC 8259) that everybody reads alike: UTF-8, no member twice and none named `__proto__`, nested no deeper than
 * `limits.jsonDepthMax`, finite numbers and well-formed strings only. Errors: MessageInvalid.
 */
export function parseStrictJson(bytes: Uint8Array): Json {
  const text = decoded(bytes);
  const heavy = jsonTooHeavy(text);
  if (heavy !== null) refuseMessage(heavy);
  scan(text);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return refuseMessage('not JSON');
  }
  try {
    canonicalJson(value);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return refuseMessage(error.message, error.at.path ?? '');
  }
  return value;
}
