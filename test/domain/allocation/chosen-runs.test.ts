import { describe, expect, test } from '@jest/globals';
import { chooseRuns, type OfferedRun } from '../../../domain/allocation/chosen-runs.ts';
import { assertFreshUnder, freshUntil, stalenessOf } from '../../../domain/allocation/staleness.ts';
import { resolveMeta } from '../../../domain/manifest/resolve-meta.ts';
import type { CalendarId } from '../../../domain/returns/calendar.ts';
import type { MetaNode } from '../../../domain/manifest/resolved-meta-schema.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';

const two = (change: object = {}, allocation: object = {}): MetaNode =>
  resolveMeta(
    parseManifest(
      JSON.stringify({
        profiles: {
          stocks: {},
          coins: {},
          whole: {
            sleeves: [
              { id: 's', profile: 'stocks', ...change },
              { id: 'c', profile: 'coins' },
            ],
            meta_allocation: { max_weight: 1, ...allocation },
          },
        },
      }),
    ),
    'whole',
  );
const offer = (runId: string, asOf: string): OfferedRun => ({ quarantinedWhy: null, run: { runId, asOf }, instead: null });
const none: OfferedRun = { quarantinedWhy: null, run: null, instead: null };
/** Runs whose data end on their as-of dates. */
const choose = (node: MetaNode, asOf: string | null, stocks: OfferedRun, coins: OfferedRun) => {
  const chosen = chooseRuns(node, asOf, ({ path }) => (path[0] === 's' ? stocks : coins));
  const ended = [...chosen.runs].map(([path, run]) => [path, { ...run, freshUntil: run.asOf, calendars: ['XNYS'] as const }] as const);
  return { ...chosen, staleness: stalenessOf(new Map(ended), asOf, node.allocation.max_staleness_sessions) };
};
const refusal = (step: () => unknown): LedgerError => {
  try {
    step();
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('the runs that a portfolio consumes', () => {
  test('speak of the date of the newest, and say by how many sessions each is behind it', () => {
    // Thursday and Friday.
    const { runs, staleness, asOf } = choose(two(), null, offer('s1', '2025-07-17'), offer('c1', '2025-07-18'));
    expect([...runs]).toEqual([
      ['s', { runId: 's1', asOf: '2025-07-17' }],
      ['c', { runId: 'c1', asOf: '2025-07-18' }],
    ]);
    expect([...staleness]).toEqual([
      ['s', 1],
      ['c', 0],
    ]);
    expect(asOf).toBe('2025-07-18');
  });

  test('are counted in sessions of the exchange: a weekend makes nothing stale', () => {
    expect([...choose(two(), null, offer('s1', '2025-07-18'), offer('c1', '2025-07-20')).staleness]).toEqual([
      ['s', 0],
      ['c', 0],
    ]);
  });

  test('are held against the date that was asked for', () => {
    expect(choose(two(), '2025-07-21', offer('s1', '2025-07-17'), offer('c1', '2025-07-18'))).toMatchObject({
      asOf: '2025-07-21',
      staleness: new Map([
        ['s', 2],
        ['c', 1],
      ]),
    });
  });

  test('may be as many sessions behind as the portfolio allows, and not one more', () => {
    const node = two({}, { max_staleness_sessions: 1 });
    expect(choose(node, null, offer('s1', '2025-07-17'), offer('c1', '2025-07-18')).runs.size).toBe(2);
    expect(refusal(() => choose(node, null, offer('s1', '2025-07-16'), offer('c1', '2025-07-18')))).toMatchObject({
      code: 'SleeveStale',
      evidence: { path: 's', runId: 's1', dataEnd: '2025-07-16', newest: '2025-07-18', sessions: 2, sessionsMax: 1 },
    });
  });

  test('lack none: a sleeve without a run is refused, with the run that there is instead', () => {
    const error = refusal(() =>
      choose(two(), '2025-07-16', { ...none, instead: { runId: 's9', asOf: '2025-07-18' } }, offer('c1', '2025-07-16')),
    );
    expect(error).toMatchObject({
      code: 'SleeveRunMissing',
      message: 'sleeve s has no accepted run of stocks as of 2025-07-16 or before',
      evidence: { latest: 's9' },
    });
    expect(refusal(() => choose(two(), null, none, offer('c1', '2025-07-16'))).message).toBe('sleeve s has no accepted run of stocks');
  });

  test('come from no sleeve that is out of use, pinned or not', () => {
    const quarantined = { ...offer('s1', '2025-07-18'), quarantinedWhy: 'wrong prices' };
    expect(refusal(() => choose(two(), null, quarantined, offer('c1', '2025-07-18')))).toMatchObject({
      code: 'SleeveQuarantined',
      evidence: { why: 'wrong prices' },
    });
    expect(refusal(() => choose(two({ run_id: 's1' }), null, quarantined, offer('c1', '2025-07-18'))).code).toBe('SleeveQuarantined');
  });
});

describe('a sleeve that is pinned to a run', () => {
  const pinned = two({ run_id: 's1' });

  test('delivers that run', () => {
    expect(choose(pinned, null, offer('s1', '2025-07-17'), offer('c1', '2025-07-17')).runs.get('s')).toEqual({
      runId: 's1',
      asOf: '2025-07-17',
    });
  });

  test('delivers nothing in its place', () => {
    expect(
      refusal(() => choose(pinned, null, { ...none, instead: { runId: 's2', asOf: '2025-07-17' } }, offer('c1', '2025-07-17'))),
    ).toMatchObject({ code: 'SleeveRunMissing', evidence: { pinned: 's1', latest: 's2' } });
  });

  test('is refused where the run speaks of a later date than was asked for', () => {
    expect(refusal(() => choose(pinned, '2025-07-16', offer('s1', '2025-07-17'), offer('c1', '2025-07-16')))).toMatchObject({
      code: 'SleeveRunMissing',
      evidence: { runAsOf: '2025-07-17', asOf: '2025-07-16' },
    });
  });
});

describe('a refusal of a run', () => {
  const c1 = offer('c1', '2025-07-16');
  const instead = { runId: 's9', asOf: '2025-07-18' };
  test.each<[string, object, string | null, OfferedRun, object]>([
    [
      'that was quarantined',
      {},
      null,
      { ...offer('s1', '2025-07-18'), quarantinedWhy: 'wrong prices' },
      {
        code: 'SleeveQuarantined',
        message: 'sleeve s (stocks) is quarantined: wrong prices',
        evidence: { path: ['s'], why: 'wrong prices' },
        at: {},
      },
    ],
    [
      'that is not there yet',
      {},
      null,
      { ...none, instead },
      {
        code: 'SleeveRunMissing',
        message: 'sleeve s has no accepted run of stocks',
        evidence: { path: ['s'], profile: 'stocks', latest: 's9' },
        at: {},
      },
    ],
    [
      'that is not there at all',
      {},
      '2025-07-16',
      none,
      {
        code: 'SleeveRunMissing',
        message: 'sleeve s has no accepted run of stocks as of 2025-07-16 or before',
        evidence: { path: ['s'], profile: 'stocks', latest: null },
        at: {},
      },
    ],
    [
      'that is pinned and not there',
      { run_id: 's1' },
      null,
      { ...none, instead },
      {
        code: 'SleeveRunMissing',
        message: 'sleeve s is pinned to run s1, which stocks does not have',
        evidence: { path: ['s'], pinned: 's1', latest: 's9' },
        at: { path: 's.run_id' },
      },
    ],
    [
      'that is pinned, of a sleeve without any',
      { run_id: 's1' },
      null,
      none,
      {
        code: 'SleeveRunMissing',
        message: 'sleeve s is pinned to run s1, which stocks does not have',
        evidence: { path: ['s'], pinned: 's1', latest: null },
        at: { path: 's.run_id' },
      },
    ],
    [
      'that is pinned and later than the date asked for',
      { run_id: 's1' },
      '2025-07-16',
      offer('s1', '2025-07-17'),
      {
        code: 'SleeveRunMissing',
        message: 'sleeve s is pinned to run s1, whose as-of date 2025-07-17 is after 2025-07-16',
        evidence: { path: ['s'], pinned: 's1', runAsOf: '2025-07-17', asOf: '2025-07-16' },
        at: { path: 's.run_id' },
      },
    ],
  ])('%s says which, and what there is', (_, change, asOf, stocks, refused) => {
    const { code, message, evidence, at } = refusal(() => choose(two(change), asOf, stocks, c1));
    expect({ code, message, evidence, at }).toEqual(refused);
  });

  test('is none of one that is pinned and of the very date', () => {
    const chosen = choose(two({ run_id: 's1' }), '2025-07-16', offer('s1', '2025-07-16'), c1);
    expect([chosen.asOf, chosen.runs.get('s')]).toEqual(['2025-07-16', { runId: 's1', asOf: '2025-07-16' }]);
  });
});

const run = (runId: string, asOf: string, date: string, calendars: readonly CalendarId[] = ['XNYS']) => ({
  runId,
  asOf,
  freshUntil: date,
  calendars,
});

describe('staleness', () => {
  // Once counted from the as-of dates of the runs, which said nothing of their data.
  test('is counted from the ends of the data, whatever dates the runs speak of', () => {
    const runs = new Map([
      ['s', run('s1', '2025-07-18', '2025-07-14')],
      ['c', run('c1', '2025-07-18', '2025-07-17')],
    ]);
    expect([...stalenessOf(runs, null, 3)]).toEqual([
      ['s', 3],
      ['c', 0],
    ]);
    expect(refusal(() => stalenessOf(runs, null, 2))).toMatchObject({
      code: 'SleeveStale',
      evidence: { path: 's', dataEnd: '2025-07-14', newest: '2025-07-17', sessions: 3 },
    });
    expect([...stalenessOf(runs, '2025-07-18', 4)]).toEqual([
      ['s', 4],
      ['c', 1],
    ]);
  });
});

const behind = (calendar: CalendarId, from: string, to: string) =>
  stalenessOf(new Map([['s', run('s1', from, from, [calendar])]]), to, 99).get('s');

describe('staleness of a sleeve outside New York', () => {
  test("counts its own exchange's sessions: Frankfurt trades on 4 July, and Tokyo has holidays of its own", () => {
    expect([behind('XETR', '2025-07-03', '2025-07-04'), behind('XNYS', '2025-07-03', '2025-07-04')]).toEqual([1, 0]);
    expect([behind('XTKS', '2025-05-02', '2025-05-06'), behind('XNYS', '2025-05-02', '2025-05-06')]).toEqual([0, 2]);
  });
});

describe('a result by message', () => {
  const ended = { asOf: '2025-07-18', calendars: ['XNYS'] as const };
  const skipping = { 'backtest.step_size': 5 };

  test('is fresh up to its as-of date where its stream lacks no more than the rows that a skipped window leaves', () => {
    expect(freshUntil({ ...ended, dataEnd: '2025-07-14', settings: skipping })).toBe('2025-07-18');
    expect(freshUntil({ ...ended, dataEnd: '2025-07-11', settings: skipping })).toBe('2025-07-11');
  });

  test('is fresh up to the end of its stream where it trades partial windows, or does not say its step', () => {
    const trading = { ...skipping, 'backtest.partial_last_window': 'trade' };
    expect(freshUntil({ ...ended, dataEnd: '2025-07-17', settings: trading })).toBe('2025-07-17');
    expect(freshUntil({ ...ended, dataEnd: '2025-07-17', settings: {} })).toBe('2025-07-17');
  });
});

describe('another limit of staleness', () => {
  test('refuses what it would not have allowed, and nothing else', () => {
    const staleness = new Map([
      ['s', 2],
      ['c', 0],
    ]);
    expect(() => assertFreshUnder(2, staleness, '2025-07-18')).not.toThrow();
    expect(refusal(() => assertFreshUnder(1, staleness, '2025-07-18'))).toMatchObject({
      code: 'SleeveStale',
      evidence: { path: 's', sessions: 2, sessionsMax: 1 },
    });
  });
});
