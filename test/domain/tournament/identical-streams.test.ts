import { expect, test } from '@jest/globals';
import { firstOfSame } from '../../../domain/tournament/identical-streams.ts';
import { seriesOf } from '../metrics/worked-examples.ts';

const stream = seriesOf({ '2024-01-02': 0.5, '2024-01-03': 0.25, '2024-01-04': 0 });
const moved = (by: number) => ({ ...stream, values: stream.values.with(1, 0.25 + by) });

test.each([
  ['itself', stream, 0],
  ['returns apart by less than 1e-10, on either side', moved(-9e-11), 0],
  ['a return apart by more', moved(1.1e-10), 1],
  ['a return apart by more, below', moved(-1.1e-10), 1],
  ['a date fewer at its end', seriesOf({ '2024-01-02': 0.5, '2024-01-03': 0.25 }), 1],
  ['a date more at its end', seriesOf({ '2024-01-02': 0.5, '2024-01-03': 0.25, '2024-01-04': 0, '2024-01-05': 0 }), 1],
  ['another first date', seriesOf({ '2024-01-01': 0.5, '2024-01-03': 0.25, '2024-01-04': 0 }), 1],
  ['another date within', seriesOf({ '2024-01-02': 0.5, '2024-01-03': 0.25, '2024-01-05': 0 }), 1],
] as const)('a stream is the same as %s, or not', (_, other, first) => {
  expect(firstOfSame([stream, other])).toEqual([0, first]);
});

test('each stream is told the first that is the same, and of no stream nothing is told', () => {
  const other = moved(1);
  expect(firstOfSame([other, stream, other, moved(5e-11), stream])).toEqual([0, 1, 0, 1, 1]);
  expect(firstOfSame([])).toEqual([]);
});
