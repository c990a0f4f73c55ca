import { describe, expect, test } from '@jest/globals';
import { type Contestant, relaxationTarget, runStages, type StagePlan } from '../../../domain/selection/stages.ts';

/** Best first; everybody in a cluster of his own, unvetoed and past the gate, unless said otherwise. */
const contestants = (...changes: Partial<Contestant>[]): Contestant[] =>
  changes.map((change, symbol) => ({
    symbol,
    cluster: symbol,
    account: String(change.cluster ?? symbol),
    identity: `id${symbol}`,
    isVetoed: false,
    isVetoedRelaxed: change.isVetoed ?? false,
    isVetoedHard: false,
    passesGate: true,
    isNoise: false,
    ...change,
  }));

const plan = (change: Partial<StagePlan> = {}): StagePlan => ({
  mode: 'v4',
  isOrigin: false,
  target: 4,
  winnersMin: 2,
  quotas: new Map(Array.from({ length: 40 }, (_, k) => [String(k), 1])),
  ...change,
});

const admitted = (ranked: readonly Contestant[], change?: Partial<StagePlan>) =>
  runStages(ranked, plan(change)).admissions.map(
    ({ symbol, stage, isQuotaWaived }) => `${symbol}@${stage}${isQuotaWaived ? ' waived' : ''}`,
  );

describe('stages', () => {
  test('admit who meets no veto and passes the gate first', () => {
    expect(admitted(contestants({ isVetoed: true }, {}, { passesGate: false }, {}), { target: 2 })).toEqual(['1@1', '3@1']);
  });

  test('lift the two relaxed thresholds second, and keep the gate', () => {
    const ranked = contestants(
      { isVetoed: true, isVetoedRelaxed: false },
      { isVetoed: true, isVetoedRelaxed: false, passesGate: false },
      {},
    );
    expect(admitted(ranked, { target: 2 })).toEqual(['2@1', '0@2']);
  });

  test('give an empty cluster its best third, soft vetoes and gate aside, noise and hard vetoes not', () => {
    const ranked = contestants(
      { cluster: 0, isVetoed: true, isNoise: true },
      { cluster: 0, isVetoed: true },
      { cluster: 1, isVetoed: true, isVetoedHard: true },
      { cluster: 1, passesGate: false },
    );
    expect(admitted(ranked, { target: 2 })).toEqual(['1@3', '3@3']);
  });

  test('fill up fourth while a cluster has room, and waive quotas last, up to the fewest that are needed', () => {
    const ranked = contestants(
      { cluster: 0 },
      { cluster: 0, isVetoed: true },
      { cluster: 0, isVetoed: true },
      { cluster: 0, isVetoedHard: true, isVetoed: true },
    );
    expect(admitted(ranked)).toEqual(['0@1', '1@5 waived']);
    expect(admitted(ranked, { quotas: new Map([['0', 2]]) })).toEqual(['0@1', '1@4']);
    expect(admitted(ranked, { winnersMin: 5 })).toEqual(['0@1', '1@5 waived', '2@5 waived']);
  });

  test('of the origin fill up without quotas, and have no fifth', () => {
    const ranked = contestants({ cluster: 0 }, { cluster: 0, isVetoed: true }, { cluster: 0, isVetoed: true });
    expect(admitted(ranked, { isOrigin: true })).toEqual(['0@1', '1@4 waived', '2@4 waived']);
    expect(runStages(ranked, plan({ isOrigin: true })).afterStage).toEqual([1, 1, 1, 3]);
  });

  test('of the earlier modes end after the first', () => {
    const ranked = contestants({ isVetoed: true }, {});
    expect(runStages(ranked, plan({ mode: 'v3.2' }))).toMatchObject({ afterStage: [1] });
  });

  test('admit one of an identity, and 25 at most', () => {
    expect(admitted(contestants({ identity: 'gold' }, { identity: 'gold' }), { target: 2 })).toEqual(['0@1']);
    expect(admitted(contestants(...Array.from({ length: 30 }, () => ({}))))).toHaveLength(25);
    expect(admitted(contestants(...Array.from({ length: 30 }, () => ({}))), { mode: 'v3' })).toHaveLength(30);
  });

  test('count an account by itself: a side of a cluster has a quota of its own', () => {
    const ranked = contestants({ cluster: 0, account: '0 LONG' }, { cluster: 0, account: '0 SHORT' }, { cluster: 0, account: '0 LONG' });
    const quotas = new Map([
      ['0 LONG', 1],
      ['0 SHORT', 1],
    ]);
    expect(admitted(ranked, { quotas, target: 3, winnersMin: 1 })).toEqual(['0@1', '1@1']);
  });
});

test('the relaxation goes to half of the candidates, no less than needed and no more than 15', () => {
  expect([4, 10, 11, 30, 31, 200].map((candidates) => relaxationTarget(candidates, 5, false))).toEqual([5, 5, 6, 15, 15, 15]);
  expect(relaxationTarget(4, 5, true)).toBe(15);
});
