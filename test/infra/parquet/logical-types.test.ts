import { describe, expect, test } from '@jest/globals';
import { dateColumnOf } from '../../../infra/parquet/date-column.ts';
import type { Element, Footer } from '../../../infra/parquet/footer.ts';
import { dateReader, isUnsigned, numberReader, type Raw, shown, TooLarge } from '../../../infra/parquet/logical-types.ts';
import { refusalOf } from '../../support/refusal.ts';

/** A column as a footer describes it. */
const column = (type: string | undefined, converted?: string, logical?: object, more: object = {}): Element =>
  ({ name: 'x', type, converted_type: converted, logical_type: logical, ...more }) as unknown as Element;
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const text = (value: string): Uint8Array => Buffer.from(value);
const dayMs = 86_400_000n;

describe('dates', () => {
  test.each<[string, Element, Raw, string | null]>([
    ['days', column('INT32', 'DATE'), 19_782, '2024-02-29'],
    ['days by logical type', column('INT32', undefined, { type: 'DATE' }), 19_782, '2024-02-29'],
    ['texts', column('BYTE_ARRAY'), text('2024-02-29'), '2024-02-29'],
    ['texts that are none', column('BYTE_ARRAY'), text('2024-02-30'), null],
    ['what is no text', column('BYTE_ARRAY'), 5, null],
    ['INT96', column('INT96'), dayMs * 1_000_000n, '1970-01-02'],
    ['milliseconds', column('INT64', 'TIMESTAMP_MILLIS'), dayMs, '1970-01-02'],
    ['microseconds', column('INT64', 'TIMESTAMP_MICROS'), dayMs * 1_000n, '1970-01-02'],
    ['milliseconds by logical type', column('INT64', undefined, { type: 'TIMESTAMP', unit: 'MILLIS' }), dayMs, '1970-01-02'],
    ['microseconds by logical type', column('INT64', undefined, { type: 'TIMESTAMP', unit: 'MICROS' }), dayMs * 1_000n, '1970-01-02'],
    ['nanoseconds', column('INT64', undefined, { type: 'TIMESTAMP', unit: 'NANOS' }), dayMs * 1_000_000n, '1970-01-02'],
    ['a logical type before a converted one', column('INT64', 'TIMESTAMP_MILLIS', { type: 'TIMESTAMP', unit: 'MICROS' }), dayMs, null],
    ['no midnight', column('INT64', 'TIMESTAMP_MILLIS'), 1n, null],
    ['a plain number', column('INT64', 'TIMESTAMP_MILLIS'), 0, null],
  ])('as %s', (_, element, value, date) => {
    expect(dateReader(element)!(value)).toBe(date);
  });

  test.each([
    column('INT32'),
    column('INT64'),
    column('INT64', 'DATE'),
    column('INT64', undefined, { type: 'DATE' }),
    column('INT64', undefined, { type: 'TIMESTAMP' }),
    column('INT64', undefined, { type: 'TIMESTAMP', unit: 'DAYS' }),
    column('INT64', 'INT_64'),
    column('INT32', 'TIMESTAMP_MILLIS'),
    column('DOUBLE', 'TIMESTAMP_MILLIS'),
    column('DOUBLE'),
    column(undefined),
  ])('are none in column %#', (element) => {
    expect(dateReader(element)).toBeNull();
  });
});

describe('numbers', () => {
  const half = column('FIXED_LEN_BYTE_ARRAY', undefined, { type: 'FLOAT16' }, { type_length: 2 });
  const decimal = (scale: number): Element => column('BYTE_ARRAY', 'DECIMAL', undefined, { scale });
  test.each<[Element, Raw, number]>([
    [column('DOUBLE'), 1.5, 1.5],
    [column('FLOAT'), 0.5, 0.5],
    [column('INT32'), -5, -5],
    [column('INT64'), -5n, -5],
    [column('INT64'), 9_007_199_254_740_991n, 9_007_199_254_740_991],
    [column('INT32', 'INT_8'), 5, 5],
    [column('INT32', undefined, { type: 'INTEGER', isSigned: true }), -5, -5],
    [column('INT32', 'UINT_32'), -1, 4_294_967_295],
    [column('INT32', 'UINT_32'), -1n, 4_294_967_295],
    [column('INT32', undefined, { type: 'INTEGER', isSigned: false }), -1, 4_294_967_295],
    [column('INT64', 'UINT_64'), 7n, 7],
    // IEEE 754 half precision: one, minus two, the largest, the least normal, the least of all, the largest subnormal.
    [half, bytes(0x00, 0x3c), 1],
    [half, bytes(0x00, 0xc0), -2],
    [half, bytes(0xff, 0x7b), 65_504],
    [half, bytes(0x00, 0x04), 2 ** -14],
    [half, bytes(0x01, 0x00), 2 ** -24],
    [half, bytes(0xff, 0x03), 1_023 * 2 ** -24],
    [half, bytes(0x55, 0x35), 0.333251953125],
    [half, bytes(0x00, 0x7c), Infinity],
    [half, bytes(0x00, 0xfc), -Infinity],
    [half, bytes(0x01, 0x7c), Number.NaN],
    [half, bytes(0x00, 0x80), -0],
    [decimal(2), bytes(0x30, 0x39), 123.45],
    [decimal(2), bytes(0xff), -0.01],
    [decimal(0), bytes(0x80, 0), -32_768],
    [decimal(22), bytes(1), 1e-22],
    [decimal(23), bytes(3), 3e-23],
    [decimal(1), bytes(0x20, 0, 0, 0, 0, 0, 1), 900_719_925_474_099.3],
    [decimal(25), bytes(0x20, 0, 0, 0, 0, 0, 1), 9.007199254740993e-10],
    [column('INT32', 'DECIMAL', undefined, { scale: 3 }), 1_500, 1.5],
    [column('INT64', undefined, { type: 'DECIMAL', scale: 2 }), 150n, 1.5],
    [column('INT64', 'DECIMAL'), 150n, 150],
  ])('of column %# are read', (element, value, number) => {
    expect(numberReader(element)!(value)).toBe(number);
  });

  test.each<[Element, bigint, string]>([
    [column('INT64'), 9_007_199_254_740_992n, '9007199254740992'],
    [column('INT64'), -9_007_199_254_740_992n, '-9007199254740992'],
    [column('INT64', 'UINT_64'), -1n, '18446744073709551615'],
  ])('that no double holds are said to be too large %#', (element, value, named) => {
    expect(() => numberReader(element)!(value)).toThrow(new TooLarge(`the integer ${named} is beyond what a double holds`));
  });

  test.each([
    column('INT32', 'DATE'),
    column('INT32', 'TIME_MILLIS'),
    column('INT64', 'TIMESTAMP_MILLIS'),
    column('INT64', undefined, { type: 'TIMESTAMP' }),
    column('BYTE_ARRAY'),
    column('BOOLEAN'),
    column(undefined),
    column('FIXED_LEN_BYTE_ARRAY', undefined, { type: 'FLOAT16' }, { type_length: 3 }),
  ])('are none in column %#', (element) => {
    expect(numberReader(element)).toBeNull();
  });

  test('without a sign are told by either type', () => {
    expect(
      [
        column('INT32', 'UINT_8'),
        column('INT32', undefined, { type: 'INTEGER', isSigned: false }),
        column('INT32', 'INT_8'),
        column('INT32', undefined, { type: 'INTEGER', isSigned: true }),
        column('INT32', undefined, { type: 'DATE', isSigned: false }),
        column('INT32', 'MY_UINT_8'),
        column('INT32'),
      ].map(isUnsigned),
    ).toEqual([true, true, false, false, false, false, false]);
  });

  test('are shown in refusals, as long as they are short', () => {
    expect([shown(text('x'.repeat(41))), shown(5n), shown(true)]).toEqual(['x'.repeat(40), '5', 'true']);
  });
});

const leaf = (name: string, type = 'DOUBLE', more: object = {}): Element => column(type, undefined, undefined, { name, ...more });
const of = (leaves: readonly Element[], pandas?: string): unknown => {
  const key_value_metadata =
    pandas === undefined
      ? []
      : [
          { key: 'other', value: '{"index_columns":["b"]}' },
          { key: 'pandas', value: pandas },
        ];
  const { date, ignored } = dateColumnOf({ key_value_metadata } as unknown as Footer, leaves, {
    file: 'a.parquet',
    code: 'PriceFileUnreadable',
  });
  return [date, [...ignored]];
};
const index = (...names: unknown[]): string => JSON.stringify({ index_columns: names });

describe('the column of dates', () => {
  const [a, b, dated] = [leaf('a'), leaf('b'), leaf('Date')];

  test.each<[string, readonly Element[], string | undefined, unknown]>([
    ['named by pandas', [a, b], index('b'), [1, []]],
    ['named by pandas, whatever another is called', [dated, b], index('b'), [1, []]],
    ['named as pandas names it without telling', [a, leaf('__index_level_0__')], undefined, [1, []]],
    ['of a level of two digits', [a, leaf('__index_level_12__')], undefined, [1, []]],
    ['not one that begins so', [a, leaf('__index_level_0__x'), leaf('x__index_level_0__'), leaf('__index_level___')], undefined, [0, []]],
    ['called date', [a, dated], undefined, [1, []]],
    ['called DateTime', [a, leaf('DateTime')], undefined, [1, []]],
    ['called timestamp', [a, leaf('timestamp')], undefined, [1, []]],
    ['not one whose name holds the word', [a, leaf('dates'), leaf('update')], undefined, [0, []]],
    ['the first, failing that', [a, b], undefined, [0, []]],
    ['the first, of a numbered index', [a, b], index({ kind: 'range' }), [0, []]],
    ['the first, of an index that is not there', [a, b], index('c'), [0, []]],
    ['the first, where pandas says nothing that is read', [a, leaf('__index_level_0__')], '{', [1, []]],
    ['the first, where pandas names no columns', [a, b], '{}', [0, []]],
    ['beside an index of numbers', [leaf('n', 'INT64'), dated], index('n'), [1, [0]]],
    ['the first beside an index of numbers', [leaf('n', 'INT64'), a], index('n'), [1, [0]]],
    [
      'an index of integers by logical type is numbers',
      [leaf('n', 'INT64', { logical_type: { type: 'INTEGER' } }), a],
      index('n'),
      [1, [0]],
    ],
    ['an index of timestamps', [a, leaf('n', 'INT64', { logical_type: { type: 'TIMESTAMP' } })], index('n'), [1, []]],
    ['an index of converted timestamps', [a, leaf('n', 'INT64', { converted_type: 'TIMESTAMP_MILLIS' })], index('n'), [1, []]],
    ['an index of short integers', [a, leaf('n', 'INT32')], index('n'), [1, []]],
  ])('is %s', (_, leaves, pandas, expected) => {
    expect(of(leaves, pandas)).toEqual(expected);
  });

  test('is none of an index of several levels', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const refusal = refusalOf(() =>
      of(
        names.map((name) => leaf(name)),
        index(...names),
      ),
    );
    expect([refusal.code, refusal.message, refusal.at]).toEqual([
      'PriceFileUnreadable',
      'a.parquet: an index of 5 levels (a, b, c, d) is not read',
      { file: 'a.parquet' },
    ]);
  });
});
