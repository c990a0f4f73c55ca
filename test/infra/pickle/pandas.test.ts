import { describe, expect, test } from '@jest/globals';
import { linesOfBlock } from '../../../infra/pickle/block-values.ts';
import { arrayOf, arrowTextsOf, bytesOf, numbersOf } from '../../../infra/pickle/numpy.ts';
import { columnNamesOfIndex, datesOfIndex } from '../../../infra/pickle/pandas-index.ts';
import { pandasOf } from '../../../infra/pickle/pandas.ts';
import type { PickleValue } from '../../../infra/pickle/values.ts';
import {
  arrow,
  array,
  buffer,
  bytesOfDoubles,
  bytesOfLongs,
  days,
  dict,
  doubles,
  dtype,
  list,
  made,
  named,
  nanoseconds,
  origin,
  stranger,
  tuple,
  datetime,
  stamp,
  zone,
  plain,
  backed,
  range,
} from '../../support/pickle-nodes.ts';
import { refusalOf } from '../../support/refusal.ts';

const file = 'a.pkl';
/** The words of a refusal, and where it points. */
function refused(act: () => unknown, why: string, evidence: object = {}): void {
  const refusal = refusalOf(act);
  const place = 'offset' in evidence ? ' at byte 7' : '';
  expect([refusal.code, refusal.message, refusal.evidence]).toEqual(['PickleRefused', `${file}: ${why}${place}`, evidence]);
}

/** What stands where something else should, and how it is called. */
const strangers: readonly (readonly [PickleValue | undefined, string, object])[] = [
  [undefined, 'nothing', {}],
  [null, 'None', {}],
  [true, 'a boolean', {}],
  [1, 'a number', {}],
  [1n, 'a bigint', {}],
  ['x', 'a text', {}],
  [Buffer.from('x'), 'bytes', {}],
  [tuple(), 'a tuple', {}],
  [list(), 'a list', {}],
  [dict({}), 'a dict', {}],
  [named('Series'), 'the name Series', {}],
  [made('slice'), 'an object of slice', {}],
  [stranger('m.C', null), 'the name m.C', origin],
  [stranger(), 'an object of m.C', origin],
];

const series = (manager: PickleValue): PickleValue => made('Series', [], dict({ _mgr: manager }));

describe('what stands in the wrong place is named', () => {
  test.each(strangers)('%#', (value, name, evidence) => {
    if (name !== 'bytes') refused(() => bytesOf(value, file), `bytes were expected, and there is ${name}`, evidence);
    refused(() => arrayOf(value, file), `a numpy array was expected, and there is ${name}`, evidence);
    refused(() => datesOfIndex(value, file), `an index was expected, and there is ${name}`, evidence);
    refused(() => pandasOf(value!, file), `the pickle holds ${name}, not a pandas Series or DataFrame`, evidence);
    refused(() => linesOfBlock(value, 1, 1, file), `a column of ${name} holds no plain numbers`, evidence);
    refused(() => arrowTextsOf(value, file), `an Arrow array was expected, and there is ${name}`, evidence);
    if (value !== undefined) {
      const manager = value === null ? 'nothing' : name;
      if (value !== null)
        refused(() => pandasOf(series(value), file), `the data of the object are ${manager}, not a block manager`, evidence);
      refused(
        () => pandasOf(series(made('BlockManager', [tuple(value), list()])), file),
        `a block was expected, and there is ${name}`,
        evidence,
      );
      refused(
        () => datesOfIndex(made('newIndex', [named('Index'), dict({ data: value })]), file),
        `an index over ${name} is not read`,
        evidence,
      );
      if (typeof value !== 'string')
        refused(() => datesOfIndex(objectIndex(value), file), `an index entry is ${name}, not a date`, evidence);
      if (typeof value !== 'number')
        refused(() => arrayOf(array(dtype('f8'), [value], bytesOfDoubles()), file), `an array has the length ${name}`, evidence);
      if (!(value instanceof Uint8Array))
        refused(
          () => arrayOf(array(dtype('f8'), [0], value), file),
          name === 'a list' ? 'an array of f8 holds a list' : `bytes were expected, and there is ${name}`,
          evidence,
        );
      refused(() => arrayOf(array(value, [0], bytesOfDoubles()), file), `a numpy dtype was expected, and there is ${name}`, evidence);
    }
  });
});

function objectIndex(...labels: PickleValue[]): PickleValue {
  return made('newIndex', [named('Index'), dict({ data: array(dtype('O8'), [labels.length], list(...labels)) })]);
}

describe('bytes', () => {
  test.each<[PickleValue, string]>([
    [Buffer.from('ab'), 'ab'],
    [made('bytearray'), ''],
    [made('bytearray', [Buffer.from('ab')]), 'ab'],
    [made('encode', ['\xe9', 'latin1']), '\xe9'],
  ])('%#', (value, text) => {
    expect(Buffer.from(bytesOf(value, file)).toString('latin1')).toBe(text);
  });

  test.each([made('encode', ['a', 'utf-8']), made('encode', [1, 'latin1']), made('encode', [])])(
    'of another way are refused %#',
    (value) => {
      refused(() => bytesOf(value, file), 'bytes were expected, and there is an object of encode');
    },
  );
});

describe('an array', () => {
  test('is what its state says', () => {
    expect(arrayOf(array(dtype('f8'), [2], bytesOfDoubles(1, 2)), file)).toEqual({
      type: 'f8',
      littleEndian: true,
      unit: null,
      shape: [2],
      columnMajor: false,
      data: bytesOfDoubles(1, 2),
    });
    expect(arrayOf(array(dtype('O8', { order: '|' }), [1], list('x')), file)).toEqual({
      type: 'O8',
      littleEndian: true,
      unit: null,
      shape: [1],
      columnMajor: false,
      data: ['x'],
    });
    expect(
      arrayOf(array(dtype('M8', { order: '>', unit: [Buffer.from('s'), 1, 1, 1] }), [1, 1], bytesOfLongs(0n), true), file),
    ).toMatchObject({
      littleEndian: false,
      unit: 's',
      shape: [1, 1],
      columnMajor: true,
    });
    for (const [order, columnMajor] of [
      ['F', true],
      ['C', false],
    ] as const)
      expect(arrayOf(made('arrayFromBuffer', [bytesOfDoubles(1), dtype('f8'), tuple(1), order]), file)).toEqual({
        type: 'f8',
        littleEndian: true,
        unit: null,
        shape: [1],
        columnMajor,
        data: bytesOfDoubles(1),
      });
  });

  test.each<[PickleValue, string]>([
    [array(dtype('f8'), [2], bytesOfDoubles(1)), 'an array of f8 and shape [2] needs 16 units of data and has 8'],
    [array(dtype('O8'), [2, 2], list(1)), 'an array of O8 and shape [2, 2] needs 4 units of data and has 1'],
    [array(dtype('O8'), [1], Buffer.from('x')), 'an array of O8 holds bytes'],
    [array(dtype('f8'), [-1], Buffer.from('')), 'an array has the length a number'],
    [array(dtype('f8'), [0.5], Buffer.from('')), 'an array has the length a number'],
    [array(dtype('f8'), [], Buffer.from('')), 'an array of shape []; one or two axes and at most 2000000 cells are read'],
    [array(dtype('f8'), [1, 1, 1], Buffer.from('')), 'an array of shape [1, 1, 1]; one or two axes and at most 2000000 cells are read'],
    [
      array(dtype('f8'), [2, 1_000_001], Buffer.from('')),
      'an array of shape [2, 1000001]; one or two axes and at most 2000000 cells are read',
    ],
    [array(dtype('f8'), [2, 1_000_000], Buffer.from('')), 'an array of f8 and shape [2, 1000000] needs 16000000 units of data and has 0'],
    [array(dtype('M8', { unit: [Buffer.from('ns'), 25, 1, 1] }), [0], Buffer.from('')), 'dates counted in steps of 25 ns are not read'],
    [array(dtype('M8', { unit: [Buffer.from('ns'), null] }), [0], Buffer.from('')), 'dates counted in steps of None ns are not read'],
    [array(dtype('M8'), [0], Buffer.from('')), 'dates counted in steps of nothing  are not read'],
    [array(made('dtype', [1], tuple()), [0], Buffer.from('')), 'a numpy dtype was expected, and there is an object of dtype'],
    [array(made('dtype', ['f8']), [0], Buffer.from('')), 'a numpy dtype was expected, and there is an object of dtype'],
    [made('reconstructArray', []), 'a numpy dtype was expected, and there is nothing'],
  ])('is refused %#', (value, why) => {
    refused(() => arrayOf(value, file), why);
  });

  test.each<[string, number[], number[]]>([
    ['f8', [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], [1.5]],
    ['f4', [0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0], [1.5, -2]],
    ['i8', [0xfe, 255, 255, 255, 255, 255, 255, 255], [-2]],
    ['u8', [1, 0, 0, 0, 0, 0, 0, 0], [1]],
    ['u8', [0, 0, 0, 0, 0, 0, 0x20, 0], [Number.NaN]],
    ['i8', [255, 255, 255, 255, 255, 255, 0x1f, 0], [Number.MAX_SAFE_INTEGER]],
    ['i8', [255, 255, 255, 255, 255, 255, 255, 0x7f], [Number.NaN]],
    ['u4', [254, 255, 255, 255], [4_294_967_294]],
    ['i4', [254, 255, 255, 255], [-2]],
    ['u2', [254, 255, 1, 0], [65_534, 1]],
    ['i2', [254, 255], [-2]],
    ['u1', [254, 1], [254, 1]],
    ['i1', [254, 1], [-2, 1]],
  ])('of %s is read as numbers %#', (type, bytes, numbers) => {
    const shape = [numbers.length];
    const size = bytes.length / numbers.length;
    const big = Array.from({ length: numbers.length }, (_, at) => bytes.slice(at * size, (at + 1) * size).toReversed()).flat();
    for (const [order, data] of [
      ['<', bytes],
      ['>', big],
    ] as const)
      expect([...numbersOf(arrayOf(array(dtype(type, { order }), shape, Uint8Array.from(data)), file), 0, file)]).toEqual(numbers);
  });

  test.each(['b1', 'c16', 'O8', 'f2'])('of %s holds no numbers', (type) => {
    const content = type === 'O8' ? list() : new Uint8Array(0);
    refused(
      () => numbersOf(arrayOf(array(dtype(type), [0], content), file), 0, file),
      `values of numpy type ${type} are not read as numbers`,
    );
  });

  test('of two axes has its lines by rows, or by columns', () => {
    const data = bytesOfDoubles(1, 2, 3, 4, 5, 6);
    const lines = (columnMajor: boolean): number[][] =>
      linesOfBlock(array(dtype('f8'), [2, 3], data, columnMajor), 2, 3, file).map((line) => [...line]);
    expect([lines(false), lines(true)]).toEqual([
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [
        [1, 3, 5],
        [2, 4, 6],
      ],
    ]);
  });
});

const masked = (mask: PickleValue, data: PickleValue = doubles(1, 2)): PickleValue =>
  made('FloatingArray', [], dict({ _data: data, _mask: mask }));
const bits = (...values: number[]): PickleValue => array(dtype('b1'), [values.length], Uint8Array.from(values));
const arrowBlock = (value: PickleValue, name = '_pa_array'): PickleValue => made('ArrowExtensionArray', [], dict({ [name]: value }));

describe('a block', () => {
  const numbers = buffer(bytesOfDoubles(1, 2, 3));

  test.each<[string, PickleValue, number[]]>([
    ['plain numbers', doubles(1, 2), [1, 2]],
    ['numbers under a mask', masked(bits(0, 1)), [1, Number.NaN]],
    [
      'integers under a mask',
      made('IntegerArray', [], dict({ _data: array(dtype('i1'), [2], Uint8Array.of(3, 4)), _mask: bits(1, 0) })),
      [Number.NaN, 4],
    ],
    ['an Arrow array', arrowBlock(arrow('double', 2, [null, numbers])), [1, 2]],
    ['an Arrow array under its older name', arrowBlock(arrow('double', 2, [null, numbers]), '_data'), [1, 2]],
    ['an Arrow array from an offset', arrowBlock(arrow('double', 2, [null, numbers], 1)), [2, 3]],
    ['an Arrow array with missing numbers', arrowBlock(arrow('double', 2, [buffer(Uint8Array.of(0b101)), numbers], 1)), [Number.NaN, 3]],
    [
      'an Arrow array of two pieces',
      arrowBlock(made('arrowChunkedArray', [list(arrow('double', 1, [null, numbers]), arrow('double', 1, [null, numbers], 2))])),
      [1, 3],
    ],
    [
      'bits of a second byte',
      arrowBlock(arrow('int8', 2, [buffer(Uint8Array.of(0, 0b10)), buffer(new Uint8Array(16).fill(7))], 8)),
      [Number.NaN, 7],
    ],
    ...(
      [
        ['float', [0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0], [1.5, -2]],
        ['int64', [254, 255, 255, 255, 255, 255, 255, 255, 1, 0, 0, 0, 0, 0, 0, 0], [-2, 1]],
        ['int32', [254, 255, 255, 255, 1, 0, 0, 0], [-2, 1]],
        ['int16', [254, 255, 1, 0], [-2, 1]],
        ['int8', [254, 1], [-2, 1]],
        ['uint64', [254, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], [254, 1]],
        ['uint32', [254, 255, 255, 255, 1, 0, 0, 0], [4_294_967_294, 1]],
        ['uint16', [254, 255, 1, 0], [65_534, 1]],
        ['uint8', [254, 1], [254, 1]],
      ] as [string, number[], number[]][]
    ).map(([alias, bytes, found]): [string, PickleValue, number[]] => [
      `an Arrow array of ${alias}`,
      arrowBlock(arrow(alias, 2, [null, buffer(Uint8Array.from(bytes))])),
      found,
    ]),
  ])('of %s', (_, values, expected) => {
    expect(linesOfBlock(values, 1, 2, file).map((line) => [...line])).toEqual([expected]);
  });

  test.each<[PickleValue, string]>([
    [masked(bits(0)), 'numbers of shape [2] under a mask of b1 and shape [1]'],
    [masked(array(dtype('i1'), [2], Uint8Array.of(0, 0))), 'numbers of shape [2] under a mask of i1 and shape [2]'],
    [masked(array(dtype('b1'), [2, 1], Uint8Array.of(0, 0))), 'numbers of shape [2] under a mask of b1 and shape [2, 1]'],
    [masked(bits(0, 0), array(dtype('f8'), [2, 1], bytesOfDoubles(1, 2))), 'numbers of shape [2, 1] under a mask of b1 and shape [2]'],
    [masked(bits(0, 0, 0), doubles(1, 2, 3)), '3 numbers on 2 dates'],
    [arrowBlock(arrow('double', 3, [null, numbers])), '3 numbers on 2 dates'],
    [arrowBlock(arrow('bool', 2, [null, numbers])), 'an Arrow array of a text holds no plain numbers'],
    [arrowBlock(arrow(null, 2, [null, numbers])), 'an Arrow array of None holds no plain numbers'],
    [arrowBlock(arrow('double', 2, [])), 'an Arrow array of a text holds no plain numbers'],
    [arrowBlock(arrow('double', 2, [null, Buffer.from('x')])), 'an Arrow array of a text holds no plain numbers'],
    [arrowBlock(arrow('double', 2, [null, numbers], 2)), 'an Arrow array of 2 numbers has 24 bytes'],
    [arrowBlock(arrow('int8', 2, [buffer(Uint8Array.of(1)), buffer(new Uint8Array(16))], 7)), 'an Arrow array of 2 numbers has 16 bytes'],
    [arrowBlock(arrow('double', -1, [null, numbers])), 'an Arrow array was expected, and there is an object of restoreArrowArray'],
    [arrowBlock(arrow('double', 2, [null, numbers], -1)), 'an Arrow array was expected, and there is an object of restoreArrowArray'],
    [arrowBlock(arrow('double', 0.5, [null, numbers])), 'an Arrow array was expected, and there is an object of restoreArrowArray'],
    [arrowBlock(arrow('double', '2', [null, numbers])), 'an Arrow array was expected, and there is an object of restoreArrowArray'],
    [arrowBlock(arrow('double', 2_000_001, [null, numbers])), 'an Arrow array was expected, and there is an object of restoreArrowArray'],
    [arrowBlock(arrow('double', 2_000_000, [null, numbers])), 'an Arrow array of 2000000 numbers has 24 bytes'],
    [
      arrowBlock(made('arrowChunkedArray', [list(arrow('double', 1_000_000, []), arrow('double', 1_000_001, []))])),
      'an Arrow array of more than 2000000 values',
    ],
    [arrowBlock(made('arrowChunkedArray', [])), '0 numbers on 2 dates'],
    [doubles(1), 'a Series of shape [1] on 2 dates'],
    [array(dtype('f8'), [1, 2], bytesOfDoubles(1, 2)), 'a Series of shape [1, 2] on 2 dates'],
  ])('is refused %#', (values, why) => {
    refused(() => linesOfBlock(values, 1, 2, file), why);
  });

  test('of a frame has two axes, its last the dates', () => {
    refused(() => linesOfBlock(doubles(1, 2), 2, 2, file), 'a block of shape [2] on 2 dates');
    refused(() => linesOfBlock(array(dtype('f8'), [2, 1], bytesOfDoubles(1, 2)), 2, 2, file), 'a block of shape [2, 1] on 2 dates');
  });
});

const offsets = (...at: number[]): PickleValue => buffer(new Uint8Array(Int32Array.from(at).buffer));

describe('texts of an Arrow array', () => {
  const texts = buffer(Buffer.from('abcé'));
  test.each<[string, PickleValue, string[]]>([
    ['short', arrow('string', 2, [null, offsets(0, 1, 3), texts]), ['a', 'bc']],
    ['long', arrow('large_string', 2, [null, buffer(bytesOfLongs(0n, 3n, 5n)), texts]), ['abc', 'é']],
    ['from an offset', arrow('string', 1, [null, offsets(0, 1, 3), texts], 1), ['bc']],
    ['none', arrow('string', 1, [null, offsets(0, 0), null]), ['']],
    [
      'of two pieces',
      made('arrowChunkedArray', [list(arrow('string', 1, [null, offsets(0, 1), texts]), arrow('string', 1, [null, offsets(1, 2), texts]))]),
      ['a', 'b'],
    ],
  ])('%s', (_, value, expected) => {
    expect(arrowTextsOf(value, file)).toEqual(expected);
  });

  test.each<[PickleValue, string]>([
    [arrow('int8', 1, [null, offsets(0, 1), texts]), 'an Arrow array of strings was expected, and there is one of a text'],
    [arrow('string', 1, [null, null, texts]), 'an Arrow array of strings was expected, and there is one of a text'],
    [arrow('large_string', 1, []), 'an Arrow array of strings was expected, and there is one of a text'],
    [arrow('string', 1, [null, offsets(0, 1), texts], 0, 1), 'an Arrow array of strings has missing entries'],
    [arrow('string', 2, [null, offsets(0, 1), texts]), 'an Arrow array of 2 strings has 8 bytes of offsets'],
    [arrow('string', 1, [null, offsets(0, 1), texts], 1), 'an Arrow array of 1 strings has 8 bytes of offsets'],
    [arrow('large_string', 1, [null, offsets(0, 1), texts]), 'an Arrow array of 1 strings has 8 bytes of offsets'],
    [arrow('string', 1, [null, offsets(-1, 1), texts]), 'an Arrow array of strings has offsets out of range'],
    [arrow('string', 1, [null, offsets(1, 0), texts]), 'an Arrow array of strings has offsets out of range'],
    [arrow('string', 1, [null, offsets(0, 6), texts]), 'an Arrow array of strings has offsets out of range'],
    [arrow('string', 1, [null, offsets(4, 6), texts]), 'an Arrow array of strings has offsets out of range'],
    [arrow('string', 3, [null, offsets(0, 5, 0, 5), texts]), 'an Arrow array of strings has offsets out of range'],
  ])('are refused %#', (value, why) => {
    refused(() => arrowTextsOf(value, file), why);
  });
});

describe('an index', () => {
  const dayUs = 86_400_000_000;
  const utc = made('timezone', [made('timedelta', [0, 0, 0])]);

  test.each<[string, PickleValue, string[]]>([
    ['a DatetimeIndex', datetime(days(0, 1)), ['1970-01-01', '1970-01-02']],
    ['a DatetimeIndex in UTC', datetime(days(1), utc), ['1970-01-02']],
    ['an index of dates', plain(days(1)), ['1970-01-02']],
    ['an array of dates', plain(backed('DatetimeArray', days(1), nanoseconds)), ['1970-01-02']],
    ['an array of dates, the other way round', plain(backed('DatetimeArray', nanoseconds, days(1))), ['1970-01-02']],
    ['an array of dates in UTC', plain(backed('DatetimeArray', days(1), zone(['ns', utc]))), ['1970-01-02']],
    ['an array of dates in UTC, by its state', plain(backed('DatetimeArray', days(1), zone([], dict({ tz: utc })))), ['1970-01-02']],
    ['an array of texts', plain(backed('StringArray', array(dtype('O8'), [1], list('2024-02-29')), null)), ['2024-02-29']],
    [
      'Arrow texts',
      plain(
        made(
          'ArrowStringArray',
          [],
          dict({
            _pa_array: arrow('string', 1, [null, buffer(new Uint8Array(Int32Array.of(0, 10).buffer)), buffer(Buffer.from('2024-02-29'))]),
          }),
        ),
      ),
      ['2024-02-29'],
    ],
    [
      'Arrow texts under their older name',
      plain(
        made(
          'ArrowStringArray',
          [],
          dict({
            _data: arrow('string', 1, [null, buffer(new Uint8Array(Int32Array.of(0, 10).buffer)), buffer(Buffer.from('2024-02-29'))]),
          }),
        ),
      ),
      ['2024-02-29'],
    ],
    ['texts', objectIndex('2024-02-29'), ['2024-02-29']],
    ['Timestamps', objectIndex(stamp(86_400_000_000_000n, null, null)), ['1970-01-02']],
    [
      'Timestamps by their units',
      objectIndex(
        stamp(86_400, null, null, 7),
        stamp(86_400_000, null, utc, 8),
        stamp(dayUs, null, null, 9),
        stamp(86_400_000_000_000n, null, null, 10),
      ),
      Array.from({ length: 4 }, () => '1970-01-02'),
    ],
    ['Timestamps that were called', objectIndex(made('Timestamp', [86_400_000_000_000])), ['1970-01-02']],
    ['dates', objectIndex(made('date', [Uint8Array.of(7, 232, 2, 29)])), ['2024-02-29']],
    ['times at midnight', objectIndex(made('datetime', [Uint8Array.of(7, 232, 12, 31, 0, 0, 0, 0, 0, 0), utc])), ['2024-12-31']],
  ])('of %s', (_, value, dates) => {
    expect(datesOfIndex(value, file)).toEqual(dates);
  });

  const advice =
    "convert the index in pandas before it is written: index.tz_localize(None) keeps its days, index.tz_convert('UTC') its instants";
  const impossible = (...fields: number[]): PickleValue => objectIndex(made('date', [Uint8Array.from(fields)]));
  test.each<[PickleValue, string]>([
    [datetime(array(dtype('M8', { unit: [Buffer.from('h'), 1] }), [0], new Uint8Array(0))), 'dates counted in "h" are not read'],
    [
      datetime(array(nanoseconds, [1], bytesOfLongs(1n))),
      'an index entry (1 ns since 1970) is not a midnight in UTC: daily returns stand on dates',
    ],
    [plain(array(nanoseconds, [1, 1], bytesOfLongs(0n))), 'an index of numpy type M8 was found where dates were expected'],
    [plain(backed('DatetimeArray', doubles(1), null)), 'an index of numpy type f8 was found where dates were expected'],
    [plain(doubles(1)), 'an index of numpy type f8 is not read'],
    [plain(array(dtype('i8'), [1], bytesOfLongs(5n))), 'an index entry is a bigint, not a date'],
    [made('newIndex', [named('RangeIndex'), dict({})]), 'the rows are numbered, not dated'],
    [plain(backed('StringArray', doubles(1), null)), 'an index over an object of unpickleArray is not read'],
    [plain(made('unpickleArray', ['DatetimeArray'], tuple(days(1), null))), 'an index over an object of unpickleArray is not read'],
    [impossible(7, 232, 2, 30), 'an index entry is the impossible date 2024-02-30'],
    [impossible(0, 1, 0, 1), 'an index entry is the impossible date 0001-00-01'],
    [impossible(), 'an index entry is the impossible date 0000-00-00'],
    [
      objectIndex(made('datetime', [Uint8Array.of(7, 232, 1, 1, 0, 1, 0, 0, 0, 0)])),
      'an index entry has a time of day: daily returns stand on dates',
    ],
    [objectIndex('x'.repeat(41)), `the index entry "${'x'.repeat(40)}" is not a date (yyyy-mm-dd)`],
    [objectIndex(stamp('1', null, null)), 'an index entry is an object of unpickleTimestamp, not a date'],
    [objectIndex(stamp(1.5, null, null)), 'an index entry is an object of unpickleTimestamp, not a date'],
    [objectIndex(stamp(0, null, null, 6)), 'an index entry is an object of unpickleTimestamp, not a date'],
    [datetime(days(0), 'CET'), `dates in the time zone a text are not read; ${advice}`],
    [objectIndex(stamp(0, null, 'CET')), `dates in the time zone a text are not read; ${advice}`],
    [objectIndex(made('datetime', [Uint8Array.of(7, 232, 1, 1), 'CET'])), `dates in the time zone a text are not read; ${advice}`],
    [plain(backed('DatetimeArray', days(1), zone(['ns', 'CET']))), `dates in the time zone a text are not read; ${advice}`],
    [
      datetime(days(0), made('timezone', [made('timedelta', [0, 3600, 0])])),
      `dates in the time zone an object of timezone are not read; ${advice}`,
    ],
    [datetime(days(0), made('timezone', [made('slice', [0])])), `dates in the time zone an object of timezone are not read; ${advice}`],
  ])('is refused %#', (value, why) => {
    refused(() => datesOfIndex(value, file), why);
  });

  test.each(['UTC', 'UCT', 'Universal', 'Zulu', 'GMT', 'GMT0', 'GMT+0', 'GMT-0', 'Greenwich'].flatMap((name) => [name, `Etc/${name}`]))(
    'may be in %s, which is UTC',
    (name) => {
      for (const maker of ['zoneinfo.ZoneInfo._unpickle', 'pytz._p'])
        expect(datesOfIndex(datetime(days(0), stranger(maker, [1, name])), file)).toEqual(['1970-01-01']);
    },
  );

  test.each<[PickleValue, string | null]>([
    [made('pytzUtc'), null],
    [stranger('dateutil.tz.tz.tzutc'), null],
    [stranger('dateutil.tz.tz.tzutc.more'), 'an object of dateutil.tz.tz.tzutc.more'],
    [stranger('my.dateutil.tz.tz.tzutc'), 'an object of my.dateutil.tz.tz.tzutc'],
    [stranger('dateutil.tz.tz.tzfile', ['/usr/share/zoneinfo/Etc/UTC']), null],
    [stranger('dateutil.tz.tz.tzfile', ['UTC']), null],
    [stranger('dateutil.tz.tz.tzfile', ['/usr/share/zoneinfo/America/Argentina/Salta']), 'America/Argentina/Salta'],
    [stranger('dateutil.tz.tz.tzfile', ['/somewhere/UTC']), 'an object of dateutil.tz.tz.tzfile'],
    [stranger('dateutil.tz.tz.tzfile', ['UTC/']), 'an object of dateutil.tz.tz.tzfile'],
    [stranger('dateutil.tz.tz.tzfile', [1]), 'an object of dateutil.tz.tz.tzfile'],
    [stranger('dateutil.tz.tz.tzfile', null), 'the name dateutil.tz.tz.tzfile'],
    [stranger('zoneinfo.ZoneInfo._unpickle', ['Europe/Zurich', 1]), 'Europe/Zurich'],
    [stranger('pytz._p', [1]), 'an object of pytz._p'],
    [stranger('pytz._p', null), 'the name pytz._p'],
    [stranger('other.zone', ['UTC']), 'an object of other.zone'],
  ])('in the zone of row %#', (tz, name) => {
    const read = (): string[] => datesOfIndex(datetime(days(0), tz), file);
    if (name === null) expect(read()).toEqual(['1970-01-01']);
    else
      refused(
        read,
        `dates in the time zone ${name} are not read; ${advice}`,
        tz !== null && typeof tz === 'object' && 'origin' in tz ? origin : {},
      );
  });

  test('of columns names them', () => {
    expect(columnNamesOfIndex(range(0, 3, 1), file)).toEqual(['0', '1', '2']);
    expect(columnNamesOfIndex(range(0, 0, 1), file)).toEqual([]);
    expect(columnNamesOfIndex(range(0, 10_000, 1), file)).toHaveLength(10_000);
    for (const other of [range(1, 3, 1), range(0, 3, 2), range(0, -1, 1), range(0, '3', 1), range(0, 10_001, 1)])
      refused(() => columnNamesOfIndex(other, file), 'the columns are numbered otherwise than from 0 in steps of 1');
    expect(columnNamesOfIndex(objectIndex('a', 7, 8n, null), file)).toEqual(['a', '7', '8', 'column 3']);
    expect(columnNamesOfIndex(plain(array(dtype('i8'), [2], bytesOfLongs(5n, 6n))), file)).toEqual(['5', '6']);
    expect(columnNamesOfIndex(datetime(days(0)), file)).toEqual(['1970-01-01']);
  });
});
