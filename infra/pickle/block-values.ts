import { refusePickle } from './byte-cursor.ts';
import { arrayOf, arrowChunksOf, attributeOf, bytesOf, isArray, numbersOf } from './numpy.ts';
import { describeValue, isMade, originOf, type PickleValue } from './values.ts';

/** pandas' arrays with a mask: numbers, and which of them are missing. */
function maskedNumbers(value: PickleValue, file: string): Float64Array {
  const data = arrayOf(attributeOf(value, '_data'), file);
  const mask = arrayOf(attributeOf(value, '_mask'), file);
  if (data.shape.length !== 1 || mask.shape.length !== 1 || mask.type !== 'b1' || mask.shape[0] !== data.shape[0])
    refusePickle(file, `numbers of shape [${data.shape.join(', ')}] under a mask of ${mask.type} and shape [${mask.shape.join(', ')}]`);
  const missing = mask.data;
  return numbersOf(data, 0, file).map((number, at) => (missing[at] === 0 ? number : Number.NaN));
}

const arrowTypes: ReadonlyMap<unknown, string> = new Map([
  ['double', 'f8'],
  ['float', 'f4'],
  ['int64', 'i8'],
  ['int32', 'i4'],
  ['int16', 'i2'],
  ['int8', 'i1'],
  ['uint64', 'u8'],
  ['uint32', 'u4'],
  ['uint16', 'u2'],
  ['uint8', 'u1'],
]);

/** Numbers in Arrow's buffers: a bit for each that is there, and the numbers themselves. */
function arrowNumbers(value: PickleValue, file: string): Float64Array {
  const numbers: number[] = [];
  for (const { alias, length, offset, buffers } of arrowChunksOf(attributeOf(value, '_pa_array') ?? attributeOf(value, '_data'), file)) {
    const type = arrowTypes.get(alias);
    const [present, data] = buffers;
    if (type === undefined || data === undefined || !isMade(data, 'arrowBuffer'))
      return refusePickle(file, `an Arrow array of ${describeValue(alias)} holds no plain numbers`);
    const bytes = bytesOf(data.args[0], file);
    const size = Number(type.slice(1));
    const bits = isMade(present, 'arrowBuffer') ? bytesOf(present.args[0], file) : null;
    if ((offset + length) * size > bytes.length || (bits !== null && offset + length > 8 * bits.length))
      refusePickle(file, `an Arrow array of ${length} numbers has ${bytes.length} bytes`);
    const shape = [length];
    const part = bytes.subarray(offset * size, (offset + length) * size);
    const found = numbersOf({ type, littleEndian: true, unit: null, shape, columnMajor: false, data: part }, 0, file);
    for (const [at, number] of found.entries()) {
      const bit = offset + at;
      numbers.push(bits === null || ((bits[bit >> 3]! >> (bit & 7)) & 1) === 1 ? number : Number.NaN);
    }
  }
  return Float64Array.from(numbers);
}

/**
 * The numbers of a block, line by line: all of a one-dimensional array, the rows of a two-dimensional one, or an extension array, which is
 * one line. `axes` is how many a plain array must have: 1 in a Series, 2 in a DataFrame. Errors: PickleRefused.
 */
export function linesOfBlock(values: PickleValue | undefined, axes: 1 | 2, rows: number, file: string): Float64Array[] {
  const extension = isMade(values, 'FloatingArray', 'IntegerArray')
    ? maskedNumbers(values, file)
    : isMade(values, 'ArrowExtensionArray')
      ? arrowNumbers(values, file)
      : null;
  if (extension !== null) {
    if (extension.length !== rows) refusePickle(file, `${extension.length} numbers on ${rows} dates`);
    return [extension];
  }
  if (!isArray(values)) return refusePickle(file, `a column of ${describeValue(values)} holds no plain numbers`, originOf(values));
  const array = arrayOf(values, file);
  if (array.shape.length !== axes || array.shape.at(-1) !== rows)
    refusePickle(file, `${axes === 1 ? 'a Series' : 'a block'} of shape [${array.shape.join(', ')}] on ${rows} dates`);
  return Array.from({ length: axes === 1 ? 1 : array.shape[0]! }, (_, line) => numbersOf(array, line, file));
}
