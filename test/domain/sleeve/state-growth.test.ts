/** A sleeve that has delivered for years: its state is folded in linear time, and grows by an id and a hash a fact. */
import { describe, expect, test } from '@jest/globals';
import { sleeveDecider, type SleeveState } from '../../../domain/sleeve/decider.ts';
import { intakeDecider } from '../../../domain/sleeve/intake-decider.ts';
import type { SleeveEvent } from '../../../domain/sleeve/slice.ts';
import { metaPortfolioDecider } from '../../../domain/publication/decider.ts';
import type { MetaPortfolioState } from '../../../domain/publication/state.ts';
import { openCount } from '../../../domain/sleeve/letters.ts';
import { sleeveFacts } from '../../support/portfolio-events.ts';
import { sampleId } from '../../support/sample-events.ts';

const payload = 'x'.repeat(5000);
const source = { topic: 'sleeve-results.v1', partition: 0, offset: '7', key: 'etfs', headers: { ce_type: payload } };

function accepted(number: number): SleeveEvent {
  const date = new Date(Date.UTC(2000, 0, 1 + number)).toISOString().slice(0, 10);
  return { type: 'SleeveRunAccepted', data: { ...sleeveFacts.accepted('etfs', `etfs-${number}`, date), profile: payload } };
}

function rejected(number: number): Extract<SleeveEvent, { type: 'SleeveRunRejected' }> {
  const facts = sleeveFacts.rejected('etfs');
  return {
    type: 'SleeveRunRejected',
    data: { ...facts, letterId: sampleId(`letter-${number}`), reason: payload, source, payload: { ...facts.payload, sha256: payload } },
  };
}

/** Everything that was ever told of a sleeve, in its state or in what the state refers to. */
function size(state: SleeveState): number {
  const { accepted: runs, firstOfCorrection, everHeld, letters, held } = state;
  return JSON.stringify([[...runs], [...firstOfCorrection], [...everHeld], [...letters.all], [...letters.resolved], held, state.current])
    .length;
}

/* oxlint-disable no-extend-native -- counts what the built-in collections do, and puts them back */
/** Entries that a fold writes into maps or goes through in lists, maps and sets: a measure of its work that no other program disturbs. */
function entriesTouched(fold: () => void): number {
  const { set } = Map.prototype;
  const [ofList, ofMap, ofSet] = [Array.prototype[Symbol.iterator], Map.prototype[Symbol.iterator], Set.prototype[Symbol.iterator]];
  let touched = 0;
  Map.prototype.set = function (key: unknown, value: unknown) {
    touched++;
    return set.call(this, key, value);
  };
  Array.prototype[Symbol.iterator] = function () {
    touched += this.length;
    return ofList.call(this);
  };
  Map.prototype[Symbol.iterator] = function () {
    touched += this.size;
    return ofMap.call(this);
  };
  Set.prototype[Symbol.iterator] = function () {
    touched += this.size;
    return ofSet.call(this);
  };
  try {
    fold();
  } finally {
    Map.prototype.set = set;
    Array.prototype[Symbol.iterator] = ofList;
    Map.prototype[Symbol.iterator] = ofMap;
    Set.prototype[Symbol.iterator] = ofSet;
  }
  return touched;
}
/* oxlint-enable no-extend-native */

function touchedByFolding(count: number): number {
  const events = Array.from({ length: count }, (_, number) => accepted(number));
  let state = sleeveDecider.initialState;
  const touched = entriesTouched(() => (state = events.reduce(sleeveDecider.evolve, state)));
  expect(state.accepted.size).toBe(count);
  return touched;
}

describe('the measure of work', () => {
  test('sees a list and a map that are copied for each event', () => {
    const each = Array.from({ length: 100 }, (_, number) => number);
    const pairs = each.map((number): [number, number] => [number, number]);
    const copied = (99 * 100) / 2;
    expect(entriesTouched(() => each.reduce<number[]>((list, number) => [...list, number], []))).toBe(copied);
    expect(
      entriesTouched(() => each.reduce((map, number) => new Map([...map, pairs[number]!]), new Map<number, number>())),
    ).toBeGreaterThan(copied);
  });
});

describe('the state of a sleeve', () => {
  test('of accepted runs is folded by work that grows with their number, not with its square', () => {
    const [some, tenfold] = [touchedByFolding(1_000), touchedByFolding(10_000)];
    expect(some).toBeGreaterThanOrEqual(1_000);
    expect(tenfold).toBe(10 * some);
  });

  test('grows by no payload: runs, letters and held results of any length leave some hundred bytes each', () => {
    const count = 200;
    const events = Array.from({ length: count }, (_, number): SleeveEvent[] => [
      accepted(number),
      rejected(number),
      { type: 'SleeveResultHeld', data: { ...sleeveFacts.held('etfs'), heldId: sampleId(`held-${number}`), source } },
      { type: 'SleeveResultReleased', data: { ...sleeveFacts.released('etfs'), heldId: sampleId(`held-${number}`) } },
      { type: 'DeadLetterResolved', data: { ...sleeveFacts.resolved('etfs'), letterId: sampleId(`letter-${number}`), why: payload } },
    ]).flat();
    const state = events.reduce(sleeveDecider.evolve, sleeveDecider.initialState);
    expect(size(state) / events.length).toBeLessThan(150);
    expect(state.held).toEqual([]);
    expect(openCount(state.letters)).toBe(0);
  });

  test('answers each of its commands once more as before, whatever followed', () => {
    const events = Array.from({ length: 50 }, (_, number) => [accepted(number), rejected(number)]).flat();
    const state = events.reduce(sleeveDecider.evolve, sleeveDecider.initialState);
    for (const event of events) {
      const command =
        event.type === 'SleeveRunAccepted'
          ? ({ kind: 'AcceptSleeveRun', run: event.data } as const)
          : ({ kind: 'RejectSleeveRun', letter: (event as ReturnType<typeof rejected>).data } as const);
      expect(sleeveDecider.decide(command, state)).toEqual([]);
    }
    const other = { ...sleeveFacts.accepted('etfs', 'etfs-7', '2000-01-08'), payloadHash: 'c'.repeat(64) };
    expect(() => sleeveDecider.decide({ kind: 'AcceptSleeveRun', run: other }, state)).toThrow(
      expect.objectContaining({ code: 'EventContentConflict', evidence: { recorded: 'a'.repeat(64), offered: 'c'.repeat(64) } }),
    );
  });
});

describe('letters that nobody has dealt with', () => {
  test.each([
    ['of a topic', (events: ReturnType<typeof rejected>[]) => events.reduce(intakeDecider.evolve, intakeDecider.initialState)],
    ['of a sleeve', (events: ReturnType<typeof rejected>[]) => events.reduce(sleeveDecider.evolve, sleeveDecider.initialState).letters],
  ])('%s are folded by work that grows with their number, and leave their ids', (_name, fold) => {
    const events = Array.from({ length: 20_000 }, (__, number) => rejected(number));
    const touched = entriesTouched(() => expect(openCount(fold(events))).toBe(20_000));
    expect(touched).toBeLessThan(10 * 20_000);
  });
});

describe('the state of a portfolio', () => {
  test('finds 20,000 waivers ever granted by their id', () => {
    let state: MetaPortfolioState = metaPortfolioDecider.initialState;
    for (let number = 0; number < 20_000; number++) {
      const waiver = { waiverId: `w${number}`, meta: 'desk', who: 'ann', why: 'a test', paths: ['backtest.slippage'], until: '2030-12-31' };
      state = metaPortfolioDecider.evolve(state, { type: 'ParityWaiverGranted', data: waiver });
      state = metaPortfolioDecider.evolve(state, {
        type: 'ParityWaiverRevoked',
        data: { waiverId: waiver.waiverId, meta: 'desk', who: 'ann', why: 'over' },
      });
    }
    expect([state.everGranted.size, state.waivers]).toEqual([20_000, []]);
    expect(
      metaPortfolioDecider.decide(
        { kind: 'GrantParityWaiver', waiverId: 'w3', meta: 'desk', who: 'ann', why: 'a test', paths: ['x'], until: '2030-12-31' },
        state,
      ),
    ).toEqual([]);
  });
});
