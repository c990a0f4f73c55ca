import type { AllowedName } from './allowed-names.ts';

/**
 * What a pickle says, as inert data. Nothing named in a pickle is ever looked up, called or constructed: a call becomes
 * a `Made` node that records what would have been called with what, for `pandas.ts` and `numpy.ts` to read.
 */
export type PickleValue = null | boolean | number | bigint | string | Uint8Array | Tuple | List | Dict | Name | Made | Foreign;

export interface Tuple {
  readonly kind: 'tuple';
  readonly items: readonly PickleValue[];
}

export interface List {
  readonly kind: 'list';
  readonly items: PickleValue[];
}

export interface Dict {
  readonly kind: 'dict';
  readonly keys: PickleValue[];
  readonly values: PickleValue[];
}

/** A global of Python that is on the list of names. */
export interface Name {
  readonly kind: 'name';
  readonly name: AllowedName;
}

/** An object that Python would have made by calling `maker`; `state` is what it would have been filled with. */
export interface Made {
  readonly kind: 'made';
  readonly maker: AllowedName;
  readonly args: readonly PickleValue[];
  state: PickleValue | undefined;
}

/**
 * Something of a class or function that is not on the list: a zone, an offset, an attribute that somebody attached. It is inert like all
 * else, and may stand beside the numbers; where dates, numbers or the object itself should be, it is refused with its place.
 */
export interface Foreign {
  readonly kind: 'foreign';
  /** `module.name` as the pickle writes it. */
  readonly name: string;
  /** What it would have been called with; null for the name itself. */
  readonly args: readonly PickleValue[] | null;
  readonly origin: Origin;
}

/** Where in the pickle something was named. */
export interface Origin {
  readonly opcode: string;
  readonly name: string;
  readonly offset: number;
}

/** Where a value that is not on the list was named, for a refusal; nothing for any other. */
export function originOf(value: PickleValue | undefined): Origin | undefined {
  return isNode(value, 'foreign') ? value.origin : undefined;
}

export function isNode<Kind extends Exclude<PickleValue, null | boolean | number | bigint | string | Uint8Array>['kind']>(
  value: PickleValue | undefined,
  kind: Kind,
): value is Extract<PickleValue, { kind: Kind }> {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array) && value.kind === kind;
}

export function isMade(value: PickleValue | undefined, ...makers: readonly AllowedName[]): value is Made {
  return isNode(value, 'made') && makers.includes(value.maker);
}

/** The entry of a dictionary under a text key; the last one wins, as in Python. */
export function entryOf(value: PickleValue | undefined, key: string): PickleValue | undefined {
  if (!isNode(value, 'dict')) return undefined;
  const at = value.keys.lastIndexOf(key);
  return at < 0 ? undefined : value.values[at];
}

/** Items of a tuple or list, undefined for anything else. */
export function itemsOf(value: PickleValue | undefined): readonly PickleValue[] | undefined {
  return isNode(value, 'tuple') || isNode(value, 'list') ? value.items : undefined;
}

/** What a value is, for messages. */
export function describeValue(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (value instanceof Uint8Array) return 'bytes';
  if (typeof value !== 'object') return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
  if (value.kind === 'foreign') return `${value.args === null ? 'the name' : 'an object of'} ${value.name}`;
  return value.kind === 'made' ? `an object of ${value.maker}` : value.kind === 'name' ? `the name ${value.name}` : `a ${value.kind}`;
}
