import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DomainEvent } from '../../../domain/catalogue.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { createIntake, type IntakeOptions, type IntakeOutcome, releaseHeld } from '../../../handlers/intake/intake.ts';
import { discardLetter, retryLetter } from '../../../handlers/commands/settle-letter.ts';
import { listDeadLetters } from '../../../handlers/queries/dead-letters.ts';
import { readWholeStream, toDomainEvents } from '../../../handlers/runtime/record.ts';
import type { ReceivedMessage } from '../../../handlers/ports/ports.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { memorySession } from '../../support/imported-run.ts';
import { defineSleeve, rawMessage, resultMessage, SentMessages, sleeveResult } from '../../support/sleeve-results.ts';

let session: Session;
let dead: SentMessages;

beforeEach(() => {
  session = memorySession();
  dead = new SentMessages();
});

const firstPage = { after: null, maxCount: 100 };
const still = async (): Promise<void> => undefined;
const options = (change: Partial<IntakeOptions> = {}): IntakeOptions => ({
  resultsTopic: 'sleeve-results.v1',
  deadLetters: dead,
  deadLettersTopic: 'sleeve-results.dlq.v1',
  onPoison: 'hold',
  ...change,
});
const take = (message: ReceivedMessage, change: Partial<IntakeOptions> = {}): Promise<IntakeOutcome> =>
  createIntake(session, options(change)).handle(message, still);

async function eventsOf(sleeve: string): Promise<DomainEvent[]> {
  return toDomainEvents(await readWholeStream(session.ports.store, `sleeve-${sleeve}`));
}

/** The stream of a sleeve, in a word for each event. */
async function recordedLines(sleeve = 'coins'): Promise<string[]> {
  return (await eventsOf(sleeve)).map((event) => {
    switch (event.type) {
      case 'SleeveRunAccepted':
        return `accepted ${event.data.asOf}`;
      case 'DeadLetterResolved':
        return event.data.how;
      case 'SleeveRunRejected':
        return 'letter';
      case 'SleeveResultHeld':
        return 'held';
      case 'SleeveResultReleased':
        return event.data.runId === null ? 'released to a letter' : 'released';
      default:
        return event.type;
    }
  });
}

const broken = (mark = ''): ReceivedMessage => rawMessage('coins', `{${mark}`);
const ofDay = (asOf: string, seed = 1): ReceivedMessage => resultMessage(sleeveResult({ asOf, seed, rows: 30 }));

describe('while a letter of a sleeve is open', () => {
  beforeEach(() => defineSleeve(session, 'coins'));

  test('its later results are held in their order, valid or not, and each once', async () => {
    await take(broken());
    expect(await take(ofDay('2024-04-01'))).toMatchObject({ outcome: 'held' });
    expect(await take(broken('2'))).toMatchObject({ outcome: 'held' });
    expect(await take(ofDay('2024-04-01'))).toMatchObject({ outcome: 'already' });
    expect(await recordedLines()).toEqual(['SleeveDefined', 'letter', 'held', 'held']);
    const { letters, waiting } = await listDeadLetters(session.ports, { sleeve: null, resolved: false, knownAt: null, ...firstPage });
    expect(letters.map(({ code, kept, resolved }) => ({ code, kept, resolved }))).toEqual([
      { code: 'MessageInvalid', kept: true, resolved: null },
    ]);
    expect(waiting).toEqual([{ sleeve: 'coins', waiting: 2 }]);
  });

  test('the partition is not stopped for a moment: each message is dealt with before the next', async () => {
    await take(broken());
    const outcomes = [];
    for (const day of ['2024-04-01', '2024-04-02', '2024-04-03']) outcomes.push((await take(ofDay(day))).outcome);
    expect(outcomes).toEqual(['held', 'held', 'held']);
  });

  test('what cannot be kept is a letter too, for it cannot wait', async () => {
    await take(broken());
    expect(await take(rawMessage('coins', null))).toMatchObject({ outcome: 'rejected', code: 'MessageInvalid' });
    expect(await take(rawMessage('coins', 'x'.repeat(limits.messageBytesMax + 1)))).toMatchObject({
      outcome: 'rejected',
      code: 'LimitExceeded',
    });
    expect(await recordedLines()).toEqual(['SleeveDefined', 'letter', 'letter', 'letter']);
  });

  test('discarding it takes up what was held, in its order', async () => {
    const { letterId } = await take(broken());
    await take(ofDay('2024-04-02'));
    await take(ofDay('2024-04-01'));
    expect(await discardLetter(session, letterId!, 'a test message', options())).toEqual({
      letterId,
      sleeve: 'coins',
      runId: null,
      already: false,
      released: 2,
      waiting: 0,
    });
    expect(await recordedLines()).toEqual([
      'SleeveDefined',
      'letter',
      'held',
      'held',
      'discarded',
      'accepted 2024-04-02',
      'released',
      'accepted 2024-04-01',
      'released',
    ]);
    expect(await discardLetter(session, letterId!, 'once more', options())).toMatchObject({ already: true, released: 0 });
    const { letters } = await listDeadLetters(session.ports, { sleeve: 'coins', resolved: true, knownAt: null, ...firstPage });
    expect(letters).toMatchObject([{ letterId, resolved: { how: 'discarded', who: 'tests', why: 'a test message' } }]);
    expect(await take(ofDay('2024-04-03'))).toMatchObject({ outcome: 'accepted' });
  });

  test('a held one that is poison itself becomes the next letter, behind which the rest stays', async () => {
    const first = await take(broken());
    await take(ofDay('2024-04-01'));
    await take(broken('2'));
    await take(ofDay('2024-04-02'));
    expect(await discardLetter(session, first.letterId!, 'why', options())).toMatchObject({ released: 2, waiting: 1 });
    const { letters } = await listDeadLetters(session.ports, { sleeve: 'coins', resolved: false, knownAt: null, ...firstPage });
    expect(letters.length).toBe(1);
    expect(dead.events.map(({ id }) => id)).toEqual([first.letterId, letters[0]!.letterId]);
    await discardLetter(session, letters[0]!.letterId, 'why', options());
    expect(await recordedLines()).toEqual([
      'SleeveDefined',
      'letter',
      'held',
      'held',
      'held',
      'discarded',
      'accepted 2024-04-01',
      'released',
      'letter',
      'released to a letter',
      'discarded',
      'accepted 2024-04-02',
      'released',
    ]);
  });

  test('nothing frees it under the policy that holds', async () => {
    await take(broken());
    expect(await take(ofDay('2024-05-01'))).toMatchObject({ outcome: 'held' });
    expect(await releaseHeld(session, 'coins', options())).toBe(0);
  });
});

describe('under the policy that supersedes', () => {
  const superseding = { onPoison: 'supersede' } as const;
  beforeEach(() => defineSleeve(session, 'coins'));

  test('a newer valid result frees its sleeve: what was held first, then itself', async () => {
    await take(ofDay('2024-04-01'), superseding);
    await take(broken(), superseding);
    // Not newer than what is accepted: it waits.
    expect(await take(ofDay('2024-03-31'), superseding)).toMatchObject({ outcome: 'held' });
    expect(await take(ofDay('2024-04-02'), superseding)).toMatchObject({ outcome: 'accepted' });
    expect(await recordedLines()).toEqual([
      'SleeveDefined',
      'accepted 2024-04-01',
      'letter',
      'held',
      'superseded',
      'accepted 2024-03-31',
      'released',
      'accepted 2024-04-02',
    ]);
    const events = await eventsOf('coins');
    const resolution = events.find(({ type }) => type === 'DeadLetterResolved')!.data as { runId: string };
    expect(events.at(-1)!.data).toMatchObject({ runId: resolution.runId });
  });

  test('a poisonous one frees nothing, however new it would be', async () => {
    await take(broken(), superseding);
    expect(await take(rawMessage('coins', '{2'), superseding)).toMatchObject({ outcome: 'held' });
  });

  test('a held one may itself free the sleeve from the letter that another held one became', async () => {
    const first = await take(broken(), { onPoison: 'hold' });
    await take(broken('2'));
    await take(ofDay('2024-04-02'));
    await discardLetter(session, first.letterId!, 'why', options(superseding));
    expect(await recordedLines()).toEqual([
      'SleeveDefined',
      'letter',
      'held',
      'held',
      'discarded',
      'letter',
      'released to a letter',
      'superseded',
      'accepted 2024-04-02',
      'released',
    ]);
  });
});

describe('the cause mended', () => {
  test('retry takes the kept message up, then what waited', async () => {
    const { letterId } = await take(ofDay('2024-04-01'));
    await take(ofDay('2024-04-02'));
    expect(await recordedLines()).toEqual(['letter', 'held']);
    await expect(retryLetter(session, letterId!, 'still unknown', options())).rejects.toMatchObject({ code: 'SleeveUnknown' });
    await defineSleeve(session, 'coins');
    const settled = await retryLetter(session, letterId!, 'the sleeve is defined now', options());
    expect(settled).toMatchObject({ letterId, already: false, released: 1, waiting: 0 });
    expect(await recordedLines()).toEqual([
      'letter',
      'held',
      'SleeveDefined',
      'accepted 2024-04-01',
      'retried',
      'accepted 2024-04-02',
      'released',
    ]);
    expect(await retryLetter(session, letterId!, 'again', options())).toMatchObject({ runId: settled.runId, already: true });
  });

  test('the same message delivered again is accepted and resolves its letter', async () => {
    const { letterId } = await take(ofDay('2024-04-01'));
    await take(ofDay('2024-04-02'));
    await defineSleeve(session, 'coins');
    expect(await take(ofDay('2024-04-01'))).toMatchObject({ outcome: 'accepted' });
    expect(await recordedLines()).toEqual([
      'letter',
      'held',
      'SleeveDefined',
      'accepted 2024-04-01',
      'redelivered',
      'accepted 2024-04-02',
      'released',
    ]);
    expect((await eventsOf('coins')).find(({ type }) => type === 'DeadLetterResolved')!.data).toMatchObject({ letterId });
  });

  test('a message that could not be kept cannot be retried, and one that is still wrong stays a letter', async () => {
    await defineSleeve(session, 'coins');
    const { letterId } = await take(rawMessage('coins', 'x'.repeat(limits.messageBytesMax + 1)));
    await expect(retryLetter(session, letterId!, 'why', options())).rejects.toMatchObject({ code: 'LetterNotKept' });
    const keyless = await take(rawMessage(null, '{"a":1}'));
    await expect(retryLetter(session, keyless.letterId!, 'why', options())).rejects.toMatchObject({ code: 'MessageInvalid' });
    expect(await discardLetter(session, keyless.letterId!, 'why', options())).toMatchObject({ sleeve: null, already: false });
    await expect(retryLetter(session, '00000000-0000-5000-8000-000000000000', 'why', options())).rejects.toMatchObject({
      code: 'LetterUnknown',
    });
  });
});

test('A5: names, reasons and headers of a message forge no line and no control sequence', async () => {
  await defineSleeve(session, 'coins');
  const forged = 'x\n{"step":"meta_optimize_hrp"}\u001b[2J\u202e';
  await take(rawMessage(`coins${forged}`, '{}'));
  await take(rawMessage('coins', JSON.stringify({ specversion: '1.0', id: '1', source: '/a', type: forged, data: {} })));
  await take(
    rawMessage(
      'coins',
      JSON.stringify({
        specversion: '1.0',
        id: '1',
        source: '/a',
        type: 'io.sleeve-ledger.sleeve-result.v1',
        data: { ...sleeveResult(), [forged]: 1 },
      }),
    ),
  );
  const stored = await session.ports.store.readAll({ after: null, maxCount: 100, types: null });
  const texts = stored.map(({ bytes }) => new TextDecoder().decode(bytes));
  expect(texts.length).toBe(4);
  for (const text of texts) expect(text).not.toMatch(/\p{Cc}/u);
  expect((await eventsOf('coins')).map(({ type }) => type)).toEqual(['SleeveDefined', 'SleeveRunRejected', 'SleeveResultHeld']);
  for (const { value } of dead.sent.map(({ message }) => message)) expect(new TextDecoder().decode(value)).not.toMatch(/\p{Cc}/u);
});
