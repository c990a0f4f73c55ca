import { describe, expect, test } from '@jest/globals';
import { GrowingIds } from '../../../domain/shared/growing-ids.ts';

/** UUIDs that differ in their last digits alone, which a poor hash would put side by side. */
const idOf = (number: number): string => `2d1f0c6e-0000-5000-8000-${number.toString(16).padStart(12, '0')}`;
const ids = (count: number, first = 0): string[] => Array.from({ length: count }, (_, index) => idOf(first + index));
const setOf = (members: readonly string[], start: GrowingIds = GrowingIds.empty()): GrowingIds =>
  members.reduce((set, id) => set.with(id), start);

const listed = (set: GrowingIds): string[] => [...set];

describe('a set of ids that grows', () => {
  test.each([0, 1, 7, 8, 9, 16, 17, 200])('of %d has each of them, in order, and no other', (count) => {
    const set = setOf(ids(count));
    expect([set.size, listed(set)]).toEqual([count, ids(count)]);
    expect(ids(count).every((id) => set.has(id))).toBe(true);
    expect(ids(100, count).some((id) => set.has(id))).toBe(false);
    expect(ids(count).map((_, place) => set.at(place))).toEqual(ids(count));
  });

  test('is itself where it has the id already', () => {
    const set = setOf(ids(3));
    expect(set.with(idOf(1))).toBe(set);
    expect(set.with(idOf(1).toUpperCase())).toBe(set);
  });

  test('writes ids small, and keeps every zero of theirs', () => {
    const written = [
      'ABCDEF01-2345-6789-ABCD-EF0123456789',
      '00000000-0000-0000-0000-000000000000',
      '0000000a-000b-000c-000d-00000000000e',
    ];
    const set = setOf(written);
    expect(listed(set)).toEqual(written.map((id) => id.toLowerCase()));
    expect(written.every((id) => set.has(id) && set.has(id.toLowerCase()))).toBe(true);
  });

  test('tells ids apart that share three of their four words', () => {
    const base = '00000000-0000-0000-0000-000000000000';
    const near = [0, 9, 19, 28].map((at) => `${base.slice(0, at)}1${base.slice(at + 1)}`);
    expect(listed(setOf([base, ...near]))).toEqual([base, ...near]);
    expect(near.map((id) => setOf([base]).has(id))).toEqual([false, false, false, false]);
  });

  test('keeps what it was when another grows out of it', () => {
    const two = setOf(ids(2));
    const three = two.with(idOf(2));
    const other = two.with(idOf(50));
    expect([listed(two), listed(three), listed(other)]).toEqual([ids(2), ids(3), [...ids(2), idOf(50)]]);
    expect([two.has(idOf(2)), three.has(idOf(2)), three.has(idOf(50)), other.has(idOf(2)), other.has(idOf(50))]).toEqual([
      false,
      true,
      false,
      false,
      true,
    ]);
    // The same id once more out of the older one: it is where it stood.
    expect(listed(two.with(idOf(2)))).toEqual(ids(3));
    expect(listed(three.with(idOf(50)))).toEqual([...ids(3), idOf(50)]);
  });

  test('leaves the empty set empty, whoever begins with it', () => {
    const empty = GrowingIds.empty();
    const [one, other] = [empty.with(idOf(1)), empty.with(idOf(2))];
    expect([listed(empty), listed(one), listed(other)]).toEqual([[], [idOf(1)], [idOf(2)]]);
    expect([empty.has(idOf(1)), one.has(idOf(2)), other.has(idOf(1))]).toEqual([false, false, false]);
  });

  test('grows at the same cost out of an older one, which is copied with its own ids alone', () => {
    const many = setOf(ids(40));
    const early = setOf(ids(40));
    const branch = setOf(ids(20, 100), early);
    expect(listed(setOf(ids(20, 200), many))).toEqual([...ids(40), ...ids(20, 200)]);
    expect(listed(branch)).toEqual([...ids(40), ...ids(20, 100)]);
  });

  test.each(['', 'x', `${idOf(1)}0`, `0${idOf(1)}`, idOf(1).replaceAll('-', ''), idOf(1).replace('2', 'g')])('is asked for no %j', (id) => {
    for (const act of [(): unknown => GrowingIds.empty().has(id), (): unknown => GrowingIds.empty().with(id)])
      expect(act).toThrow(
        expect.objectContaining({ code: 'Internal', message: 'a set of UUIDs is asked for something else', evidence: { id } }),
      );
  });

  test('shows no more than 80 characters of what is no id', () => {
    expect(() => GrowingIds.empty().has('x'.repeat(81))).toThrow(expect.objectContaining({ evidence: { id: 'x'.repeat(80) } }));
  });

  test.each([-1, 2, 3])('has nothing at the place %d of two', (place) => {
    expect(() => setOf(ids(2)).at(place)).toThrow(
      expect.objectContaining({
        code: 'Internal',
        message: 'an id is asked for at a place that has none',
        evidence: { place, size: 2 },
      }),
    );
  });
});
