import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Quorum } from '../../../domain/manifest/publication-block.ts';
import { judgeQuorum, type QuorumLeaf } from '../../../domain/publication/quorum.ts';
import { propertyRuns } from '../../support/property-runs.ts';

type Change = Partial<Omit<QuorumLeaf, 'sleeve'>>;
const leaf = (sleeve: string, asOf: string | null, change: Change = {}): QuorumLeaf => ({
  path: [sleeve],
  sleeve,
  pinned: false,
  asOf,
  quarantinedWhy: null,
  ...change,
});
const behind = (sleeve: string, latestAsOf: string, wantedAsOf: string) => ({
  path: [sleeve],
  sleeve,
  latestAsOf,
  wantedAsOf,
  because: 'behind' as const,
});
const same: Quorum = 'all_at_same_as_of';
const atLeast = (count: number, sessions: number): Quorum => ({ at_least: count, max_staleness_sessions: sessions });
const names = (quorum: Quorum, ...leaves: QuorumLeaf[]): string[] => judgeQuorum(quorum, leaves).awaited.map(({ sleeve }) => sleeve);

describe('a quorum of all sleeves at the same as-of date', () => {
  test('is reached when they all speak of one date', () => {
    expect(judgeQuorum(same, [leaf('a', '2025-07-17'), leaf('b', '2025-07-17')])).toEqual({ newestAsOf: '2025-07-17', awaited: [] });
  });

  test('waits for each sleeve that is behind the newest, with the date that would do', () => {
    expect(judgeQuorum(same, [leaf('a', '2025-07-16'), leaf('b', '2025-07-17'), leaf('c', '2025-07-15')])).toEqual({
      newestAsOf: '2025-07-17',
      awaited: [behind('a', '2025-07-16', '2025-07-17'), behind('c', '2025-07-15', '2025-07-17')],
    });
  });

  test('waits for Saturday of everybody once a sleeve that never sleeps has delivered it', () => {
    expect(judgeQuorum(same, [leaf('stocks', '2025-07-18'), leaf('coins', '2025-07-19')]).awaited).toEqual([
      behind('stocks', '2025-07-18', '2025-07-19'),
    ]);
  });

  test('names a sleeve of the nest by its way from the root', () => {
    const path = ['listed', 'stocks'];
    expect(judgeQuorum(same, [leaf('stocks', '2025-07-16', { path }), leaf('coins', '2025-07-17')]).awaited[0]).toMatchObject({
      path,
      sleeve: 'stocks',
    });
  });
});

describe('a quorum of k sleeves with a staleness limit', () => {
  test('is not reached by one fresh sleeve where two are asked for', () => {
    expect(names(atLeast(2, 5), leaf('a', '2025-07-17'), leaf('b', '2025-07-16'), leaf('c', '2025-07-16'))).toEqual(['b', 'c']);
  });

  test('is reached by two fresh sleeves when the third is within the limit', () => {
    expect(names(atLeast(2, 1), leaf('a', '2025-07-17'), leaf('b', '2025-07-17'), leaf('c', '2025-07-16'))).toEqual([]);
  });

  test('waits for the sleeve beyond the limit only', () => {
    expect(names(atLeast(1, 1), leaf('a', '2025-07-17'), leaf('b', '2025-07-16'), leaf('c', '2025-07-15'))).toEqual(['c']);
  });

  // Counted by hand on a calendar of 2023: Independence Day was a Tuesday, Christmas Day a Monday.
  test.each([
    ['Friday to Monday is one session: the weekend has none', '2023-07-07', '2023-07-10', 1],
    ['Monday 3 July to Wednesday 5 July is one session: the Fourth has none', '2023-07-03', '2023-07-05', 1],
    ['Friday 30 June to Wednesday 5 July is two sessions', '2023-06-30', '2023-07-05', 2],
    ['Friday 22 December to Tuesday 26 December is one session', '2023-12-22', '2023-12-26', 1],
    ['Thursday 21 December to Wednesday 27 December is three sessions', '2023-12-21', '2023-12-27', 3],
    ['Friday to Saturday is none', '2023-07-07', '2023-07-08', 0],
  ])('%s', (_, stale, newest, sessions) => {
    const leaves = [leaf('a', newest), leaf('b', stale)];
    expect(names(atLeast(1, sessions), ...leaves)).toEqual([]);
    if (sessions > 0) expect(names(atLeast(1, sessions - 1), ...leaves)).toEqual(['b']);
  });

  test('lets stocks of Friday and coins of Saturday go together with no staleness at all, and not on Monday', () => {
    expect(names(atLeast(1, 0), leaf('stocks', '2025-07-18'), leaf('coins', '2025-07-19'))).toEqual([]);
    expect(names(atLeast(1, 0), leaf('stocks', '2025-07-18'), leaf('coins', '2025-07-21'))).toEqual(['stocks']);
  });

  test('of more sleeves than are left unpinned asks for all that are left', () => {
    expect(names(atLeast(3, 5), leaf('a', '2025-07-17'), leaf('b', '2025-07-17'), leaf('c', '2025-07-01', { pinned: true }))).toEqual([]);
  });
});

describe.each([
  ['all at the same as-of', same],
  ['one of them', atLeast(1, 5)],
])('whatever the quorum, here %s,', (_, quorum) => {
  test('a pinned sleeve is not waited for, though it may speak of another date', () => {
    expect(judgeQuorum(quorum, [leaf('a', '2025-07-17'), leaf('b', '2024-01-02', { pinned: true })])).toEqual({
      newestAsOf: '2025-07-17',
      awaited: [],
    });
    expect(judgeQuorum(quorum, [leaf('a', '2025-07-17'), leaf('b', '2026-01-02', { pinned: true })])).toEqual({
      newestAsOf: '2026-01-02',
      awaited: [],
    });
  });

  test('a portfolio of pinned sleeves waits for nothing', () => {
    expect(names(quorum, leaf('a', '2025-07-17', { pinned: true }), leaf('b', '2024-01-02', { pinned: true }))).toEqual([]);
  });

  test('a sleeve without a run is waited for, and the date that the others have would do', () => {
    expect(judgeQuorum(quorum, [leaf('a', '2025-07-17'), leaf('b', null)]).awaited).toEqual([
      { path: ['b'], sleeve: 'b', latestAsOf: null, wantedAsOf: '2025-07-17', because: 'no_run' },
    ]);
  });

  test('the date of a pinned run is asked of nobody', () => {
    const pinned = leaf('p', '2026-01-02', { pinned: true });
    expect(judgeQuorum(quorum, [leaf('a', '2025-07-17'), leaf('b', null), pinned]).awaited).toMatchObject([
      { sleeve: 'b', wantedAsOf: '2025-07-17' },
    ]);
    expect(judgeQuorum(quorum, [leaf('b', null), pinned]).awaited).toMatchObject([{ sleeve: 'b', wantedAsOf: null }]);
  });

  test('a run that a sleeve is pinned to and does not have is waited for: no other date would do', () => {
    expect(judgeQuorum(quorum, [leaf('a', '2025-07-17'), leaf('p', null, { pinned: true })]).awaited).toMatchObject([
      { sleeve: 'p', wantedAsOf: null, because: 'no_run' },
    ]);
  });

  test('before the first result any date would do', () => {
    expect(judgeQuorum(quorum, [leaf('a', null)])).toEqual({
      newestAsOf: null,
      awaited: [{ path: ['a'], sleeve: 'a', latestAsOf: null, wantedAsOf: null, because: 'no_run' }],
    });
  });

  test.each([
    ['a sleeve', false],
    ['a pinned sleeve', true],
  ])('%s that is quarantined is waited for, however fresh', (__, pinned) => {
    const leaves = [leaf('a', '2025-07-17'), leaf('b', '2025-07-17', { pinned, quarantinedWhy: 'wrong prices' })];
    expect(judgeQuorum(quorum, leaves).awaited).toEqual([
      { path: ['b'], sleeve: 'b', latestAsOf: '2025-07-17', wantedAsOf: null, because: 'quarantined' },
    ]);
  });
});

describe('property: the newest as-of date', () => {
  const date = fc.integer({ min: 1, max: 28 }).map((day) => `2025-07-${String(day).padStart(2, '0')}`);
  const anyLeaf = fc.record({ asOf: fc.option(date), pinned: fc.boolean() });
  const anyQuorum = fc.oneof(fc.constant(same), fc.record({ at_least: fc.integer({ min: 1, max: 6 }), max_staleness_sessions: fc.nat(5) }));

  test('never goes back when a sleeve delivers a newer result, and a fresh portfolio waits for nobody', () => {
    fc.assert(
      fc.property(anyQuorum, fc.array(anyLeaf, { minLength: 1, maxLength: 6 }), fc.nat(5), date, (quorum, drawn, which, newer) => {
        const leaves = drawn.map(({ asOf, pinned }, index) => leaf(`s${index}`, asOf, { pinned }));
        const before = judgeQuorum(quorum, leaves);
        const delivered = leaves.map((one, index) =>
          index === which % leaves.length && (one.asOf === null || newer > one.asOf) ? { ...one, asOf: newer } : one,
        );
        const after = judgeQuorum(quorum, delivered);
        expect((after.newestAsOf ?? '') >= (before.newestAsOf ?? '')).toBe(true);
        expect(
          judgeQuorum(
            quorum,
            leaves.map((one) => ({ ...one, asOf: '2025-07-17' })),
          ).awaited,
        ).toEqual([]);
      }),
      { numRuns: propertyRuns(500) },
    );
  });
});
