import canonicalize from 'canonicalize';
import { LedgerError } from './errors.ts';
import { limits } from './limits.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

const encoder = new TextEncoder();

function refuse(path: string, why: string): never {
  throw new LedgerError('NotPlainJson', `${path === '' ? 'value' : path}: ${why}`, { at: { path } });
}

/**
 * Admits plain JSON only. RFC 8785 leaves the rest to the implementation, and `canonicalize` turns a Map into `{}`
 * and drops `undefined`: both would record something else than what was meant.
 */
function admit(value: unknown, path: string, depth: number): void {
  if (depth > limits.jsonDepthMax) refuse(path, `nested deeper than ${limits.jsonDepthMax}`);
  switch (typeof value) {
    case 'boolean':
      return;
    case 'string':
      if (!value.isWellFormed()) refuse(path, 'a lone surrogate');
      return;
    case 'number':
      if (!Number.isFinite(value)) refuse(path, `${value} is no JSON number`);
      return;
    case 'object':
      break;
    default:
      refuse(path, `a ${typeof value} is no JSON value`);
  }
  if (value === null) return;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) admit(value[index], `${path}[${index}]`, depth + 1);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) refuse(path, 'not a plain object');
  if ('toJSON' in value) refuse(path, 'an object with toJSON');
  for (const [key, member] of Object.entries(value)) {
    if (!key.isWellFormed()) refuse(path, 'a key with a lone surrogate');
    admit(member, path === '' ? key : `${path}.${key}`, depth + 1);
  }
}

/** RFC 8785 (JSON Canonicalization Scheme) text of a plain JSON value; -0 is written 0. */
export function canonicalJson(value: unknown): string {
  admit(value, '', 0);
  const text = canonicalize(value);
  if (text === undefined) refuse('', 'nothing to write');
  return text;
}

/** RFC 8785 bytes (UTF-8) of a plain JSON value. */
export function canonicalBytes(value: unknown): Uint8Array {
  return encoder.encode(canonicalJson(value));
}
