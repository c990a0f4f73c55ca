import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SleeveCommand } from '../../../domain/sleeve/commands.ts';
import { latestRun, sleeveDecider } from '../../../domain/sleeve/decider.ts';
import type { SleeveEvent, SleeveRunAccepted } from '../../../domain/sleeve/events.ts';
import { given } from '../../support/given-when-then.ts';
import { propertyRuns } from '../../support/property-runs.ts';

function run(runId: string, content: Partial<SleeveRunAccepted> = {}): SleeveRunAccepted {
  return { runId, sleeve: 'etfs', profile: 'etfs', asOf: '2023-08-31', correction: 0, payloadHash: 'a'.repeat(64), eligibility: 'CERTIFIED', risks: ['hrp'], ...content };
}
const accepted = (data: SleeveRunAccepted): SleeveEvent => ({ type: 'SleeveRunAccepted', data });
const quarantined = (number: number, why = 'vendor outage'): SleeveEvent => ({ type: 'SleeveQuarantined', data: { sleeve: 'etfs', number, why } });
const reinstated = (number: number, why = 'prices restored'): SleeveEvent => ({ type: 'SleeveReinstated', data: { sleeve: 'etfs', number, why } });
const quarantine = (number: number, why = 'vendor outage'): SleeveCommand => ({ kind: 'QuarantineSleeve', sleeve: 'etfs', number, why });
const reinstate = (number: number, why = 'prices restored'): SleeveCommand => ({ kind: 'ReinstateSleeve', sleeve: 'etfs', number, why });

describe('a sleeve accepts runs', () => {
  test('one that it has not seen', () => {
    given(sleeveDecider).when({ kind: 'AcceptSleeveRun', run: run('r1') }).then(accepted(run('r1')));
    given(sleeveDecider, accepted(run('r1'))).when({ kind: 'AcceptSleeveRun', run: run('r2') }).then(accepted(run('r2')));
  });

  test('while it is quarantined: what was computed stays a fact', () => {
    given(sleeveDecider, quarantined(1)).when({ kind: 'AcceptSleeveRun', run: run('r1') }).then(accepted(run('r1')));
  });

  test('once: the same run again is a no-op, whatever followed', () => {
    given(sleeveDecider, accepted(run('r1')), accepted(run('r2')), quarantined(1), reinstated(1)).when({ kind: 'AcceptSleeveRun', run: run('r1') }).thenNothing();
  });

  test('but never one id with two payloads', () => {
    given(sleeveDecider, accepted(run('r1'))).when({ kind: 'AcceptSleeveRun', run: run('r1', { payloadHash: 'b'.repeat(64) }) }).thenRefused('EventContentConflict');
  });
});

describe('quarantine', () => {
  test('is numbered, and lifted by its number', () => {
    given(sleeveDecider).when(quarantine(1)).then(quarantined(1));
    given(sleeveDecider, quarantined(1)).when(reinstate(1)).then(reinstated(1));
    given(sleeveDecider, quarantined(1), reinstated(1)).when(quarantine(2)).then(quarantined(2));
  });

  test('of a sleeve that is quarantined already, for whatever reason, changes nothing', () => {
    given(sleeveDecider, quarantined(1)).when(quarantine(2, 'another reason')).thenNothing();
  });

  test('delivered again after the sleeve was reinstated does not take it out of use again', () => {
    given(sleeveDecider, quarantined(1), reinstated(1)).when(quarantine(1)).thenNothing();
  });

  test('a reinstatement delivered again does not lift a later quarantine', () => {
    given(sleeveDecider, quarantined(1), reinstated(1), quarantined(2)).when(reinstate(1)).thenNothing();
  });

  test('a reinstatement of a sleeve in use changes nothing', () => {
    given(sleeveDecider).when(reinstate(0)).thenNothing();
    given(sleeveDecider, quarantined(1), reinstated(1)).when(reinstate(1)).thenNothing();
  });
});

const commands: fc.Arbitrary<SleeveCommand> = fc.oneof(
  fc.record({ kind: fc.constant('AcceptSleeveRun' as const), run: fc.constantFrom('r1', 'r2', 'r3').map((id) => run(id)) }),
  fc.record({ kind: fc.constant('QuarantineSleeve' as const), sleeve: fc.constant('etfs'), number: fc.integer({ min: 1, max: 4 }), why: fc.constantFrom('a', 'b') }),
  fc.record({ kind: fc.constant('ReinstateSleeve' as const), sleeve: fc.constant('etfs'), number: fc.integer({ min: 1, max: 4 }), why: fc.constantFrom('a', 'b') }),
);

describe('P6, over random commands', () => {
  test('evolve takes what decide gives, a second delivery decides nothing, and folding the history again gives the same state', () => {
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 25 }), (sequence) => {
        let state = sleeveDecider.initialState;
        const history: SleeveEvent[] = [];
        for (const command of sequence) {
          const facts = sleeveDecider.decide(command, state);
          history.push(...facts);
          state = facts.reduce(sleeveDecider.evolve, state);
          expect(sleeveDecider.decide(command, state)).toEqual([]);
        }
        expect(history.reduce(sleeveDecider.evolve, sleeveDecider.initialState)).toEqual(state);
        // Everything delivered once more, after all the rest: nothing new.
        for (const command of sequence) {
          if (command.kind === 'AcceptSleeveRun') expect(sleeveDecider.decide(command, state)).toEqual([]);
        }
        const numbers = history.flatMap((event) => (event.type === 'SleeveQuarantined' ? [event.data.number] : []));
        expect(numbers).toEqual(numbers.map((_, index) => index + 1));
      }),
      { numRuns: propertyRuns(500) },
    );
  });
});

describe('the run that counts', () => {
  const runs = [
    run('r0', { asOf: '2023-06-30' }),
    run('r1', { asOf: '2023-08-31' }),
    run('r2', { asOf: '2023-08-31', correction: 1 }),
    run('late', { asOf: '2023-03-31', correction: 9 }),
    run('same', { asOf: '2023-08-31', correction: 1 }),
  ];

  test.each([
    ['none, without any', [], null, null],
    ['the only one', [0], null, 'r0'],
    ['the greatest as-of date', [0, 1], null, 'r1'],
    ['the greatest as-of date in any order of arrival: a late result for an older date never becomes current', [1, 0, 3], null, 'r1'],
    ['the correction over the run that it corrects', [1, 2], null, 'r2'],
    ['the correction even when the first run arrives after it', [2, 1], null, 'r2'],
    ['the later in the ledger among equals', [2, 4], null, 'same'],
    ['nothing after the date asked for', [0, 1, 2, 3], '2023-06-30', 'r0'],
    ['none, when all speak of later dates', [1, 2], '2023-01-01', null],
  ])('is %s', (_, order, asOfMax, expected) => {
    expect(latestRun(order.map((index) => runs[index]!), asOfMax)?.runId ?? null).toBe(expected);
  });

  test('C5: does not depend on the order of arrival, as long as no two runs share date and correction', () => {
    const distinct = fc.uniqueArray(fc.record({ asOf: fc.constantFrom('2023-01-31', '2023-02-28', '2023-03-31'), correction: fc.integer({ min: 0, max: 3 }) }), {
      selector: ({ asOf, correction }) => `${asOf}/${correction}`,
      minLength: 1,
    });
    fc.assert(
      fc.property(
        distinct.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }))),
        ([list, shuffled]) => {
          expect(latestRun(shuffled, null)).toBe(latestRun(list, null));
        },
      ),
      { numRuns: propertyRuns(500) },
    );
  });
});
