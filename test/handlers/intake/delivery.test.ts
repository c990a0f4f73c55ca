import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sleeveDecider, type SleeveState } from '../../../domain/sleeve/decider.ts';
import { openCount } from '../../../domain/sleeve/letters.ts';
import type { SleeveEvent } from '../../../domain/sleeve/slice.ts';
import { createIntake } from '../../../handlers/intake/intake.ts';
import { discardLetter } from '../../../handlers/commands/settle-letter.ts';
import { listDeadLetters } from '../../../handlers/queries/dead-letters.ts';
import { readWholeStream, toDomainEvents } from '../../../handlers/runtime/record.ts';
import type { ReceivedMessage } from '../../../handlers/ports/ports.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { memorySession } from '../../support/imported-run.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { binaryMessage, defineSleeve, rawMessage, resultMessage, SentMessages, sleeveResult } from '../../support/sleeve-results.ts';

/** C4 and C5: how often and in which order messages come changes nothing that counts. */

const sleeves = ['coins', 'more_coins', 'old_coins'] as const;
const options = {
  resultsTopic: 'sleeve-results.v1',
  deadLetters: new SentMessages(),
  deadLettersTopic: 'sleeve-results.dlq.v1',
  onPoison: 'hold',
} as const;
const firstPage = { after: null, maxCount: 100 };
const still = async (): Promise<void> => undefined;

async function definedSession(): Promise<Session> {
  const session = memorySession();
  for (const sleeve of sleeves) await defineSleeve(session, sleeve);
  return session;
}

async function stateOf({ ports }: Session, sleeve: string): Promise<SleeveState> {
  const events = toDomainEvents(await readWholeStream(ports.store, `sleeve-${sleeve}`)) as unknown as SleeveEvent[];
  return events.reduce(sleeveDecider.evolve, sleeveDecider.initialState);
}

async function eventCount({ ports }: Session): Promise<number> {
  return (await ports.store.readAll({ after: null, maxCount: 1000, types: null })).length;
}

async function deliver(session: Session, messages: readonly ReceivedMessage[]): Promise<void> {
  const intake = createIntake(session, options);
  for (const message of messages) await intake.handle(message, still);
}

/** What counts of each sleeve: the current run, and every run accepted, whatever the order. */
async function outcomeOf(session: Session): Promise<unknown> {
  const outcomes = [];
  for (const sleeve of sleeves) {
    const { current, accepted, held, letters } = await stateOf(session, sleeve);
    outcomes.push({
      sleeve,
      current,
      accepted: [...accepted].map(({ runId }) => runId).toSorted(),
      held: held.length,
      open: openCount(letters),
    });
  }
  return outcomes;
}

/** Every sleeve with three dates, the second of them corrected. */
const results = sleeves.flatMap((sleeve, index) =>
  [
    { asOf: '2024-02-01', correction: 0 },
    { asOf: '2024-02-02', correction: 0 },
    { asOf: '2024-02-02', correction: 1 },
    { asOf: '2024-02-05', correction: 0 },
  ].map((change, number) => sleeveResult({ sleeve, ...change, rows: 5, seed: 10 * index + number })),
);
const messages = results.map((result, index) =>
  index % 2 === 0 ? resultMessage(result, { offset: String(index) }) : binaryMessage(result, { offset: String(index) }),
);
const poisons = sleeves.map((sleeve, index) => rawMessage(sleeve, '{"not":', undefined, { offset: `${100 + index}` }));

describe('delivery', () => {
  test.each([2, 5])('C4: every message %i times: no event more than once', async (times) => {
    const once = await definedSession();
    await deliver(once, messages);
    const often = await definedSession();
    for (const message of messages)
      await deliver(
        often,
        Array.from({ length: times }, () => message),
      );
    await deliver(often, messages.toReversed());
    expect(await eventCount(often)).toBe(await eventCount(once));
    expect(await outcomeOf(often)).toEqual(await outcomeOf(once));
    // Opened, one profile, graded, accepted, and the three definitions.
    expect(await eventCount(once)).toBe(4 * results.length + sleeves.length);
  });

  test('C4: five of each in any order: no event more than once', async () => {
    const once = await definedSession();
    await deliver(once, messages);
    const expected = await eventCount(once);
    const five = messages.flatMap((message) => [message, message, message, message, message]);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(five, { minLength: five.length }), async (order) => {
        const session = await definedSession();
        await deliver(session, order);
        expect(await eventCount(session)).toBe(expected);
      }),
      { numRuns: propertyRuns(6) },
    );
  });

  test('C5: in any order within and across sleeves, the same runs are accepted and the same count', async () => {
    const inOrder = await definedSession();
    await deliver(inOrder, messages);
    const expected = await outcomeOf(inOrder);
    expect(expected).toMatchObject(sleeves.map((sleeve) => ({ sleeve, current: { asOf: '2024-02-05' }, held: 0, open: 0 })));
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(messages, { minLength: messages.length }), async (order) => {
        const session = await definedSession();
        await deliver(session, order);
        expect(await outcomeOf(session)).toEqual(expected);
      }),
      { numRuns: propertyRuns(25) },
    );
  });

  test('C5: poison in between only delays: once it is discarded, the same runs count', async () => {
    const clean = await definedSession();
    await deliver(clean, messages);
    const expected = await outcomeOf(clean);
    const mixed = [...messages, ...messages, ...poisons, ...poisons];
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(mixed, { minLength: mixed.length }), async (order) => {
        const session = await definedSession();
        await deliver(session, order);
        const { letters } = await listDeadLetters(session.ports, { sleeve: null, resolved: false, knownAt: null, ...firstPage });
        expect(letters.length).toBe(sleeves.length);
        for (const { letterId } of letters) await discardLetter(session, letterId, 'a test message', options);
        expect(await outcomeOf(session)).toEqual(expected);
      }),
      { numRuns: propertyRuns(20) },
    );
  });

  test('two members that take the same message in at once record it once', async () => {
    const session = await definedSession();
    await Promise.all(
      messages.flatMap((message) => [
        createIntake(session, options).handle(message, still),
        createIntake({ ...session, actor: 'another' }, options).handle(message, still),
      ]),
    );
    expect(await eventCount(session)).toBe(4 * results.length + sleeves.length);
  });
});
