import { describe, expect, test } from '@jest/globals';
import { pandasOf } from '../../../infra/pickle/pandas.ts';
import type { PickleValue } from '../../../infra/pickle/values.ts';
import {
  array,
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
  tuple,
} from '../../support/pickle-nodes.ts';
import { refusalOf } from '../../support/refusal.ts';

const dates = made('newDatetimeIndex', [named('DatetimeIndex'), dict({ data: days(0, 1), tz: null })]);
const names = (...texts: PickleValue[]): PickleValue =>
  made('newIndex', [named('Index'), dict({ data: array(dtype('O8'), [texts.length], list(...texts)) })]);
const lines = (...numbers: number[]): PickleValue => array(dtype('f8'), [numbers.length / 2, 2], bytesOfDoubles(...numbers));
const slice = (...bounds: PickleValue[]): PickleValue => made('slice', bounds);
const longs = (...places: number[]): PickleValue => array(dtype('i8'), [places.length], bytesOfLongs(...places.map(BigInt)));

/** By the call, as pandas since 1.3 writes a frame; by the state, as before and in a Series. */
const called = (axes: PickleValue[], ...blocks: [PickleValue, PickleValue][]): PickleValue =>
  made('BlockManager', [tuple(...blocks.map(([values, places]) => made('unpickleBlock', [values, places, 2]))), list(...axes)]);
const stated = (maker: 'BlockManager' | 'SingleBlockManager', axes: PickleValue[], ...blocks: [PickleValue, PickleValue][]): PickleValue =>
  made(
    maker,
    [],
    tuple(
      null,
      null,
      null,
      dict({ '0.14.1': dict({ axes: list(...axes), blocks: list(...blocks.map(([values, mgr_locs]) => dict({ values, mgr_locs }))) }) }),
    ),
  );
const frame = (manager: PickleValue, name = '_mgr'): PickleValue => made('DataFrame', [], dict({ [name]: manager }));
const series = (manager: PickleValue, more: Record<string, PickleValue> = {}): PickleValue =>
  made('Series', [], dict({ _mgr: manager, ...more }));

/** With plain numbers, to be compared. */
function read(root: PickleValue): object {
  const { values, ...rest } = pandasOf(root, 'a.pkl');
  return { ...rest, values: values.map((column) => [...column]) };
}
const days2 = ['1970-01-01', '1970-01-02'];

describe('a Series', () => {
  const one = stated('SingleBlockManager', [dates], [doubles(1, 2), null]);
  test.each<[Record<string, PickleValue>, string]>([
    [{}, ''],
    [{ name: 'returns' }, 'returns'],
    [{ _name: 'own', name: 'returns' }, 'own'],
    [{ name: 5 }, ''],
  ])('of one block has its name %#', (more, name) => {
    expect(read(series(one, more))).toEqual({ kind: 'series', dates: days2, columns: [name], values: [[1, 2]] });
  });

  test('may name its data as it once did', () => {
    expect(read(made('Series', [], dict({ _data: one })))).toEqual({ kind: 'series', dates: days2, columns: [''], values: [[1, 2]] });
  });

  test.each<[PickleValue, string]>([
    [stated('SingleBlockManager', [], [doubles(1, 2), null]), 'a Series with 0 axes and 1 blocks'],
    [stated('SingleBlockManager', [dates, dates], [doubles(1, 2), null]), 'a Series with 2 axes and 1 blocks'],
    [stated('SingleBlockManager', [dates]), 'a Series with 1 axes and 0 blocks'],
    [stated('SingleBlockManager', [dates], [doubles(1, 2), null], [doubles(1, 2), null]), 'a Series with 1 axes and 2 blocks'],
    [made('SingleBlockManager'), 'a Series with 0 axes and 0 blocks'],
    [made('SingleBlockManager', [], tuple(null, null, null, dict({ '1.0': dict({}) }))), 'a Series with 0 axes and 0 blocks'],
    [made('BlockManager', [null, null]), 'a Series with 0 axes and 0 blocks'],
    [stated('SingleBlockManager', [dates], [doubles(1), null]), 'a Series of shape [1] on 2 dates'],
  ])('of other parts is refused %#', (manager, why) => {
    expect(refusalOf(() => read(series(manager))).message).toBe(`a.pkl: ${why}`);
  });
});

const places = (count: number, what: string): string => `the places of a block of ${count} columns are ${what}`;

describe('a DataFrame', () => {
  const expected = {
    kind: 'frame',
    dates: days2,
    columns: ['a', 'b', 'c'],
    values: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  };
  const axes = [names('a', 'b', 'c'), dates];
  test.each<[string, PickleValue]>([
    ['one block', called(axes, [lines(1, 2, 3, 4, 5, 6), slice(0, 3, 1)])],
    ['one block in its state', stated('BlockManager', axes, [lines(1, 2, 3, 4, 5, 6), slice(0, 3, 1)])],
    ['two blocks', called(axes, [lines(1, 2, 5, 6), slice(0, 3, 2)], [lines(3, 4), slice(1, 2, 1)])],
    ['two blocks, one over its bounds', called(axes, [lines(1, 2, 5, 6), slice(0, 4, 2)], [lines(3, 4), longs(1)])],
    ['a block from behind', called(axes, [lines(5, 6, 3, 4, 1, 2), slice(2, -1, -1)])],
    ['places one by one', called(axes, [lines(5, 6, 1, 2), longs(2, 0)], [lines(3, 4), longs(1)])],
  ])('of %s has its columns in their order', (_, manager) => {
    expect(read(frame(manager))).toEqual(expected);
    expect(read(frame(manager, '_data'))).toEqual(expected);
  });

  test.each<[PickleValue, string]>([
    [called([dates]), 'a DataFrame with 1 axes'],
    [called([...axes, dates]), 'a DataFrame with 3 axes'],
    [called(axes, [lines(1, 2), slice(0, 2, 1)]), places(1, 'an object of slice')],
    [called(axes, [lines(1, 2), slice('0', 1, 1)]), places(1, 'an object of slice')],
    [called(axes, [lines(1, 2), slice(0, '1', 1)]), places(1, 'an object of slice')],
    [called(axes, [lines(1, 2), slice(0, 1, '1')]), places(1, 'an object of slice')],
    [called(axes, [lines(1, 2), slice(0, 1, null)]), places(1, 'an object of slice')],
    [called(axes, [lines(1, 2), longs(0, 1)]), places(1, 'an object of reconstructArray')],
    [called(axes, [lines(1, 2), array(dtype('i8'), [1, 1], bytesOfLongs(0n))]), places(1, 'an object of reconstructArray')],
    [called(axes, [lines(1, 2), array(nanoseconds, [1], bytesOfLongs(0n))]), places(1, 'an object of reconstructArray')],
    [called(axes, [lines(1, 2), null]), places(1, 'None')],
    [called(axes, [lines(1, 2), longs(3)]), 'two blocks, or none, for column 3 of 3'],
    [called(axes, [lines(1, 2), longs(-1)]), 'two blocks, or none, for column -1 of 3'],
    [called(axes, [lines(1, 2, 3, 4), longs(1, 1)]), 'two blocks, or none, for column 1 of 3'],
    [called(axes, [lines(1, 2, 3, 4), longs(0, 2)]), 'column b has no block'],
    [
      called([
        made('newIndex', [named('RangeIndex'), dict({ start: 0, stop: 10_000, step: 1 })]),
        made('newDatetimeIndex', [null, dict({ data: days(...Array.from({ length: 201 }, () => 0)) })]),
      ]),
      'a DataFrame of 201 rows and 10000 columns; at most 2000000 cells are read',
    ],
    [
      called([
        made('newIndex', [named('RangeIndex'), dict({ start: 0, stop: 10_000, step: 1 })]),
        made('newDatetimeIndex', [null, dict({ data: days(...Array.from({ length: 200 }, () => 0)) })]),
      ]),
      'column 0 has no block',
    ],
  ])('of other parts is refused %#', (manager, why) => {
    expect(refusalOf(() => read(frame(manager))).message).toBe(`a.pkl: ${why}`);
  });
});
