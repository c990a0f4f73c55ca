/** The contract of every store of read models, as far as versions and pages go: against a list of all changes that is looked through. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '../../domain/shared/canonical-json.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { KeyedRow, ProjectionId, RowChange, RowsQuery } from '../../handlers/ports/ports.ts';
import { propertyRuns } from '../support/property-runs.ts';
import type { ReadModelsSubject } from './read-models.contract.ts';

const p: ProjectionId = { name: 'p', version: 1 };
const all: RowsQuery = { prefix: '', from: null, to: null, after: null, limit: 1000, direction: 'forwards', at: null };

/** Positions of a server, in order: text would order them otherwise. */
const positions = ['9/9', '10/3', '10/12', '100/1', '100/20', '1000/1'];
const placeOf = (position: string): number => positions.indexOf(position);
const keys = ['a', 'a/1', 'a/10', 'a/2', 'a\u0000', 'b', '\u{1f600}', '\u{10ffff}', '\u{10ffff}x', '\ue000', '\uffff', '\uffffa'] as const;

/** What the rows are, by looking through every change up to a position. */
function looked(changes: readonly RowChange[], { prefix, from, to, after, limit, direction, at }: RowsQuery): KeyedRow[] {
  const until = at === null ? positions.length : placeOf(at);
  const rows = new Map<string, RowChange['value']>();
  for (const { key, value, position } of changes) if (placeOf(position) <= until) rows.set(key, value);
  const found = [...rows]
    .flatMap(([key, value]) => (value === null ? [] : [{ key, value }]))
    .toSorted((left, right) => byCodeUnits(left.key, right.key));
  const read = direction === 'forwards' ? found : found.toReversed();
  const behind = (key: string): boolean => after === null || (direction === 'forwards' ? key > after : key < after);
  return read
    .filter(({ key }) => key.startsWith(prefix) && (from === null || key >= from) && (to === null || key <= to) && behind(key))
    .slice(0, limit);
}

const anyKey = fc.constantFrom(...keys);
const anyBound = fc.option(anyKey, { nil: null });
const anyQuery: fc.Arbitrary<RowsQuery> = fc.record({
  prefix: fc.constantFrom('', '', 'a', 'a/', 'a/1', '\u{10ffff}', '\uffff', 'none'),
  from: anyBound,
  to: anyBound,
  after: anyBound,
  limit: fc.integer({ min: 1, max: 5 }),
  direction: fc.constantFrom('forwards' as const, 'backwards' as const),
  at: fc.option(fc.constantFrom(...positions), { nil: null }),
});
/** For each position what one event changes, some of it twice. */
const anyHistory = fc.array(fc.array(fc.tuple(anyKey, fc.boolean()), { maxLength: 4 }), {
  minLength: positions.length,
  maxLength: positions.length,
});

function changesOf(history: readonly (readonly (readonly [string, boolean])[])[]): RowChange[] {
  let written = 0;
  return history.flatMap((changed, place) =>
    changed.map(([key, deleted]) => ({ key, position: positions[place]!, value: deleted ? null : { written: written++ } })),
  );
}

export function readModelVersionsContract(name: string, makeSubject: () => Promise<ReadModelsSubject>): void {
  describe(`${name}: versions of read models`, () => {
    test('rows as of any position, in pages and in both directions, are those of the changes up to it', async () => {
      const subject = await makeSubject();
      const { readModels } = subject;
      await fc.assert(
        fc.asyncProperty(
          anyHistory,
          fc.array(anyQuery, { minLength: 1, maxLength: 8 }),
          fc.integer({ min: 1, max: positions.length }),
          async (history, queries, cut) => {
            await readModels.reset(p);
            const changes = changesOf(history);
            // In two transactions: a version may follow one that is stored already, or one of its own transaction.
            const first = changes.filter(({ position }) => placeOf(position) < cut);
            await readModels.commit(p, first, positions[cut - 1]!, null);
            await readModels.commit(p, changes.slice(first.length), positions.at(-1)!, positions[cut - 1]!);
            for (const query of queries) {
              expect(await readModels.rows(p, query)).toEqual(looked(changes, query));
              const key = query.from ?? 'a';
              expect(await readModels.row(p, key, query.at)).toEqual(
                looked(changes, { ...all, from: key, to: key, at: query.at })[0]?.value ?? null,
              );
            }
          },
        ),
        { numRuns: propertyRuns(150) },
      );
      await subject.dispose();
    });

    test('every version can be listed, by key and then by position, in pages of any size', async () => {
      const subject = await makeSubject();
      const { readModels } = subject;
      await readModels.commit(
        p,
        [
          { key: 'b', value: { n: 1 }, position: '9/9' },
          { key: 'a', value: { n: 1 }, position: '10/3' },
          { key: 'a', value: { n: 2 }, position: '10/12' },
          { key: 'b', value: null, position: '10/12' },
          { key: 'never', value: null, position: '10/12' },
          { key: 'b', value: { n: 3 }, position: '100/1' },
        ],
        '100/1',
        null,
      );
      const expected = ['a 10/3 {"n":1}', 'a 10/12 {"n":2}', 'b 9/9 {"n":1}', 'b 10/12 null', 'b 100/1 {"n":3}'];
      for (const limit of [1, 2, 5, 9]) {
        const found: RowChange[] = [];
        for (let after: RowChange | null = null; ;) {
          const page: readonly RowChange[] = await readModels.versions(p, { after, limit });
          found.push(...page);
          if (page.length < limit) break;
          after = page.at(-1)!;
        }
        expect(found.map(({ key, position, value }) => `${key} ${position} ${canonicalJson(value)}`)).toEqual(expected);
      }
      await subject.dispose();
    });

    test('two versions of one projection see nothing of each other', async () => {
      const subject = await makeSubject();
      const { readModels } = subject;
      const newer = { ...p, version: 2 };
      await readModels.commit(p, [{ key: 'k', value: { n: 1 }, position: '1' }], '1', null);
      await readModels.commit(
        newer,
        [
          { key: 'k', value: { n: 2 }, position: '1' },
          { key: 'l', value: {}, position: '1' },
        ],
        '7',
        null,
      );
      expect([await readModels.checkpoint(p), await readModels.checkpoint(newer)]).toEqual(['1', '7']);
      expect(await readModels.row(p, 'k', null)).toEqual({ n: 1 });
      expect(await readModels.rows(p, all)).toHaveLength(1);
      expect(await readModels.versions(newer, { after: null, limit: 9 })).toHaveLength(2);
      expect(await readModels.projections()).toEqual([p, newer]);
      await readModels.reset(newer);
      expect(await readModels.row(p, 'k', null)).toEqual({ n: 1 });
      expect(await readModels.projections()).toEqual([p]);
      await subject.dispose();
    });
  });
}
