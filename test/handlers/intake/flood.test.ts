/** Which refusals are gathered, when they are recorded, and what is told of them. */
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { DomainEvent } from '../../../domain/catalogue.ts';
import { type ErrorCode, LedgerError } from '../../../domain/shared/errors.ts';
import { limits } from '../../../domain/shared/limits.ts';
import type { MessagesRefused } from '../../../domain/sleeve/intake-events.ts';
import { Flood } from '../../../handlers/intake/flood.ts';
import { type Incoming, incomingOf } from '../../../handlers/intake/incoming.ts';
import { reject } from '../../../handlers/intake/letters.ts';
import { unsealMany } from '../../../handlers/intake/sealing.ts';
import { readWholeStream, toDomainEvents } from '../../../handlers/runtime/record.ts';
import { defineSleeve, type Place, rawMessage, SentMessages } from '../../support/sleeve-results.ts';
import { WatchedSession } from '../../support/watched-session.ts';

const topic = 'sleeve-results.v1';
const ofTopic = 'intake-sleeve-results_v1';
const poison = new LedgerError('MessageInvalid', 'not JSON');

let watched: WatchedSession;
let dead: SentMessages;
let flood: Flood;

beforeEach(() => {
  watched = new WatchedSession();
  dead = new SentMessages();
  flood = new Flood({ deadLetters: dead, deadLettersTopic: 'dead' });
});

const incoming = (key: string | null, value: string | Uint8Array | null, place: Place = {}): Incoming =>
  incomingOf(rawMessage(key, value, { 'content-type': 'text/plain' }, place), watched.session.ports.crypto);

const gathers = (message: Incoming, error: LedgerError = poison): Promise<boolean> => flood.gathers(watched.session, message, error);

/** Refuses so many messages of one sender, each another; answers which were gathered. */
async function refused(count: number, key: string | null = null, place: Place = {}): Promise<boolean[]> {
  const answers: boolean[] = [];
  for (let number = 0; number < count; number++) answers.push(await gathers(incoming(key, `${key} ${number}`, place)));
  return answers;
}

async function factsOf(stream: string): Promise<MessagesRefused[]> {
  const events: DomainEvent[] = toDomainEvents(await readWholeStream(watched.session.ports.store, stream));
  return events.filter(({ type }) => type === 'MessagesRefused').map(({ data }) => data as MessagesRefused);
}

const most = limits.lettersPerWindowMax;
const own = Array.from({ length: most }, () => false);

const counted = (facts: readonly MessagesRefused[]): unknown[] => facts.map(({ sleeve, count, first }) => [sleeve, count, first]);

const coded = (code: ErrorCode): LedgerError => new LedgerError(code, `said of ${code}`, { at: { path: 'type' } });

describe('of one sender', () => {
  test('so many letters in a window are letters of their own, and what comes next is gathered', async () => {
    expect(await refused(most + 2)).toEqual([...own, true, true]);
  });

  test.each([
    ['before the window ends', limits.letterWindowMs - 1, true],
    ['when it has ended', limits.letterWindowMs, false],
    ['while the clock stands before it began', -1, false],
  ])('one %s', async (_, laterMs, gathered) => {
    await refused(most);
    watched.now = new Date(Date.parse(watched.now) + laterMs).toISOString();
    expect(await gathers(incoming(null, 'later'))).toBe(gathered);
  });

  test('a new window has room for as many as the one before', async () => {
    await refused(most + 1);
    watched.now = new Date(Date.parse(watched.now) + limits.letterWindowMs).toISOString();
    expect(await refused(most + 1, 'others')).toEqual([...own, true]);
  });

  test('a message whose letter is recorded is none of the flood, and takes no room in its window', async () => {
    const known = incoming(null, 'known');
    await reject(watched.session, known, poison, { deadLetters: null, deadLettersTopic: 'dead' }, () => undefined);
    expect(await gathers(known)).toBe(false);
    expect(await refused(most + 1)).toEqual([...own, true]);
    expect(await gathers(known)).toBe(false);
  });
});

describe('each sender has a window of his own', () => {
  test('a defined sleeve; everybody else of a topic shares one, whatever key he invents', async () => {
    await defineSleeve(watched.session, 'coins');
    await refused(most);
    expect(await gathers(incoming('invented', 'x'))).toBe(true);
    expect(await gathers(incoming('coins', 'x'))).toBe(false);
    expect(await gathers(incoming(null, 'x', { topic: 'another' }))).toBe(false);
  });

  test('and a letter of his own in the stream of the sleeve, or of the topic', async () => {
    await defineSleeve(watched.session, 'coins');
    await refused(most + 1, 'coins', { offset: '1' });
    await refused(most + 1, 'invented', { topic: 'another', offset: '2' });
    await flood.flush();
    expect(counted(await factsOf('sleeve-coins'))).toEqual([['coins', 1, { topic, partition: 0, offset: '1' }]]);
    expect(counted(await factsOf('intake-another'))).toEqual([[null, 1, { topic: 'another', partition: 0, offset: '2' }]]);
    expect(dead.sent.map(({ topic: sentTo, message: { key } }) => [sentTo, key])).toEqual([
      ['dead', 'coins'],
      ['dead', null],
    ]);
    expect(dead.events.map(({ data }) => data)).toMatchObject([{ message: { key: 'coins' } }, { message: { key: null } }]);
  });
});

describe('what was gathered', () => {
  beforeEach(async () => {
    await refused(most);
  });

  test('is one fact with every message sealed in it, one dead letter and one line of the log', async () => {
    const texts = ['first', '', 'third', 'fourth'];
    const codes: ErrorCode[] = ['SleeveUnknown', 'MessageInvalid', 'SleeveUnknown', 'ExchangeUnknown'];
    const messages = texts.map((text, at) => incoming('nobody', text, { partition: at, offset: `1${at}` }));
    for (const [at, message] of messages.entries()) expect(await gathers(message, coded(codes[at]!))).toBe(true);
    expect(await factsOf(ofTopic)).toEqual([]);
    await flood.flush();
    const [fact, ...others] = await factsOf(ofTopic);
    expect(others).toEqual([]);
    const { letterId, payload } = fact!;
    const reasons = [
      { code: 'ExchangeUnknown', count: 1 },
      { code: 'MessageInvalid', count: 1 },
      { code: 'SleeveUnknown', count: 2 },
    ];
    const places = { first: { topic, partition: 0, offset: '10' }, last: { topic, partition: 3, offset: '13' } };
    const bytes = texts.join('').length;
    expect(fact).toEqual({ letterId, sleeve: null, count: 4, reasons, ...places, payload: { bytes, whole: true, sealed: payload.sealed } });
    expect(payload.sealed.keyId).toBe(letterId);
    expect(await unsealMany(watched.session.ports, payload.sealed)).toEqual(
      messages.map(({ source, sha256, value }, at) => ({
        source,
        sha256,
        code: codes[at],
        reason: `said of ${codes[at]}`,
        path: 'type',
        headers: { 'content-type': 'text/plain' },
        value,
      })),
    );
    const { sha256Hex } = watched.session.ports.crypto;
    expect(dead.events).toMatchObject([
      {
        id: letterId,
        time: watched.now,
        data: {
          letterId,
          sleeve: null,
          code: 'SleeveUnknown',
          reason: '4 messages, from 0/10 to 3/13, were refused together',
          path: null,
          message: { ...places.first, key: null },
          payload: {
            bytes,
            // Of the hashes of its messages, in their order.
            sha256: sha256Hex(Buffer.from(texts.map((text) => sha256Hex(Buffer.from(text))).join(' '))),
            headBase64: '',
            kept: true,
          },
        },
      },
    ]);
    expect(watched.lines).toEqual([
      { level: 'warn', message: 'refused messages of a flood', fields: { letterId, count: 4, reasons, ...places } },
    ]);
  });

  test('says that a message is not kept whole, and counts the bytes of the others', async () => {
    await gathers(incoming(null, new Uint8Array(limits.messageBytesMax + 1)));
    await gathers(incoming(null, null));
    await gathers(incoming(null, 'kept'));
    await flood.flush();
    const [{ payload }] = (await factsOf(ofTopic)) as [MessagesRefused];
    expect(payload).toMatchObject({ bytes: 4, whole: false });
    const told = await unsealMany(watched.session.ports, payload.sealed);
    expect(told.map(({ value }) => value?.length ?? null)).toEqual([null, null, 4]);
    expect(dead.events[0]!['data']).toMatchObject({ payload: { bytes: 4, kept: false } });
  });

  test('is recorded without a word to a broker that is not at hand', async () => {
    flood = new Flood({ deadLetters: null, deadLettersTopic: 'dead' });
    await refused(most + 1);
    await flood.flush();
    expect([(await factsOf(ofTopic)).length, watched.lines.length]).toEqual([1, 1]);
  });

  test('is recorded once, however often it is flushed', async () => {
    await gathers(incoming(null, 'x'));
    await flood.flush();
    await flood.flush();
    expect([(await factsOf(ofTopic)).length, dead.sent.length, watched.lines.length]).toEqual([1, 1, 1]);
  });

  test('is recorded at once when there are as many messages as one fact takes', async () => {
    for (let number = 1; number < limits.refusedTogetherMax; number++) await gathers(incoming(null, `m${number}`));
    expect(await factsOf(ofTopic)).toEqual([]);
    await gathers(incoming(null, 'the last'));
    expect((await factsOf(ofTopic)).map(({ count }) => count)).toEqual([limits.refusedTogetherMax]);
    await flood.flush();
    expect((await factsOf(ofTopic)).length).toBe(1);
  });

  test('is recorded at once when it has as many bytes as one fact takes, and what follows is another fact', async () => {
    await gathers(incoming(null, new Uint8Array(limits.refusedTogetherBytesMax - 1)));
    expect(await factsOf(ofTopic)).toEqual([]);
    await gathers(incoming(null, 'x'));
    expect((await factsOf(ofTopic)).map(({ payload: { bytes } }) => bytes)).toEqual([limits.refusedTogetherBytesMax]);
    await gathers(incoming(null, 'another'));
    await flood.flush();
    expect((await factsOf(ofTopic)).map(({ count }) => count)).toEqual([2, 1]);
  });

  test('and is being recorded by somebody else of this process is waited for by who flushes', async () => {
    await gathers(incoming(null, 'x'));
    const { store } = watched.session.ports;
    const opened = new AbortController();
    const append = jest.spyOn(store, 'append').mockImplementationOnce(async (...given) => {
      await new Promise((resolve) => opened.signal.addEventListener('abort', resolve));
      append.mockRestore();
      return store.append(...given);
    });
    const recording = flood.flush();
    while (append.mock.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const flushed = flood.flush().then(() => 'flushed');
    expect(await Promise.race([flushed, new Promise((resolve) => setTimeout(() => resolve('waits'), 5))])).toBe('waits');
    opened.abort();
    expect(await flushed).toBe('flushed');
    expect((await factsOf(ofTopic)).length).toBe(1);
    await recording;
  });

  test('and could not be recorded is not said to be, now or later', async () => {
    await gathers(incoming(null, 'x'));
    const append = jest.spyOn(watched.session.ports.store, 'append').mockRejectedValueOnce(new LedgerError('StoreFull', 'no room'));
    await expect(flood.flush()).rejects.toMatchObject({ code: 'StoreFull' });
    append.mockRestore();
    await expect(flood.flush()).rejects.toMatchObject({ code: 'StoreFull' });
  });
});
