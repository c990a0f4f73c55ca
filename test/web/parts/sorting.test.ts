import { expect, test } from '@jest/globals';
import { type Sorting, sortedBy, sortingIn, sortingText } from '../../../web/src/parts/sorting.ts';

const labels = ['run', 'as of', '-'];

test.each<[Sorting, string | null]>([
  [null, null],
  [['as of', 'ascending'], 'as of'],
  [['run', 'descending'], '-run'],
  [['-', 'ascending'], '-'],
  [['-', 'descending'], '--'],
])('the order %j goes into the address and comes back', (sorting, text) => {
  expect(sortingText(sorting)).toBe(text);
  expect(sortingIn(text, labels)).toEqual(sorting);
});

test('a column that is not there any more leaves the rows as they come', () => {
  expect([sortingIn('weight', labels), sortingIn('-weight', labels), sortingIn('', labels)]).toEqual([null, null, null]);
});

test('a head turns its own order round, and begins another one upwards', () => {
  expect(sortedBy('run', null)).toEqual(['run', 'ascending']);
  expect(sortedBy('run', ['run', 'ascending'])).toEqual(['run', 'descending']);
  expect(sortedBy('run', ['run', 'descending'])).toEqual(['run', 'ascending']);
  expect(sortedBy('as of', ['run', 'ascending'])).toEqual(['as of', 'ascending']);
});
