/** What a pickle says, as the reader of pickles gives it: the pieces of which pandas and numpy make their objects. */
import type { AllowedName } from '../../infra/pickle/allowed-names.ts';
import type { Dict, List, Made, PickleValue, Tuple } from '../../infra/pickle/values.ts';

export const tuple = (...items: PickleValue[]): Tuple => ({ kind: 'tuple', items });
export const list = (...items: PickleValue[]): List => ({ kind: 'list', items });
export const dict = (entries: Readonly<Record<string, PickleValue>>): Dict => ({
  kind: 'dict',
  keys: Object.keys(entries),
  values: Object.values(entries),
});
export const named = (name: AllowedName): PickleValue => ({ kind: 'name', name });
export const made = (maker: AllowedName, args: PickleValue[] = [], state?: PickleValue): Made => ({ kind: 'made', maker, args, state });
export const origin = { opcode: 'GLOBAL', name: 'm.C', offset: 7 };
export const stranger = (name = 'm.C', args: readonly PickleValue[] | null = []): PickleValue => ({ kind: 'foreign', name, args, origin });

export function dtype(type: string, { order = '<', unit }: { readonly order?: string; readonly unit?: readonly PickleValue[] } = {}): Made {
  const state: PickleValue[] = [3, order, null, null, null, -1, -1, 0];
  if (unit !== undefined) state.push(tuple(dict({}), tuple(...unit)));
  return made('dtype', [type, false, true], tuple(...state));
}
export const nanoseconds = dtype('M8', { unit: [Buffer.from('ns'), 1, 1, 1] });

/** A numpy array as protocols 0 to 4 write it. */
export function array(type: PickleValue, shape: readonly PickleValue[], content: PickleValue, columnMajor = false): Made {
  return made('reconstructArray', [named('ndarray'), tuple(0), Buffer.from('b')], tuple(1, tuple(...shape), type, columnMajor, content));
}

export const bytesOfDoubles = (...numbers: number[]): Uint8Array => new Uint8Array(Float64Array.from(numbers).buffer);
export const bytesOfLongs = (...numbers: bigint[]): Uint8Array => new Uint8Array(BigInt64Array.from(numbers).buffer);
export const doubles = (...numbers: number[]): Made => array(dtype('f8'), [numbers.length], bytesOfDoubles(...numbers));
const dayNs = 86_400_000_000_000n;
export const days = (...numbers: number[]): Made =>
  array(nanoseconds, [numbers.length], bytesOfLongs(...numbers.map((day) => BigInt(day) * dayNs)));

/** A piece of an Arrow array. */
export function arrow(
  alias: PickleValue,
  length: PickleValue,
  buffers: PickleValue[],
  offset: PickleValue = 0,
  missing: PickleValue = 0,
): Made {
  return made('restoreArrowArray', [tuple(made('arrowType', [alias]), length, missing, offset, list(...buffers), list(), null)]);
}
export const buffer = (bytes: Uint8Array): Made => made('arrowBuffer', [bytes]);

export const datetime = (data: PickleValue, tz: PickleValue = null): PickleValue =>
  made('newDatetimeIndex', [named('DatetimeIndex'), dict({ data, tz })]);
export const stamp = (...args: PickleValue[]): PickleValue => made('unpickleTimestamp', args);
export const zone = (args: PickleValue[], state?: PickleValue): PickleValue => made('DatetimeTZDtype', args, state);
export const plain = (data: PickleValue): PickleValue => made('newIndex', [named('Index'), dict({ data })]);
export const backed = (name: 'DatetimeArray' | 'StringArray', ...state: PickleValue[]): PickleValue =>
  made('unpickleArray', [named(name), 0, null], tuple(...state));
export const range = (start: PickleValue, stop: PickleValue, step: PickleValue): PickleValue =>
  made('newIndex', [named('RangeIndex'), dict({ start, stop, step })]);
