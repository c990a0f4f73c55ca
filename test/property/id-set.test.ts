/** A set of ids kept as rows: whatever came and went, at every point its ids are found by a few look-ups each. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import { type IdsRow, idSetKeys, idsOf, withId, withoutId } from '../../projections/id-set.ts';
import { sampleId } from '../support/sample-events.ts';
import { propertyRuns } from '../support/property-runs.ts';

/** Of few ids, so that they come again, and of ids that begin alike. */
const anyId = fc.oneof(
  fc.integer({ min: 0, max: 40 }).map((number) => sampleId(`${number}`)),
  fc.integer({ min: 0, max: 9 }).map((digit) => `abc${digit}0000-0000-4000-8000-000000000000`),
);
const anyChanges = fc.array(fc.record({ id: anyId, comes: fc.boolean() }), { maxLength: 120 });

async function found(rows: ReadonlyMap<string, JsonObject>): Promise<{ readonly ids: readonly string[]; readonly lookUps: number }> {
  const ids: string[] = [];
  let lookUps = 0;
  const row = async (key: string): Promise<IdsRow | null> => {
    lookUps++;
    return (rows.get(key) ?? null) as IdsRow | null;
  };
  for await (const id of idsOf(row, 'set')) ids.push(id);
  return { ids, lookUps };
}

describe('a set of ids', () => {
  test('has at every point those that came and did not go, and asks for three rows an id and one', async () => {
    await fc.assert(
      fc.asyncProperty(anyChanges, async (changes) => {
        const rows = new Map<string, JsonObject>();
        const wanted = new Set<string>();
        for (const { id, comes } of changes) {
          const known = new Map(idSetKeys('set', id).map((key) => [key, rows.get(key) ?? null]));
          for (const { key, value } of (comes ? withId : withoutId)('set', id, (asked) => known.get(asked) ?? null)) {
            if (value === null) rows.delete(key);
            else rows.set(key, value);
          }
          if (comes) wanted.add(id);
          else wanted.delete(id);
          const { ids, lookUps } = await found(rows);
          expect(ids).toEqual([...wanted].toSorted());
          expect(lookUps).toBeLessThanOrEqual(3 * wanted.size + 1);
        }
        if (wanted.size === 0) expect(rows.size).toBe(0);
      }),
      { numRuns: propertyRuns(50) },
    );
  });
});
