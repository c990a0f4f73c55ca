/** A dead letter of this ledger that comes back to it, and what only looks like one. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Json } from '../../../domain/shared/canonical-json.ts';
import { createIntake, type IntakeOutcome } from '../../../handlers/intake/intake.ts';
import type { ReceivedMessage } from '../../../handlers/ports/ports.ts';
import { defineSleeve, rawMessage, SentMessages } from '../../support/sleeve-results.ts';
import { WatchedSession } from '../../support/watched-session.ts';

const still = async (): Promise<void> => undefined;
const resultsTopic = 'sleeve-results.v1';
const unknownId = '00000000-0000-5000-8000-000000000000';

let watched: WatchedSession;
let dead: SentMessages;

beforeEach(async () => {
  watched = new WatchedSession();
  dead = new SentMessages();
  await defineSleeve(watched.session, 'coins');
});

const take = (message: ReceivedMessage): Promise<IntakeOutcome> =>
  createIntake(watched.session, { resultsTopic, deadLetters: dead, deadLettersTopic: 'dead', onPoison: 'hold' }).handle(message, still);

type Event = { readonly id: Json; readonly type: Json; readonly source: Json; readonly data: Readonly<Record<string, Json>> };

/** Refuses a message; answers its dead letter as it was sent. */
async function letterOf(key: string | null): Promise<Event> {
  await take(rawMessage(key, '{'));
  return dead.events[0] as unknown as Event;
}

const returned = (event: object, key: string | null = 'coins', length = 0): ReceivedMessage =>
  rawMessage(key, JSON.stringify(event).padEnd(length), undefined, { offset: '9' });

describe('a dead letter of this ledger that comes back', () => {
  test.each(['coins', null])('of the sleeve %s is known: nothing is recorded or sent, and the log says so', async (key) => {
    const event = await letterOf(key);
    watched.lines.length = 0;
    expect(await take(returned(event, key))).toEqual({ outcome: 'already', sleeve: key, runId: null, letterId: event.id, code: null });
    expect(dead.sent.length).toBe(1);
    expect(watched.lines).toEqual([
      {
        level: 'warn',
        message: 'a dead letter of this ledger came back on the results topic',
        fields: {
          topic: resultsTopic,
          partition: 0,
          offset: '9',
          key,
          headers: { 'content-type': 'application/cloudevents+json' },
          letterId: event.id,
        },
      },
    ]);
    expect(watched.measured.at(-1)).toEqual(['sleeve_ledger_results_total', 1, { outcome: 'already' }]);
  });

  test.each([
    ['as long as one may be', 65_536, 'already'],
    ['longer than any is', 65_537, 'held'],
  ])('%s', async (_, length, outcome) => {
    expect((await take(returned(await letterOf('coins'), 'coins', length))).outcome).toBe(outcome);
  });
});

describe('judged like any other message is', () => {
  const changes: readonly (readonly [string, (event: Event) => object])[] = [
    ['a dead letter of another ledger', (event) => ({ ...event, source: `/sleeve-ledger/${unknownId}` })],
    ['an event of another type', (event) => ({ ...event, type: 'io.sleeve-ledger.allocation.v1' })],
    ['one whose id is not that of its letter', (event) => ({ ...event, id: unknownId })],
    ['one of a letter that is not recorded', (event) => ({ ...event, id: unknownId, data: { ...event.data, letterId: unknownId } })],
    ['one of a letter of another sleeve', (event) => ({ ...event, data: { ...event.data, sleeve: 'stocks' } })],
    ['one of no sleeve', (event) => ({ ...event, data: { ...event.data, sleeve: null } })],
    ['one whose data are none of a letter', (event) => ({ ...event, data: { ...event.data, more: 1 } })],
    ['what is no event', () => ({})],
  ];
  test.each(changes)('%s', async (_, changed) => {
    const event = await letterOf('coins');
    expect((await take(returned(changed(event)))).outcome).toBe('held');
  });

  test('one of another topic, where it is of no sleeve', async () => {
    const { data, ...event } = await letterOf(null);
    const elsewhere = { ...event, data: { ...data, message: { ...(data['message'] as object), topic: 'another' } } };
    expect((await take(returned(elsewhere, null))).outcome).toBe('rejected');
  });

  test('a message without a value', async () => {
    expect((await take(rawMessage('coins', null))).outcome).toBe('rejected');
  });
});
