/** What `dlq retry`, `dlq discard` and `dlq erase` do: whole answers, what is recorded, and what is refused in which words. */
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { DomainEvent } from '../../../domain/catalogue.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { discardLetter, eraseLetter, retryLetter } from '../../../handlers/commands/settle-letter.ts';
import { Flood } from '../../../handlers/intake/flood.ts';
import { incomingOf } from '../../../handlers/intake/incoming.ts';
import { createIntake, type IntakeOptions, type IntakeOutcome } from '../../../handlers/intake/intake.ts';
import type { ReceivedMessage } from '../../../handlers/ports/ports.ts';
import { readWholeStream, toDomainEvents } from '../../../handlers/runtime/record.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { memorySession } from '../../support/imported-run.ts';
import { appendBatch } from '../../support/grown-ledger.ts';
import { letterOf010 } from '../../support/letters-ledger.ts';
import { defineSleeve, rawMessage, resultMessage, SentMessages, sleeveResult } from '../../support/sleeve-results.ts';

const resultsTopic = 'sleeve-results.v1';
const ofTopic = 'intake-sleeve-results_v1';
const unknownId = '00000000-0000-5000-8000-000000000000';

let session: Session;
let dead: SentMessages;

beforeEach(async () => {
  session = memorySession();
  dead = new SentMessages();
  await defineSleeve(session, 'coins');
});

const still = async (): Promise<void> => undefined;
const options = (change: Partial<IntakeOptions> = {}): IntakeOptions => ({
  resultsTopic,
  deadLetters: dead,
  deadLettersTopic: 'dead',
  onPoison: 'hold',
  ...change,
});
const take = (message: ReceivedMessage): Promise<IntakeOutcome> => createIntake(session, options()).handle(message, still);
const broken = (mark = ''): ReceivedMessage => rawMessage('coins', `{${mark}`);
const ofDay = (asOf: string, sleeve = 'coins', offset = '0'): ReceivedMessage =>
  resultMessage(sleeveResult({ sleeve, asOf, rows: 30 }), { offset });
const oversized = (key: string): ReceivedMessage => rawMessage(key, 'x'.repeat(limits.messageBytesMax + 1));

async function eventsOf(stream: string): Promise<DomainEvent[]> {
  return toDomainEvents(await readWholeStream(session.ports.store, stream));
}

async function dataOf(stream: string, type: DomainEvent['type']): Promise<unknown[]> {
  return (await eventsOf(stream)).filter((event) => event.type === type).map(({ data }) => data);
}

/** Appends a letter as release 0.1.0 wrote it, of a message that is kept as an artifact or not at all; answers its id. */
async function oldLetter(value: Uint8Array | null): Promise<string> {
  const draft = letterOf010(1, 'coins');
  const data = draft.data as { letterId: string; source: object; payload: object };
  const document =
    value === null
      ? null
      : { kind: 'document', sha256: (await session.ports.artifacts.put(value)).sha256, bytes: value.length, mediaType: 'application/json' };
  const source = { ...data.source, headers: { 'content-type': 'application/cloudevents+json' } };
  const drafts = [{ ...draft, data: { ...data, source, payload: { ...data.payload, document } } }];
  await appendBatch(session.ports.store, { stream: 'sleeve-coins', drafts }, '2026-01-02T03:04:05.678Z');
  return data.letterId;
}

const refusedFor = new LedgerError('SleeveUnknown', 'no such sleeve');

/** Messages that came after so many others that they are one letter; answers its id. */
async function floodLetter(messages: readonly ReceivedMessage[]): Promise<string> {
  const flood = new Flood(options());
  const gathered = async (message: ReceivedMessage): Promise<boolean> =>
    flood.gathers(session, incomingOf(message, session.ports.crypto), refusedFor);
  for (let count = 0; count < limits.lettersPerWindowMax; count++) await gathered(rawMessage('nobody', `${count}`));
  for (const message of messages) expect(await gathered(message)).toBe(true);
  await flood.flush();
  const [refused] = (await dataOf(ofTopic, 'MessagesRefused')) as { letterId: string }[];
  return refused!.letterId;
}

const asked = {
  retry: (letterId: string) => retryLetter(session, letterId, 'why', options()),
  discard: (letterId: string) => discardLetter(session, letterId, 'why', options()),
  erase: (letterId: string) => eraseLetter(session, letterId, 'why'),
};

const keyOf = (letterId: string): Promise<Uint8Array | null> => session.ports.letterKeys.key(letterId);

describe('a letter that is not there', () => {
  test.each(['retry', 'discard', 'erase'] as const)('is not known to %s', async (verb) => {
    await take(broken());
    await expect(asked[verb](unknownId)).rejects.toMatchObject({
      code: 'LetterUnknown',
      message: `no dead letter ${unknownId} is recorded`,
      at: { path: unknownId },
    });
  });

  test.each(['a sleeve', 'a topic', 'a flood'])('in the read model is found in the log: one of %s', async (whose) => {
    const letterId =
      whose === 'a flood'
        ? await floodLetter([rawMessage('nobody', 'x')])
        : (await take(whose === 'a sleeve' ? broken() : rawMessage(null, '{}'))).letterId!;
    // Another letter stands before it in the log.
    await take(rawMessage('coins', '{other'));
    const { readModels } = createMemoryStore();
    jest.spyOn(readModels, 'rows').mockResolvedValue([]);
    jest.spyOn(readModels, 'row').mockResolvedValue(null);
    session = { ...session, ports: { ...session.ports, readModels } };
    const sleeve = whose === 'a sleeve' ? 'coins' : null;
    expect(await asked.erase(letterId)).toEqual({ letterId, sleeve, already: false, open: true });
  });
});

describe('retry', () => {
  test('makes a run of a message whose cause is mended, says so in the stream, and again is told the same', async () => {
    session = memorySession();
    const { letterId } = await take(ofDay('2024-04-01'));
    await defineSleeve(session, 'coins');
    const steps: string[] = [];
    const settled = await retryLetter(session, letterId!, 'it is defined', options({ failpoint: (step) => steps.push(step) }));
    const [run] = (await dataOf('sleeve-coins', 'SleeveRunAccepted')) as { runId: string }[];
    expect(settled).toEqual({ letterId, sleeve: 'coins', runId: run!.runId, already: false, released: 0, waiting: 0 });
    expect(await dataOf('sleeve-coins', 'DeadLetterResolved')).toEqual([
      { letterId, sleeve: 'coins', how: 'retried', runId: run!.runId, who: 'tests', why: 'it is defined' },
    ]);
    expect(steps).toEqual(['run recorded', 'run accepted', 'letter resolved']);
    expect(await asked.retry(letterId!)).toEqual({ ...settled, already: true });
    // What it became is told to who discards it, too.
    expect(await asked.discard(letterId!)).toEqual({ ...settled, already: true });
  });

  test('refuses a message that was too long to be kept', async () => {
    const { letterId } = await take(oversized('coins'));
    await expect(asked.retry(letterId!)).rejects.toMatchObject({
      code: 'LetterNotKept',
      message: `the message of letter ${letterId} had ${limits.messageBytesMax + 1} bytes and was not kept`,
      at: { path: letterId },
    });
  });

  test('refuses what was erased, and leaves the letter open', async () => {
    const { letterId } = await take(broken());
    await asked.erase(letterId!);
    await expect(asked.retry(letterId!)).rejects.toMatchObject({
      code: 'LetterErased',
      message: `the message of letter ${letterId} was erased`,
      at: { path: letterId },
    });
    expect(await asked.discard(letterId!)).toMatchObject({ already: false });
  });

  test('says what is still wrong with a message without a key, and records nothing', async () => {
    const { letterId } = await take(rawMessage(null, new TextDecoder().decode(ofDay('2024-04-01').value ?? undefined)));
    await expect(asked.retry(letterId!)).rejects.toMatchObject({
      code: 'MessageInvalid',
      message: 'key: the key of the message is missing, or no name of a sleeve',
      at: { path: 'key' },
    });
    expect((await eventsOf(ofTopic)).map(({ type }) => type)).toEqual(['SleeveRunRejected']);
  });

  test('reads the message of a letter of release 0.1.0 where that was stored, for everybody to read', async () => {
    const letterId = await oldLetter(ofDay('2024-04-01').value);
    const settled = await asked.retry(letterId);
    const [run] = (await dataOf('sleeve-coins', 'SleeveRunAccepted')) as { runId: string; asOf: string }[];
    expect(run).toMatchObject({ asOf: '2024-04-01' });
    expect(settled).toEqual({ letterId, sleeve: 'coins', runId: run!.runId, already: false, released: 0, waiting: 0 });
  });

  test('refuses a letter of release 0.1.0 whose message was not stored', async () => {
    const letterId = await oldLetter(null);
    await expect(asked.retry(letterId)).rejects.toMatchObject({ code: 'LetterNotKept', at: { path: letterId } });
  });
});

describe('the letter of a flood', () => {
  const both = [ofDay('2024-04-01', 'late', '7'), ofDay('2024-04-02', 'late', '8')];

  test('is retried whole: the run of its last message is told, and nothing waits behind a letter of a topic', async () => {
    const letterId = await floodLetter(both);
    await defineSleeve(session, 'late');
    const settled = await asked.retry(letterId);
    const runs = (await dataOf('sleeve-late', 'SleeveRunAccepted')) as { runId: string; asOf: string }[];
    expect(runs.map(({ asOf }) => asOf)).toEqual(['2024-04-01', '2024-04-02']);
    expect(settled).toEqual({ letterId, sleeve: null, runId: runs[1]!.runId, already: false, released: 0, waiting: 0 });
    expect(await dataOf(ofTopic, 'DeadLetterResolved')).toEqual([
      { letterId, sleeve: null, how: 'retried', runId: runs[1]!.runId, who: 'tests', why: 'why' },
    ]);
    expect(await asked.retry(letterId)).toEqual({ ...settled, already: true });
  });

  test('stays open for the first of its messages that is wrong, and takes in the others', async () => {
    const keyless = rawMessage(null, '{}', undefined, { offset: '6' });
    const letterId = await floodLetter([keyless, ...both, rawMessage('late', '{"last":', undefined, { offset: '9' })]);
    await defineSleeve(session, 'late');
    await expect(asked.retry(letterId)).rejects.toMatchObject({
      code: 'MessageInvalid',
      message: 'key: the key of the message is missing, or no name of a sleeve',
    });
    expect(await dataOf('sleeve-late', 'SleeveRunAccepted')).toMatchObject([{ asOf: '2024-04-01' }, { asOf: '2024-04-02' }]);
    expect(await dataOf(ofTopic, 'DeadLetterResolved')).toEqual([]);
  });

  test('ends with a fault of the store as such, which is none of a message', async () => {
    const letterId = await floodLetter(both);
    await defineSleeve(session, 'late');
    const append = jest.spyOn(session.ports.store, 'append').mockRejectedValue(new LedgerError('StoreFull', 'the disk is full'));
    await expect(asked.retry(letterId)).rejects.toMatchObject({ code: 'StoreFull' });
    expect(append).toHaveBeenCalledTimes(1);
  });

  test('with a message that was too long to be kept is not retried', async () => {
    const letterId = await floodLetter([...both, oversized('late')]);
    await expect(asked.retry(letterId)).rejects.toMatchObject({
      code: 'LetterNotKept',
      message: `some messages of letter ${letterId} were not kept`,
      at: { path: letterId },
    });
  });
});

describe('discard', () => {
  test('says so in the stream of the sleeve, and takes up what waited up to the next letter', async () => {
    const { letterId } = await take(broken());
    await take(ofDay('2024-04-01'));
    await take(broken('next'));
    await take(ofDay('2024-04-02'));
    const steps: string[] = [];
    expect(await discardLetter(session, letterId!, 'a test', options({ failpoint: (step) => steps.push(step) }))).toEqual({
      letterId,
      sleeve: 'coins',
      runId: null,
      already: false,
      released: 2,
      waiting: 1,
    });
    expect(steps[0]).toBe('letter resolved');
    expect(await dataOf('sleeve-coins', 'DeadLetterResolved')).toEqual([
      { letterId, sleeve: 'coins', how: 'discarded', runId: null, who: 'tests', why: 'a test' },
    ]);
  });

  test('of a letter without a sleeve says so in the stream of its topic, once', async () => {
    const { letterId } = await take(rawMessage(null, '{}'));
    const settled = { letterId, sleeve: null, runId: null, already: false, released: 0, waiting: 0 };
    expect(await asked.discard(letterId!)).toEqual(settled);
    expect(await asked.discard(letterId!)).toEqual({ ...settled, already: true });
    expect(await dataOf(ofTopic, 'DeadLetterResolved')).toEqual([
      { letterId, sleeve: null, how: 'discarded', runId: null, who: 'tests', why: 'why' },
    ]);
  });

  test('done again completes what a crash left: what waited is taken up', async () => {
    const { letterId } = await take(broken());
    await take(ofDay('2024-04-01'));
    const died = new Error('killed');
    const failpoint = (): void => {
      throw died;
    };
    await expect(discardLetter(session, letterId!, 'why', options({ failpoint }))).rejects.toBe(died);
    expect(await dataOf('sleeve-coins', 'SleeveResultReleased')).toEqual([]);
    expect(await asked.discard(letterId!)).toEqual({ letterId, sleeve: 'coins', runId: null, already: true, released: 1, waiting: 0 });
  });
});

describe('erase', () => {
  test('destroys the key of a letter, and says so once; the letter stays open until it is discarded', async () => {
    const { letterId } = await take(broken());
    expect(await keyOf(letterId!)).not.toBeNull();
    expect(await eraseLetter(session, letterId!, 'request 12')).toEqual({ letterId, sleeve: 'coins', already: false, open: true });
    expect(await keyOf(letterId!)).toBeNull();
    expect(await dataOf('sleeve-coins', 'DeadLetterErased')).toEqual([{ letterId, sleeve: 'coins', who: 'tests', why: 'request 12' }]);
    expect(await asked.erase(letterId!)).toEqual({ letterId, sleeve: 'coins', already: true, open: true });
    await asked.discard(letterId!);
    expect(await asked.erase(letterId!)).toEqual({ letterId, sleeve: 'coins', already: true, open: false });
    expect((await dataOf('sleeve-coins', 'DeadLetterErased')).length).toBe(1);
  });

  test('of a letter without a sleeve says so in the stream of its topic', async () => {
    const { letterId } = await take(rawMessage(null, '{}'));
    expect(await asked.erase(letterId!)).toEqual({ letterId, sleeve: null, already: false, open: true });
    expect(await dataOf(ofTopic, 'DeadLetterErased')).toEqual([{ letterId, sleeve: null, who: 'tests', why: 'why' }]);
  });

  test('keeps the key until the fact is recorded, and done again destroys what a crash left', async () => {
    const { letterId } = await take(broken());
    const append = jest.spyOn(session.ports.store, 'append').mockRejectedValueOnce(new LedgerError('StoreFull', 'the disk is full'));
    await expect(asked.erase(letterId!)).rejects.toMatchObject({ code: 'StoreFull' });
    append.mockRestore();
    expect(await keyOf(letterId!)).not.toBeNull();
    const destroy = jest.spyOn(session.ports.letterKeys, 'destroy').mockRejectedValueOnce(new Error('killed'));
    await expect(asked.erase(letterId!)).rejects.toThrow('killed');
    destroy.mockRestore();
    expect(await keyOf(letterId!)).not.toBeNull();
    expect(await asked.erase(letterId!)).toMatchObject({ already: true });
    expect(await keyOf(letterId!)).toBeNull();
  });

  test('destroys the key under which its message was held before it became a letter, and those of no other', async () => {
    const first = await take(broken());
    await take(broken('2'));
    await take(broken('3'));
    // A crash between the letter and the key of what was held leaves that key.
    const destroy = jest.spyOn(session.ports.letterKeys, 'destroy').mockResolvedValue(undefined);
    await asked.discard(first.letterId!);
    destroy.mockRestore();
    const held = (await dataOf('sleeve-coins', 'SleeveResultHeld')) as { heldId: string }[];
    const [released] = (await dataOf('sleeve-coins', 'SleeveResultReleased')) as { heldId: string; letterId: string }[];
    expect(released!.heldId).toBe(held[0]!.heldId);
    expect(await keyOf(held[0]!.heldId)).not.toBeNull();
    await asked.erase(released!.letterId);
    expect(await Promise.all([released!.letterId, held[0]!.heldId].map(keyOf))).toEqual([null, null]);
    expect(await keyOf(held[1]!.heldId)).not.toBeNull();
    expect(await keyOf(first.letterId!)).not.toBeNull();
  });

  test('refuses a letter of release 0.1.0, which everybody reads', async () => {
    const letterId = await oldLetter(null);
    await expect(asked.erase(letterId)).rejects.toMatchObject({
      code: 'LetterNotSealed',
      message: `letter ${letterId} was recorded for everybody to read, and no key of it can be destroyed`,
      at: { path: letterId },
    });
  });
});
