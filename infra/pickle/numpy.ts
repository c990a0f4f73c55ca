import { limits } from '../../domain/shared/limits.ts';
import { latin1, refusePickle } from './byte-cursor.ts';
import { describeValue, entryOf, isMade, isNode, itemsOf, originOf, type PickleValue } from './values.ts';

/** A numpy array as found: raw bytes, or Python objects for dtype `O`. */
export interface NumpyArray {
  /** Kind and item size as numpy writes them: `f8`, `i8`, `M8`, `O8`. */
  readonly type: string;
  readonly littleEndian: boolean;
  /** Unit of `M8`: `ns`, `us`, `ms`, `s`; null for every other type. */
  readonly unit: string | null;
  readonly shape: readonly number[];
  /** True when the first axis runs fastest. */
  readonly columnMajor: boolean;
  readonly data: Uint8Array | readonly PickleValue[];
}

type Dtype = Pick<NumpyArray, 'type' | 'littleEndian' | 'unit'>;

/** Bytes, in any of the ways in which the protocols write them: 0 to 2 spell them as Latin-1 text, 3 and 4 wrap a bytearray. */
export function bytesOf(value: PickleValue | undefined, file: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (isMade(value, 'bytearray')) return value.args.length === 0 ? new Uint8Array(0) : bytesOf(value.args[0], file);
  if (isMade(value, 'encode') && value.args[1] === 'latin1' && typeof value.args[0] === 'string')
    return Uint8Array.from(Buffer.from(value.args[0], 'latin1'));
  return refusePickle(file, `bytes were expected, and there is ${describeValue(value)}`, originOf(value));
}

function dtypeOf(value: PickleValue | undefined, file: string): Dtype {
  const state = isMade(value, 'dtype') ? itemsOf(value.state) : undefined;
  const type = isMade(value, 'dtype') ? value.args[0] : undefined;
  if (typeof type !== 'string' || state === undefined)
    return refusePickle(file, `a numpy dtype was expected, and there is ${describeValue(value)}`, originOf(value));
  if (type !== 'M8') return { type, littleEndian: state[1] !== '>', unit: null };
  const metadata = itemsOf(itemsOf(state[8])?.[1]);
  const [unit, step] = metadata ?? [];
  const name = unit === undefined ? '' : latin1(bytesOf(unit, file));
  if (step !== 1)
    refusePickle(file, `dates counted in steps of ${typeof step === 'number' ? step : describeValue(step)} ${name} are not read`);
  return { type, littleEndian: state[1] !== '>', unit: name };
}

function shapeOf(value: PickleValue | undefined, file: string): number[] {
  const items = itemsOf(value) ?? [];
  const shape: number[] = [];
  let cells = 1;
  for (const item of items) {
    if (typeof item !== 'number' || !Number.isInteger(item) || item < 0)
      refusePickle(file, `an array has the length ${describeValue(item)}`, originOf(item));
    cells *= item;
    shape.push(item);
  }
  if (shape.length < 1 || shape.length > 2 || cells > limits.returnCellsMax) {
    refusePickle(file, `an array of shape [${shape.join(', ')}]; one or two axes and at most ${limits.returnCellsMax} cells are read`);
  }
  return shape;
}

function checked(array: NumpyArray, file: string): NumpyArray {
  const cells = array.shape.reduce((product, length) => product * length, 1);
  const expected = array.data instanceof Uint8Array ? cells * Number(array.type.slice(1)) : cells;
  if (array.data.length !== expected) {
    refusePickle(
      file,
      `an array of ${array.type} and shape [${array.shape.join(', ')}] needs ${expected} units of data and has ${array.data.length}`,
    );
  }
  return array;
}

export function isArray(value: PickleValue | undefined): boolean {
  return isMade(value, 'reconstructArray', 'arrayFromBuffer');
}

/** Reads either form in which numpy pickles an array: in its state (protocols 0 to 4, and objects), or from a buffer (protocol 5). */
export function arrayOf(value: PickleValue | undefined, file: string): NumpyArray {
  if (isMade(value, 'arrayFromBuffer')) {
    const [buffer, dtype, shape, order] = value.args;
    return checked({ ...dtypeOf(dtype, file), shape: shapeOf(shape, file), columnMajor: order === 'F', data: bytesOf(buffer, file) }, file);
  }
  if (isMade(value, 'reconstructArray')) {
    const [, shape, dtype, columnMajor, content] = itemsOf(value.state) ?? [];
    const type = dtypeOf(dtype, file);
    const objects = isNode(content, 'list') ? content.items : undefined;
    if ((objects === undefined) === type.type.startsWith('O'))
      refusePickle(file, `an array of ${type.type} holds ${describeValue(content)}`, originOf(content));
    return checked(
      { ...type, shape: shapeOf(shape, file), columnMajor: columnMajor === true, data: objects ?? bytesOf(content, file) },
      file,
    );
  }
  return refusePickle(file, `a numpy array was expected, and there is ${describeValue(value)}`, originOf(value));
}

/** Signed 64-bit integers of a one-dimensional array of `M8` or `i8`. */
export function ticksOf(array: NumpyArray): BigInt64Array {
  const bytes = array.data as Uint8Array;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ticks = new BigInt64Array(bytes.length / 8);
  for (let at = 0; at < ticks.length; at++) ticks[at] = view.getBigInt64(8 * at, array.littleEndian);
  return ticks;
}

type NumberReader = (view: DataView, offset: number, littleEndian: boolean) => number;

const readers: ReadonlyMap<string, NumberReader> = new Map<string, NumberReader>([
  ['f8', (view, offset, little) => view.getFloat64(offset, little)],
  ['f4', (view, offset, little) => view.getFloat32(offset, little)],
  ['i8', (view, offset, little) => exact(view.getBigInt64(offset, little))],
  ['u8', (view, offset, little) => exact(view.getBigUint64(offset, little))],
  ['u4', (view, offset, little) => view.getUint32(offset, little)],
  ['u2', (view, offset, little) => view.getUint16(offset, little)],
  ['u1', (view, offset) => view.getUint8(offset)],
  ['i4', (view, offset, little) => view.getInt32(offset, little)],
  ['i2', (view, offset, little) => view.getInt16(offset, little)],
  ['i1', (view, offset) => view.getInt8(offset)],
]);

/** NaN for an integer that a double cannot hold: a reader of a series refuses it, as any other NaN. */
function exact(value: bigint): number {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : Number.NaN;
}

/**
 * One line of numbers of an array: all of a one-dimensional array, or row `line` of a two-dimensional one (pandas keeps
 * a column of a DataFrame as a row of its block).
 */
export function numbersOf(array: NumpyArray, line: number, file: string): Float64Array {
  const read = readers.get(array.type);
  if (read === undefined || !(array.data instanceof Uint8Array)) {
    return refusePickle(file, `values of numpy type ${array.type} are not read as numbers`);
  }
  const size = Number(array.type.slice(1));
  const rows = array.shape.length === 2 ? array.shape[0]! : 1;
  const count = array.shape.at(-1)!;
  const view = new DataView(array.data.buffer, array.data.byteOffset, array.data.byteLength);
  const values = new Float64Array(count);
  for (let at = 0; at < count; at++)
    values[at] = read(view, size * (array.columnMajor ? at * rows + line : line * count + at), array.littleEndian);
  return values;
}

/** A piece of an Arrow array: its type, how many values from where, and its buffers. */
export interface ArrowChunk {
  readonly alias: PickleValue | undefined;
  readonly length: number;
  readonly missing: PickleValue | undefined;
  readonly offset: number;
  readonly buffers: readonly PickleValue[];
}

/** An Arrow array, one chunk or several. */
export function arrowChunksOf(value: PickleValue | undefined, file: string): ArrowChunk[] {
  if (!isMade(value, 'arrowChunkedArray')) return [arrowChunkOf(value, file)];
  // A list may hold the same piece over and over, and in a pickle that costs two bytes.
  let length = 0;
  return (itemsOf(value.args[0]) ?? []).map((item) => {
    const chunk = arrowChunkOf(item, file);
    length += chunk.length;
    if (length > limits.returnCellsMax) refusePickle(file, `an Arrow array of more than ${limits.returnCellsMax} values`);
    return chunk;
  });
}

/** A piece holds no pieces itself. */
function arrowChunkOf(value: PickleValue | undefined, file: string): ArrowChunk {
  const parts = isMade(value, 'restoreArrowArray') ? itemsOf(value.args[0]) : undefined;
  const [type, length, missing, offset, buffers] = parts ?? [];
  const counts = [length, offset];
  if (!counts.every((count) => typeof count === 'number' && Number.isInteger(count) && count >= 0 && count <= limits.returnCellsMax))
    return refusePickle(file, `an Arrow array was expected, and there is ${describeValue(value)}`, originOf(value));
  return {
    alias: isMade(type, 'arrowType') ? type.args[0] : undefined,
    length: length as number,
    missing,
    offset: offset as number,
    buffers: itemsOf(buffers) ?? [],
  };
}

/** Texts of an Arrow array of strings: offsets and bytes. */
export function arrowTextsOf(value: PickleValue | undefined, file: string): string[] {
  return arrowChunksOf(value, file).flatMap((chunk) => textsOfChunk(chunk, file));
}

function textsOfChunk({ alias, length, missing, offset, buffers }: ArrowChunk, file: string): string[] {
  const [, offsetsBuffer, textBuffer] = buffers;
  if ((alias !== 'large_string' && alias !== 'string') || !isMade(offsetsBuffer, 'arrowBuffer'))
    return refusePickle(file, `an Arrow array of strings was expected, and there is one of ${describeValue(alias)}`);
  if (missing !== 0) refusePickle(file, 'an Arrow array of strings has missing entries');
  const offsets = bytesOf(offsetsBuffer.args[0], file);
  const texts = isMade(textBuffer, 'arrowBuffer') ? bytesOf(textBuffer.args[0], file) : new Uint8Array(0);
  const width = alias === 'large_string' ? 8 : 4;
  if ((offset + length + 1) * width > offsets.length)
    refusePickle(file, `an Arrow array of ${length} strings has ${offsets.length} bytes of offsets`);
  const view = new DataView(offsets.buffer, offsets.byteOffset, offsets.byteLength);
  const at = (index: number): number => (width === 8 ? Number(view.getBigInt64(8 * index, true)) : view.getInt32(4 * index, true));
  const decoder = new TextDecoder('utf-8');
  let budget = texts.length;
  return Array.from({ length }, (_, index) => {
    const from = at(offset + index);
    const to = at(offset + index + 1);
    budget -= to - from;
    if (from < 0 || to < from || to > texts.length || budget < 0) refusePickle(file, 'an Arrow array of strings has offsets out of range');
    return decoder.decode(texts.subarray(from, to));
  });
}

/** The attribute of an object's state. */
export function attributeOf(value: PickleValue | undefined, name: string): PickleValue | undefined {
  return isNode(value, 'made') ? entryOf(value.state, name) : undefined;
}
