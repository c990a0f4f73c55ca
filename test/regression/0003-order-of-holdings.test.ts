/**
 * The gross exposure that a flattened portfolio is checked against was summed in the order in which a sleeve listed its
 * holdings: the same holdings in another order changed its last bit, and with it the content hash of the event.
 */
import { expect, test } from '@jest/globals';
import { flatten } from '../../domain/allocation/flatten.ts';

test('the order in which a sleeve lists its holdings changes no figure', () => {
  const holdings = [0.1, 0.2, 0.3, 0.15, 0.25].map((weight, index) => ({ symbol: `NYSE:${'ABCDE'[index]!}`, weight }));
  const figures = (portfolio: typeof holdings): unknown => {
    const { grossExpected, grossBeforeNetting, conservationError, gross, net } = flatten([
      { path: ['s'], runId: 'r', weights: [0.7], portfolio },
    ]);
    return { grossExpected, grossBeforeNetting, conservationError, gross, net };
  };
  const orders = holdings.flatMap((_, first) =>
    holdings.map((__, second) =>
      [...holdings.slice(first), ...holdings.slice(0, first)].toSorted(
        (left, right) => Number(left === holdings[second]) - Number(right === holdings[second]),
      ),
    ),
  );
  for (const order of orders) expect(figures(order)).toEqual(figures(holdings));
});
