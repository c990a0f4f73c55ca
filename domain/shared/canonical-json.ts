import canonicalize from 'canonicalize';
import { LedgerError } from './errors.ts';
import { limits } from './limits.ts';
import { byCodeUnits } from './order.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

const encoder = new TextEncoder();

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** Keys that an object does not keep where they were put: JavaScript sorts array indices to its front, and `__proto__` is not a member. */
const isMisplaced = (key: string): boolean => isDigit(key.charCodeAt(0)) || key === '__proto__';

/**
 * Admits plain JSON only. RFC 8785 leaves the rest to the implementation, and `canonicalize` turns a Map into `{}` and drops `undefined`:
 * both would record something else than what was meant.
 *
 * On the way it puts every object into the order of RFC 8785, for objects in that order are written by JSON.stringify, whose numbers and
 * strings RFC 8785 prescribes, three times as fast as by `canonicalize`.
 */
class Admission {
  /** False once some object cannot hold its keys in their order. */
  isOrdered = true;
  readonly #path: (string | number)[] = [];

  /** The value, or a copy with sorted keys where they were not. */
  ordered(value: unknown): unknown {
    if (this.#path.length > limits.jsonDepthMax) this.#refuse(`nested deeper than ${limits.jsonDepthMax}`);
    switch (typeof value) {
      case 'boolean':
        return value;
      case 'string':
        if (!value.isWellFormed()) this.#refuse('a lone surrogate');
        return value;
      case 'number':
        if (!Number.isFinite(value)) this.#refuse(`${value} is not a JSON number`);
        return value;
      case 'object':
        if (value === null) return value;
        return Array.isArray(value) ? this.#orderedArray(value) : this.#orderedObject(value);
      default:
        return this.#refuse(`a ${typeof value} is not a JSON value`);
    }
  }

  #refuse(why: string): never {
    const text = this.#path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
    const shown = text.startsWith('.') ? text.slice(1) : text;
    throw new LedgerError('NotPlainJson', `${shown === '' ? 'value' : shown}: ${why}`, { at: { path: shown } });
  }

  #emptyFor(keys: readonly string[]): Record<string, unknown> {
    if (keys.some(isMisplaced)) this.isOrdered = false;
    return {};
  }

  #orderedArray(value: readonly unknown[]): readonly unknown[] {
    let copy: unknown[] | null = null;
    const depth = this.#path.length;
    for (let index = 0; index < value.length; index++) {
      this.#path[depth] = index;
      const member = this.ordered(value[index]);
      if (copy !== null) copy.push(member);
      else if (member !== value[index]) copy = [...value.slice(0, index), member];
    }
    this.#path.length = depth;
    return copy ?? value;
  }

  #orderedObject(value: object): object {
    const prototype: unknown = Object.getPrototypeOf(value);
    // What another thread sent may have been made in another realm, with an Object.prototype of its own; nothing stands above one.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) this.#refuse('not a plain object');
    if ('toJSON' in value) this.#refuse('an object with toJSON');
    const members = value as Readonly<Record<string, unknown>>;
    const keys = Object.keys(value);
    let copy: Record<string, unknown> | null = null;
    if (keys.some((key, index) => index > 0 && keys[index - 1]! > key)) {
      keys.sort(byCodeUnits);
      copy = this.#emptyFor(keys);
    }
    const depth = this.#path.length;
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index]!;
      if (!key.isWellFormed()) this.#refuse('a key with a lone surrogate');
      this.#path[depth] = key;
      const member = this.ordered(members[key]);
      if (copy === null && member !== members[key]) {
        copy = this.#emptyFor(keys);
        for (const before of keys.slice(0, index)) copy[before] = members[before];
      }
      if (copy !== null) copy[key] = member;
    }
    this.#path.length = depth;
    return copy ?? value;
  }
}

/** RFC 8785 (JSON Canonicalization Scheme) text of a plain JSON value; -0 is written 0. */
export function canonicalJson(value: unknown): string {
  const admission = new Admission();
  const ordered = admission.ordered(value);
  // Only of undefined is there nothing to write, and that was not admitted.
  return admission.isOrdered ? JSON.stringify(ordered) : canonicalize(value)!;
}

/** RFC 8785 bytes (UTF-8) of a plain JSON value. */
export function canonicalBytes(value: unknown): Uint8Array {
  return encoder.encode(canonicalJson(value));
}
