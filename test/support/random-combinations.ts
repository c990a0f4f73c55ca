/** Random sets of caps with a total to be projected: ties, zeros, weights on their caps and empty sets are frequent. */
import fc from 'fast-check';
import { type Asked, byAsset, total } from './combinations.ts';

export interface RandomCombination {
  readonly target: readonly number[];
  readonly previous: readonly number[] | null;
  readonly lower: number;
  readonly upper: number;
  readonly grossCap: number;
  readonly netCap: number;
  readonly turnoverCap: number | null;
  readonly noFlip: boolean;
}

/** Tenths meet one another and their caps; other numbers hardly ever do. Below a millionth there is zero only. */
const between = (min: number, max: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: 10 * min, max: 10 * max }).map((value) => value / 10),
    fc.double({ min, max, noNaN: true, noDefaultInfinity: true }).map((value) => (Math.abs(value) < 1e-6 ? 0 : value)),
  );

export const randomCombinations: fc.Arbitrary<RandomCombination> = fc
  .integer({ min: 1, max: 9 })
  .chain((size) => {
    const values = fc.array(between(-2, 2), { minLength: size, maxLength: size });
    return fc.record({
      target: values,
      previous: fc.option(values, { nil: null }),
      lower: between(-1, 1).map((value) => (value > 0.4 ? -value : value)),
      upper: fc.constant(0),
      room: between(0, 2),
      grossCap: between(0, 6),
      netCap: between(0, 2),
      turnoverCap: fc.option(between(0, 5), { nil: null }),
      noFlip: fc.boolean(),
    });
  })
  .map(({ room, ...one }) => ({ ...one, upper: one.lower + room }));

export const askedOf = ({ target, previous, ...options }: RandomCombination, rename: (i: number) => number = (i) => i): Asked => ({
  ...total(renamed(target, rename)),
  previous: previous === null ? null : byAsset(renamed(previous, rename)),
  ...options,
});

function renamed(values: readonly number[], rename: (i: number) => number): number[] {
  const moved: number[] = [];
  values.forEach((value, i) => (moved[rename(i)] = value));
  return moved;
}
