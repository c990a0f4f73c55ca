import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SleeveCommand } from '../../../domain/sleeve/commands.ts';
import { latestRun, sleeveDecider } from '../../../domain/sleeve/decider.ts';
import type { SleeveRunAccepted } from '../../../domain/run/accepted-run.ts';
import type { SleeveEvent } from '../../../domain/sleeve/slice.ts';
import { intakeDecider } from '../../../domain/sleeve/intake-decider.ts';
import type { DeadLetterResolved, SleeveDefined, SleeveRunRejected } from '../../../domain/sleeve/intake-events.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { sampleId } from '../../support/sample-events.ts';
import { given } from '../../support/given-when-then.ts';
import { propertyRuns } from '../../support/property-runs.ts';

function run(runId: string, content: Partial<SleeveRunAccepted> = {}): SleeveRunAccepted {
  return {
    runId,
    sleeve: 'etfs',
    profile: 'etfs',
    asOf: '2023-08-31',
    correction: 0,
    payloadHash: 'a'.repeat(64),
    eligibility: 'CERTIFIED',
    risks: ['hrp'],
    ...content,
  };
}
const accepted = (data: SleeveRunAccepted): SleeveEvent => ({ type: 'SleeveRunAccepted', data });
const quarantined = (number: number, why = 'vendor outage'): SleeveEvent => ({
  type: 'SleeveQuarantined',
  data: { sleeve: 'etfs', number, why },
});
const reinstated = (number: number, why = 'prices restored'): SleeveEvent => ({
  type: 'SleeveReinstated',
  data: { sleeve: 'etfs', number, why },
});
const quarantine = (number: number, why = 'vendor outage'): SleeveCommand => ({ kind: 'QuarantineSleeve', sleeve: 'etfs', number, why });
const reinstate = (number: number, why = 'prices restored'): SleeveCommand => ({ kind: 'ReinstateSleeve', sleeve: 'etfs', number, why });

describe('a sleeve accepts runs', () => {
  test('one that it has not seen', () => {
    given(sleeveDecider)
      .when({ kind: 'AcceptSleeveRun', run: run('r1') })
      .then(accepted(run('r1')));
    given(sleeveDecider, accepted(run('r1')))
      .when({ kind: 'AcceptSleeveRun', run: run('r2') })
      .then(accepted(run('r2')));
  });

  test('while it is quarantined: what was computed stays a fact', () => {
    given(sleeveDecider, quarantined(1))
      .when({ kind: 'AcceptSleeveRun', run: run('r1') })
      .then(accepted(run('r1')));
  });

  test('once: the same run again is a no-op, whatever followed', () => {
    given(sleeveDecider, accepted(run('r1')), accepted(run('r2')), quarantined(1), reinstated(1))
      .when({ kind: 'AcceptSleeveRun', run: run('r1') })
      .thenNothing();
  });

  test('but never one id with two payloads', () => {
    given(sleeveDecider, accepted(run('r1')))
      .when({ kind: 'AcceptSleeveRun', run: run('r1', { payloadHash: 'b'.repeat(64) }) })
      .thenRefused('EventContentConflict');
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

const source = { topic: 'sleeve-results.v1', partition: 0, offset: '7', key: 'etfs', headers: {} };
const document = { kind: 'document' as const, sha256: 'c'.repeat(64), bytes: 9, mediaType: 'application/octet-stream' };
const sealed = { keyId: sampleId('key'), keyFile: sampleId('file'), document };
const letterIds = ['11111111-1111-5111-8111-111111111111', '22222222-2222-5222-8222-222222222222'] as const;
const heldIds = ['33333333-3333-5333-8333-333333333333', '44444444-4444-5444-8444-444444444444'] as const;

function letter(letterId: string = letterIds[0], sleeve: string | null = 'etfs'): SleeveRunRejected {
  return {
    letterId,
    sleeve,
    code: 'MessageInvalid',
    reason: null,
    path: null,
    source,
    payload: { bytes: 9, sha256: null, document: null, whole: true, sealed },
  };
}
const rejected = (letterId?: string): SleeveEvent => ({ type: 'SleeveRunRejected', data: letter(letterId) });
const reject = (letterId?: string): SleeveCommand => ({ kind: 'RejectSleeveRun', letter: letter(letterId) });
function resolution(letterId: string = letterIds[0], how: DeadLetterResolved['how'] = 'discarded'): DeadLetterResolved {
  return { letterId, sleeve: 'etfs', how, runId: null, who: 'ana', why: 'a test message' };
}
const resolved = (letterId?: string): SleeveEvent => ({ type: 'DeadLetterResolved', data: resolution(letterId) });
const resolve = (letterId?: string): SleeveCommand => ({ kind: 'ResolveDeadLetter', resolution: resolution(letterId) });
const held = (heldId: string, behind: string = letterIds[0]): SleeveEvent => ({
  type: 'SleeveResultHeld',
  data: { heldId, sleeve: 'etfs', behind, source, payload: null, sealed },
});
const hold = (heldId: string): SleeveCommand => ({ kind: 'HoldSleeveResult', heldId, sleeve: 'etfs', source, sealed });
const released = (heldId: string): SleeveEvent => ({
  type: 'SleeveResultReleased',
  data: { heldId, sleeve: 'etfs', runId: 'r1', letterId: null },
});
const release = (heldId: string): SleeveCommand => ({
  kind: 'ReleaseSleeveResult',
  released: { heldId, sleeve: 'etfs', runId: 'r1', letterId: null },
});

describe('results that arrive as messages', () => {
  test('are one of their date and correction: a second one is refused, a correction is not', () => {
    const other = run('r2', { payloadHash: 'b'.repeat(64) });
    given(sleeveDecider, accepted(run('r1')))
      .when({ kind: 'AcceptSleeveRun', run: other, onlyOneOfItsCorrection: true })
      .thenRefused('CorrectionTaken');
    given(sleeveDecider, accepted(run('r1')))
      .when({ kind: 'AcceptSleeveRun', run: other })
      .then(accepted(other));
    const correction = { ...other, correction: 1 };
    given(sleeveDecider, accepted(run('r1')))
      .when({ kind: 'AcceptSleeveRun', run: correction, onlyOneOfItsCorrection: true })
      .then(accepted(correction));
    given(sleeveDecider, accepted(run('r1')))
      .when({ kind: 'AcceptSleeveRun', run: run('r1'), onlyOneOfItsCorrection: true })
      .thenNothing();
  });
});

const numbered = (correction: number, asOf = '2023-08-31'): SleeveRunAccepted =>
  run(`r${correction}-${asOf}`, { asOf, correction, payloadHash: `${correction % 10}`.repeat(64) });

const acceptNumbered = (correction: number, onlyOneOfItsCorrection?: true): SleeveCommand => ({
  kind: 'AcceptSleeveRun',
  run: numbered(correction),
  ...(onlyOneOfItsCorrection === undefined ? {} : { onlyOneOfItsCorrection }),
});
const afterNumbers = (...corrections: number[]) => given(sleeveDecider, ...corrections.map((number) => accepted(numbered(number))));

describe('corrections of a date', () => {
  test('are numbered one after the other', () => {
    afterNumbers()
      .when(acceptNumbered(0))
      .then(accepted(numbered(0)));
    afterNumbers(0)
      .when(acceptNumbered(1))
      .then(accepted(numbered(1)));
    afterNumbers(0, 1)
      .when(acceptNumbered(2))
      .then(accepted(numbered(2)));
    afterNumbers(0, 1).when(acceptNumbered(1)).thenNothing();
  });

  test.each([
    ['ahead of the first', [], 1],
    ['ahead by one', [0], 2],
    ['the greatest there is', [0], 2_147_483_647],
    ['behind the newest', [0, 7], 5],
  ])('are refused with a gap: %s', (_, before, correction) => {
    afterNumbers(...before)
      .when(acceptNumbered(correction))
      .thenRefused('CorrectionOutOfOrder');
  });

  test('with other data under the number of the newest are refused with the next number', () => {
    const other = { ...numbered(1), runId: 'other', payloadHash: 'f'.repeat(64) };
    afterNumbers(0, 1).when({ kind: 'AcceptSleeveRun', run: other }).thenRefused('CorrectionOutOfOrder');
  });

  test('of another date have no part in it', () => {
    given(sleeveDecider, accepted(numbered(0)), accepted(numbered(1)))
      .when({ kind: 'AcceptSleeveRun', run: numbered(2, '2023-09-29') })
      .thenRefused('CorrectionOutOfOrder');
  });

  test('go on from the newest where a ledger of before has a gap', () => {
    afterNumbers(0, 7)
      .when(acceptNumbered(8))
      .then(accepted(numbered(8)));
  });

  test('that come as messages may be ahead by a bounded number, and fill what was left out', () => {
    const { correctionsAheadMax } = limits;
    afterNumbers(0)
      .when(acceptNumbered(1 + correctionsAheadMax, true))
      .then(accepted(numbered(1 + correctionsAheadMax)));
    afterNumbers(0)
      .when(acceptNumbered(2 + correctionsAheadMax, true))
      .thenRefused('CorrectionOutOfOrder');
    afterNumbers(0, 3)
      .when(acceptNumbered(1, true))
      .then(accepted(numbered(1)));
  });
});

describe('dead letters of a sleeve', () => {
  test('are written once for the same message, also after they were resolved', () => {
    given(sleeveDecider).when(reject()).then(rejected());
    given(sleeveDecider, rejected()).when(reject()).thenNothing();
    given(sleeveDecider, rejected(), resolved()).when(reject()).thenNothing();
  });

  test('are resolved once, and none that is unknown', () => {
    given(sleeveDecider, rejected()).when(resolve()).then(resolved());
    given(sleeveDecider, rejected(), resolved()).when(resolve()).thenNothing();
    given(sleeveDecider, rejected()).when(resolve(letterIds[1])).thenRefused('LetterUnknown');
  });

  test('hold what comes after them behind the first that is open', () => {
    given(sleeveDecider, rejected(), rejected(letterIds[1])).when(hold(heldIds[0])).then(held(heldIds[0]));
    given(sleeveDecider, rejected(), rejected(letterIds[1]), resolved()).when(hold(heldIds[0])).then(held(heldIds[0], letterIds[1]));
  });

  test('hold nothing twice, and nothing once they are resolved', () => {
    given(sleeveDecider, rejected(), held(heldIds[0])).when(hold(heldIds[0])).thenNothing();
    given(sleeveDecider, rejected(), held(heldIds[0]), released(heldIds[0])).when(hold(heldIds[0])).thenNothing();
    given(sleeveDecider, rejected(), resolved()).when(hold(heldIds[0])).thenNothing();
  });

  test('hold a bounded number', () => {
    const many = Array.from({ length: limits.heldResultsPerSleeveMax }, (_, index) => held(sampleId(`held ${index}`)));
    given(sleeveDecider, rejected(), ...many)
      .when(hold(heldIds[0]))
      .thenRefused('LimitExceeded');
  });

  test('let go what they held, each once', () => {
    given(sleeveDecider, rejected(), held(heldIds[0]), held(heldIds[1]), resolved()).when(release(heldIds[0])).then(released(heldIds[0]));
    given(sleeveDecider, rejected(), held(heldIds[0]), resolved(), released(heldIds[0])).when(release(heldIds[0])).thenNothing();
    const { held: waiting } = given(sleeveDecider, rejected(), held(heldIds[0]), held(heldIds[1]), resolved())
      .when(release(heldIds[0]))
      .state();
    expect(waiting.map(({ heldId }) => heldId)).toEqual([heldIds[1]]);
  });
});

describe('dead letters of a topic', () => {
  test('are written and resolved once', () => {
    const rejectedHere = { type: 'SleeveRunRejected' as const, data: letter(letterIds[0], null) };
    const resolvedHere = { type: 'DeadLetterResolved' as const, data: resolution() };
    given(intakeDecider)
      .when({ kind: 'RejectSleeveRun', letter: letter(letterIds[0], null) })
      .then(rejectedHere);
    given(intakeDecider, rejectedHere)
      .when({ kind: 'RejectSleeveRun', letter: letter(letterIds[0], null) })
      .thenNothing();
    given(intakeDecider, rejectedHere).when({ kind: 'ResolveDeadLetter', resolution: resolution() }).then(resolvedHere);
    given(intakeDecider, rejectedHere, resolvedHere).when({ kind: 'ResolveDeadLetter', resolution: resolution() }).thenNothing();
    given(intakeDecider).when({ kind: 'ResolveDeadLetter', resolution: resolution() }).thenRefused('LetterUnknown');
  });
});

const expectedBy = { time: '18:30', zone: 'America/New_York', calendar: 'XNYS' as const };
const defined = (number: number, content: Partial<SleeveDefined> = {}): SleeveEvent => ({
  type: 'SleeveDefined',
  data: { sleeve: 'etfs', profile: 'etfs', number, expectedBy: null, grossMax: null, ...content },
});
const define = (number: number, content: Partial<SleeveDefined> = {}): SleeveCommand => ({
  kind: 'DefineSleeve',
  sleeve: 'etfs',
  profile: 'etfs',
  expectedBy: null,
  grossMax: null,
  ...content,
  number,
});

describe('a definition', () => {
  test('is numbered, and given again only when it changed', () => {
    given(sleeveDecider).when(define(1)).then(defined(1));
    given(sleeveDecider, defined(1)).when(define(2)).thenNothing();
    given(sleeveDecider, defined(1)).when(define(2, { expectedBy })).then(defined(2, { expectedBy }));
    given(sleeveDecider, defined(1, { expectedBy }))
      .when(define(2, { expectedBy: { ...expectedBy, days_after: 0 } }))
      .thenNothing();
    given(sleeveDecider, defined(1, { expectedBy }))
      .when(define(2, { expectedBy: { ...expectedBy, days_after: 1 } }))
      .then(defined(2, { expectedBy: { ...expectedBy, days_after: 1 } }));
    given(sleeveDecider, defined(1))
      .when(define(2, { profile: 'etfs_weekly' }))
      .then(defined(2, { profile: 'etfs_weekly' }));
    given(sleeveDecider, defined(1))
      .when(define(2, { grossMax: 2 }))
      .then(defined(2, { grossMax: 2 }));
    given(sleeveDecider, defined(1, { grossMax: 2 }))
      .when(define(2, { grossMax: 2 }))
      .thenNothing();
  });

  test('delivered late does not come back', () => {
    given(sleeveDecider, defined(1), defined(2, { expectedBy })).when(define(1)).thenNothing();
  });
});

const overdue = (session: string, latestAsOf: string | null): SleeveEvent => ({
  type: 'SleeveOverdue',
  data: { sleeve: 'etfs', session, expectedBy: '2023-09-01T22:30:00.000Z', latestAsOf },
});
const note = (session: string): SleeveCommand => ({
  kind: 'NoteSleeveOverdue',
  sleeve: 'etfs',
  session,
  expectedBy: '2023-09-01T22:30:00.000Z',
});

describe('an overdue session', () => {
  test('is noted once, with the newest result that there is', () => {
    given(sleeveDecider, defined(1, { expectedBy })).when(note('2023-09-01')).then(overdue('2023-09-01', null));
    given(sleeveDecider, defined(1, { expectedBy }), accepted(run('r1')))
      .when(note('2023-09-01'))
      .then(overdue('2023-09-01', '2023-08-31'));
    given(sleeveDecider, defined(1, { expectedBy }), overdue('2023-09-01', null)).when(note('2023-09-01')).thenNothing();
  });

  test('is not noted when its result arrived meanwhile, or none is expected', () => {
    given(sleeveDecider, defined(1, { expectedBy }), accepted(run('r1')))
      .when(note('2023-08-31'))
      .thenNothing();
    given(sleeveDecider, defined(1)).when(note('2023-09-01')).thenNothing();
    given(sleeveDecider).when(note('2023-09-01')).thenNothing();
  });
});

test('50,000 runs are folded in linear time, and an older state does not see what came later', () => {
  let state = sleeveDecider.initialState;
  const states = [];
  for (let index = 0; index < 50_000; index++) {
    if (index % 10_000 === 0) states.push(state);
    state = sleeveDecider.evolve(state, accepted(run(`r${index}`, { correction: index })));
  }
  expect(states.map(({ accepted: runs }) => runs.size)).toEqual([0, 10_000, 20_000, 30_000, 40_000]);
  expect(states.map(({ current }) => current?.runId)).toEqual([undefined, 'r9999', 'r19999', 'r29999', 'r39999']);
  expect(states[1]!.accepted.has('r10000')).toBe(false);
  expect(sleeveDecider.evolve(states[1]!, accepted(run('fork'))).accepted.has('r10000')).toBe(false);
  expect(state.accepted.has('r49999')).toBe(true);
  expect(state.accepted.has('fork')).toBe(false);
  expect(sleeveDecider.initialState.accepted.size).toBe(0);
});

test('a state is folded on in constant time after a decision was folded ahead of it', () => {
  let state = sleeveDecider.initialState;
  for (let index = 0; index < 30_000; index++) {
    const fact = accepted(run(`r${index}`, { correction: index }));
    const ahead = sleeveDecider.evolve(state, fact);
    if (ahead.accepted.size !== index + 1) throw new Error(`${ahead.accepted.size} runs after ${index + 1}`);
    // As it is read back: equal, and another object.
    state = sleeveDecider.evolve(state, JSON.parse(JSON.stringify(fact)) as SleeveEvent);
  }
  expect(state.accepted.size).toBe(30_000);
});

const commands: fc.Arbitrary<SleeveCommand> = fc.oneof(
  fc.constantFrom(...letterIds).map(reject),
  fc.constantFrom(...heldIds).map(hold),
  fc
    .constantFrom('2023-08-31', '2023-09-01')
    .map((session) => ({ kind: 'NoteSleeveOverdue' as const, sleeve: 'etfs', session, expectedBy: '2023-09-01T22:30:00.000Z' })),
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(null, expectedBy))
    .map(([number, expected]) => define(number, { expectedBy: expected })),
  fc.record({ kind: fc.constant('AcceptSleeveRun' as const), run: fc.constantFrom('r1', 'r2', 'r3').map((id) => run(id)) }),
  fc.record({
    kind: fc.constant('QuarantineSleeve' as const),
    sleeve: fc.constant('etfs'),
    number: fc.integer({ min: 1, max: 4 }),
    why: fc.constantFrom('a', 'b'),
  }),
  fc.record({
    kind: fc.constant('ReinstateSleeve' as const),
    sleeve: fc.constant('etfs'),
    number: fc.integer({ min: 1, max: 4 }),
    why: fc.constantFrom('a', 'b'),
  }),
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
    expect(
      latestRun(
        order.map((index) => runs[index]!),
        asOfMax,
      )?.runId ?? null,
    ).toBe(expected);
  });

  test('C5: does not depend on the order of arrival, as long as no two runs share date and correction', () => {
    const distinct = fc.uniqueArray(
      fc.record({ asOf: fc.constantFrom('2023-01-31', '2023-02-28', '2023-03-31'), correction: fc.integer({ min: 0, max: 3 }) }),
      {
        selector: ({ asOf, correction }) => `${asOf}/${correction}`,
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(
        distinct.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })),
        ),
        ([list, shuffled]) => {
          expect(latestRun(shuffled, null)).toBe(latestRun(list, null));
        },
      ),
      { numRuns: propertyRuns(500) },
    );
  });
});

describe('what is expected of a sleeve', () => {
  const full = { ...expectedBy, days_after: 1 };
  test.each([
    ['another time', { ...full, time: '18:31' }],
    ['another zone', { ...full, zone: 'America/Chicago' }],
    ['another calendar', { ...full, calendar: 'XCRY' as const }],
    ['another number of days', { ...full, days_after: 2 }],
    ['nothing', null],
  ])('is defined anew with %s, and the other way round', (_, other) => {
    given(sleeveDecider, defined(1, { expectedBy: full }))
      .when(define(2, { expectedBy: other }))
      .then(defined(2, { expectedBy: other }));
    given(sleeveDecider, defined(1, { expectedBy: other }))
      .when(define(2, { expectedBy: full }))
      .then(defined(2, { expectedBy: full }));
    given(sleeveDecider, defined(1, { expectedBy: other }))
      .when(define(2, { expectedBy: other }))
      .thenNothing();
  });
});
