/** Laws of what makes long lines short: nothing that is seen is lost. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shortPath } from '../../../infra/charts/short-path.ts';
import { thinned } from '../../../infra/charts/thinned.ts';

/** Near ones too, so that stretches are level. */
const tenth = fc.oneof(fc.integer({ min: -20_000, max: 20_000 }), fc.integer({ min: 0, max: 2 })).map((value) => value / 10);
const points = fc.array(fc.tuple(tenth, tenth), { minLength: 30, maxLength: 80 });

/** Points of a path of `M`, `L`, `l`, `h`, `v` and `Z`, each absolute, read as SVG says. */
function pointsOf(path: string): number[][] {
  const found: number[][] = [];
  for (const [, command, numbers] of path.matchAll(/([MLlhvZ])([^MLlhvZ]*)/g)) {
    const values = [...numbers!.matchAll(/-?(?:\d+\.?\d*|\.\d+)/g)].map(([text]) => Number(text));
    for (let at = 0; at < values.length; at += command === 'h' || command === 'v' ? 1 : 2) {
      const [x, y] = found.at(-1) ?? [0, 0];
      if (command === 'h') found.push([x! + values[at]!, y!]);
      else if (command === 'v') found.push([x!, y! + values[at]!]);
      else if (command === 'l') found.push([x! + values[at]!, y! + values[at + 1]!]);
      else found.push([values[at]!, values[at + 1]!]);
    }
  }
  return found;
}

const near = (one: number, other: number): boolean => Math.abs(one - other) < 1e-6;

/** Points that a line through some corners does not pass in their order; a level stretch may pass several at once. */
function missedBy(corners: readonly number[][], through: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  let corner = 0;
  return through.filter(([x, y]) => {
    const [toX, toY] = corners[corner]!;
    const from = corners[corner - 1];
    const isLevel =
      from !== undefined &&
      near(from[1]!, y) &&
      near(toY!, y) &&
      Math.min(from[0]!, toX!) - 1e-6 <= x &&
      x <= Math.max(from[0]!, toX!) + 1e-6;
    if (near(toX!, x) && near(toY!, y)) {
      corner = Math.min(corner + 1, corners.length - 1);
      return false;
    }
    // Points on the same place are one corner.
    return !isLevel && !(from !== undefined && near(from[0]!, x) && near(from[1]!, y));
  });
}

function levelLine(from: number): string {
  return Array.from({ length: 20 }, (_, at) => `${at === 0 ? 'M' : 'L'}${from + at} 1`).join('');
}

describe('a path in steps', () => {
  test('leads through the same points, whatever they are', () => {
    fc.assert(
      fc.property(points, (through) => {
        const path = through.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${x} ${y}`).join('');
        const short = shortPath(path);
        expect(missedBy(pointsOf(short), through)).toEqual([]);
      }),
    );
  });

  test('takes a third less text where points follow one another', () => {
    const path = Array.from({ length: 500 }, (_, at) => `${at === 0 ? 'M' : 'L'}${at + 100} ${200 + (at % 7) / 10}`).join('');
    expect(shortPath(path).length).toBeLessThan((path.length * 2) / 3);
  });

  test('begins again where a line is broken', () => {
    const path = levelLine(0) + levelLine(100);
    expect(shortPath(path)).toBe('M0 1h19M100 1h19');
  });

  test('closes an area as it was closed', () => {
    expect(shortPath(`${levelLine(0)}${levelLine(0).replace('M', 'L')}Z`)).toBe('M0 1h19-19 19Z');
  });

  test.each([
    ['a short one', 'M1 2L3 4'],
    ['one with curves', `M0 0${'L1 1'.repeat(40)}C1 2 3 4 5 6`],
  ])('%s stays as it is', (_, path) => {
    expect(shortPath(path)).toBe(path);
  });
});

const lines = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 400 });

describe('a thinned line', () => {
  test('keeps its ends, its least value and its greatest, every value on its own row, and no more points than are asked for', () => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 10, max: 100 }), (values, pointsMax) => {
        const { values: kept, isThinned } = thinned(values, pointsMax);
        expect(isThinned).toBe(values.length > pointsMax);
        expect(kept).toHaveLength(values.length);
        const present = kept.flatMap((value, row) => (value === null ? [] : [row]));
        for (const row of present) expect(kept[row]).toBe(values[row]);
        expect([kept[0], kept.at(-1)]).toEqual([values[0], values.at(-1)]);
        const left = present.map((row) => values[row]!);
        expect([Math.min(...left), Math.max(...left)]).toEqual([Math.min(...values), Math.max(...values)]);
        // Both ends beside the two of each stretch.
        expect(present.length).toBeLessThanOrEqual(Math.max(pointsMax, values.length > pointsMax ? pointsMax + 2 : values.length));
      }),
    );
  });

  test('with gaps of its own stays whole, gaps and all', () => {
    const values = Array.from({ length: 50 }, (_, row) => (row === 7 ? null : row));
    expect(thinned(values, 10)).toEqual({ values, isThinned: false });
  });
});
