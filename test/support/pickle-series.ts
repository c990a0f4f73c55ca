/**
 * Writes a pandas Series as a pickle (protocol 4, the layout of pandas 1.5 to 2.x), enough for real pandas to load it. Opcodes as in
 * Python's `pickletools`.
 */
type Part = number | readonly number[] | Uint8Array;

const encoder = new TextEncoder();
const op = (character: string): number => character.charCodeAt(0);

function join(parts: readonly Part[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part])));
}

const global = (module: string, name: string): Part => encoder.encode(`c${module}\n${name}\n`);
const text = (value: string): Part => {
  const bytes = encoder.encode(value);
  return [op('X'), bytes.length & 255, bytes.length >> 8, 0, 0, ...bytes];
};
const integer = (value: number): Part => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return [op('J'), ...bytes];
};
const raw = (value: Uint8Array): Part => {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, value.length, true);
  return join([op('B'), length, value]);
};
const none = op('N');
const yes = 0x88;
const no = 0x89;
const tuple = (...items: readonly Part[]): Part => join([op('('), ...items, op('t')]);
const list = (...items: readonly Part[]): Part => join([op(']'), op('('), ...items, op('e')]);
const dict = (...entries: readonly (readonly [string, Part])[]): Part =>
  join([op('}'), op('('), ...entries.flatMap(([key, value]) => [text(key), value]), op('u')]);
const call = (callee: Part, ...args: readonly Part[]): Part => join([callee, tuple(...args), op('R')]);
const fresh = (type: Part): Part => join([type, op(')'), 0x81]);
const filled = (object: Part, state: Part): Part => join([object, state, op('b')]);

function dtype(type: string, unit: string | null): Part {
  const plain: Part[] = [integer(unit === null ? 3 : 4), text('<'), none, none, none, integer(-1), integer(-1), integer(0)];
  const dated = unit === null ? [] : [tuple(dict(), tuple(raw(encoder.encode(unit)), integer(1), integer(1), integer(1)))];
  return filled(call(global('numpy', 'dtype'), text(type), no, yes), tuple(...plain, ...dated));
}

function array(type: string, unit: string | null, length: number, data: Uint8Array): Part {
  const empty = call(
    global('numpy.core.multiarray', '_reconstruct'),
    global('numpy', 'ndarray'),
    tuple(integer(0)),
    raw(encoder.encode('b')),
  );
  return filled(empty, tuple(integer(1), tuple(integer(length)), dtype(type, unit), no, raw(data)));
}

/** The pickle of `pandas.Series(values, index=DatetimeIndex(dates), name=name)`. */
export function pickledSeries(dates: readonly string[], values: readonly number[], name = 'returns'): Uint8Array {
  const ticks = BigInt64Array.from(dates, (date) => BigInt(Date.parse(`${date}T00:00:00Z`)) * 1_000_000n);
  const numbers = Float64Array.from(values);
  const index = call(
    global('pandas.core.indexes.datetimes', '_new_DatetimeIndex'),
    global('pandas.core.indexes.datetimes', 'DatetimeIndex'),
    dict(['data', array('M8', 'ns', dates.length, new Uint8Array(ticks.buffer))], ['tz', none], ['freq', none], ['name', none]),
  );
  const places = call(global('builtins', 'slice'), integer(0), integer(values.length), integer(1));
  const block = dict(['values', array('f8', null, values.length, new Uint8Array(numbers.buffer))], ['mgr_locs', places]);
  const manager = filled(
    fresh(global('pandas.core.internals.managers', 'SingleBlockManager')),
    tuple(list(), list(), list(), dict(['0.14.1', dict(['axes', list(index)], ['blocks', list(block)])])),
  );
  const state = dict(
    ['_mgr', manager],
    ['_typ', text('series')],
    ['_metadata', list(text('name'))],
    ['attrs', dict()],
    ['_flags', dict(['allows_duplicate_labels', yes])],
    ['name', text(name)],
  );
  return join([0x80, 4, filled(fresh(global('pandas.core.series', 'Series')), state), op('.')]);
}
