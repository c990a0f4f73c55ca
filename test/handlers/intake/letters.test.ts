/** What a dead letter says: in the ledger, sealed; on the dead-letter topic; to who reads the log. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DomainEvent } from '../../../domain/catalogue.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { limits } from '../../../domain/shared/limits.ts';
import type { SleeveRunRejected } from '../../../domain/sleeve/intake-events.ts';
import { idOf010, type Incoming, incomingOf } from '../../../handlers/intake/incoming.ts';
import {
  letterStream,
  lettersOf,
  recordedLetter,
  reject,
  resolveLetter,
  runOfResolved,
  shortened,
  toldOf,
} from '../../../handlers/intake/letters.ts';
import { unsealText } from '../../../handlers/intake/sealing.ts';
import { readWholeStream, toDomainEvents } from '../../../handlers/runtime/record.ts';
import { appendBatch } from '../../support/grown-ledger.ts';
import { letterOf010 } from '../../support/letters-ledger.ts';
import { type Place, rawMessage, SentMessages } from '../../support/sleeve-results.ts';
import { WatchedSession } from '../../support/watched-session.ts';

const topic = 'sleeve-results.v1';
const ofTopic = { sleeve: null, topic };
const ofCoins = { sleeve: 'coins', topic };
const unknownId = '00000000-0000-5000-8000-000000000000';
const text = 'not {JSON';
const error = new LedgerError('MessageInvalid', 'profiles[0]: not JSON', { at: { path: 'profiles[0]' } });
const nothing = (): void => undefined;

let watched: WatchedSession;
let dead: SentMessages;

beforeEach(() => {
  watched = new WatchedSession();
  dead = new SentMessages();
});

const incoming = (key: string | null, value: string | Uint8Array | null = text, place: Place = { partition: 3, offset: '7' }): Incoming =>
  incomingOf(rawMessage(key, value, { 'content-type': 'text/plain', other: 'left aside' }, place), watched.session.ports.crypto);

const refuse = (message: Incoming, why: LedgerError = error, isSent = true) =>
  reject(watched.session, message, why, { deadLetters: isSent ? dead : null, deadLettersTopic: 'dead' }, nothing);

async function eventsOf(stream: string): Promise<DomainEvent[]> {
  return toDomainEvents(await readWholeStream(watched.session.ports.store, stream));
}

describe('a text for a reader', () => {
  const half = '\u{1F600}'.slice(0, 1);
  test.each([
    ['nothing', '', 5, ''],
    ['what has room is told whole', 'abcde', 5, 'abcde'],
    ['one character more is cut, and says so', 'abcdef', 5, 'ab...'],
    ['half a character becomes the sign for one that is lost', `a${half}`, 5, 'a\uFFFD'],
    ['a character that the cut halves is lost', 'a\u{1F600}bcd', 5, 'a\uFFFD...'],
  ])('%s', (_, whole, charsMax, told) => {
    expect(shortened(whole, charsMax)).toBe(told);
  });

  test.each([
    ['without a place', new LedgerError('MessageInvalid', 'no value'), { reason: 'no value', path: null }],
    ['with its place', error, { reason: 'profiles[0]: not JSON', path: 'profiles[0]' }],
    [
      'of any length',
      new LedgerError('MessageInvalid', 'r'.repeat(limits.letterReasonCharsMax + 1), {
        at: { path: 'p'.repeat(limits.letterPathCharsMax + 1) },
      }),
      { reason: `${'r'.repeat(limits.letterReasonCharsMax - 3)}...`, path: `${'p'.repeat(limits.letterPathCharsMax - 3)}...` },
    ],
  ])('tells of a refusal %s', (_, refusal, told) => {
    expect(toldOf(refusal)).toEqual(told);
  });
});

describe('a refused message', () => {
  test('is a letter in the stream of its sleeve, whose event says nothing of what the message says', async () => {
    const message = incoming('coins');
    const { letterId, written } = await refuse(message);
    expect(written).toBe(true);
    const [event] = await eventsOf('sleeve-coins');
    const { crypto, letterKeys, artifacts } = watched.session.ports;
    const { payload } = event!.data as SleeveRunRejected;
    const { sha256 } = payload.sealed!.document;
    expect(event!.data).toEqual({
      letterId,
      sleeve: 'coins',
      code: 'MessageInvalid',
      reason: null,
      path: null,
      source: { topic, partition: 3, offset: '7', key: 'coins', headers: {} },
      payload: {
        bytes: text.length,
        sha256: null,
        document: null,
        whole: true,
        sealed: {
          keyId: letterId,
          keyFile: await letterKeys.id(),
          document: {
            kind: 'document',
            sha256: crypto.sha256Hex(await artifacts.get(sha256)),
            bytes: (await artifacts.get(sha256)).length,
            mediaType: 'application/octet-stream',
          },
        },
      },
    });
    expect(await unsealText(watched.session.ports, payload.sealed!)).toEqual({
      reason: 'profiles[0]: not JSON',
      path: 'profiles[0]',
      headers: { 'content-type': 'text/plain' },
      value: Buffer.from(text),
    });
  });

  test('is told to the dead-letter topic and to the log', async () => {
    const { letterId } = await refuse(incoming('coins'));
    expect(dead.sent.map((sent) => [sent.topic, sent.message.key])).toEqual([['dead', 'coins']]);
    expect(dead.events).toEqual([
      {
        specversion: '1.0',
        id: letterId,
        type: 'io.sleeve-ledger.dead-letter.v1',
        source: `/sleeve-ledger/${watched.session.ledger.ledgerId}`,
        time: watched.now,
        subject: 'coins',
        datacontenttype: 'application/json',
        data: {
          letterId,
          sleeve: 'coins',
          code: 'MessageInvalid',
          reason: 'profiles[0]: not JSON',
          path: 'profiles[0]',
          message: { topic, partition: 3, offset: '7', key: 'coins' },
          payload: {
            bytes: text.length,
            sha256: watched.session.ports.crypto.sha256Hex(Buffer.from(text)),
            headBase64: Buffer.from(text).toString('base64'),
            kept: true,
          },
        },
      },
    ]);
    expect(watched.lines).toEqual([
      { level: 'warn', message: 'refused a message', fields: { topic, partition: 3, offset: '7', letterId, code: 'MessageInvalid' } },
    ]);
  });

  test('without a sleeve is a letter of its topic, and its dead letter has neither key nor subject', async () => {
    const { letterId } = await refuse(incoming(null));
    expect((await eventsOf('intake-sleeve-results_v1')).map(({ data }) => data)).toMatchObject([{ letterId, sleeve: null }]);
    expect(dead.sent[0]!.message.key).toBeNull();
    expect(dead.events[0]).not.toHaveProperty('subject');
  });

  test.each([
    ['no value', null, { bytes: 0, whole: false }, false],
    ['no bytes', '', { bytes: 0, whole: true }, true],
    ['the most bytes that are kept', new Uint8Array(limits.messageBytesMax), { bytes: limits.messageBytesMax, whole: true }, true],
    ['a byte more', new Uint8Array(limits.messageBytesMax + 1), { bytes: limits.messageBytesMax + 1, whole: false }, false],
  ])('with %s says whether it is kept', async (_, value, payload, kept) => {
    await refuse(incoming('coins', value));
    const [event] = await eventsOf('sleeve-coins');
    const letter = event!.data as SleeveRunRejected;
    expect(letter.payload).toMatchObject(payload);
    const told = await unsealText(watched.session.ports, letter.payload.sealed!);
    expect(told.value?.length ?? null).toBe(kept ? payload.bytes : null);
    expect(dead.events[0]!['data']).toMatchObject({
      payload: {
        bytes: payload.bytes,
        kept,
        sha256: watched.session.ports.crypto.sha256Hex(typeof value === 'string' ? Buffer.from(value) : (value ?? new Uint8Array())),
        headBase64: Buffer.from(value ?? '')
          .subarray(0, limits.messageHeadBytesMax)
          .toString('base64'),
      },
    });
  });

  test('where no broker is at hand is recorded and logged', async () => {
    expect(await refuse(incoming('coins'), error, false)).toMatchObject({ written: true });
    expect([(await eventsOf('sleeve-coins')).length, watched.lines.length]).toEqual([1, 1]);
  });

  test('that is delivered again is sent again as it was recorded, and logged once', async () => {
    const first = await refuse(incoming('coins'));
    watched.now = '2026-01-02T03:05:00.000Z';
    expect(await refuse(incoming('coins'))).toEqual({ ...first, written: false });
    expect(dead.events[1]).toEqual(dead.events[0]);
    expect([(await eventsOf('sleeve-coins')).length, watched.lines.length]).toEqual([1, 1]);
  });

  test.each<[string, Place]>([
    ['offset', { partition: 3, offset: '8' }],
    ['partition', { partition: 4, offset: '7' }],
    ['time', { partition: 3, offset: '7', brokerTimeMs: 1 }],
  ])('whose sender sends the same bytes once more, at another %s, is the same letter and nothing else', async (_, place) => {
    const first = await refuse(incoming('coins'));
    expect(await refuse(incoming('coins', text, place))).toEqual({ ...first, written: false });
    expect([dead.sent.length, (await eventsOf('sleeve-coins')).length, watched.lines.length]).toEqual([1, 1, 1]);
  });

  test('that release 0.1.0 recorded is known by the id that it gave, and nothing is sent of it', async () => {
    const message = incoming('coins');
    const draft = letterOf010(1, 'coins');
    const letterId = idOf010(watched.session, 'letter', message);
    const drafts = [{ ...draft, data: { ...(draft.data as object), letterId } }];
    await appendBatch(watched.session.ports.store, { stream: 'sleeve-coins', drafts }, watched.now);
    expect(await refuse(message)).toEqual({ letterId, written: false });
    expect([dead.sent.length, (await eventsOf('sleeve-coins')).length]).toEqual([0, 1]);
    expect(await watched.session.ports.letterKeys.id()).toBeNull();
  });

  test('tells who waits for it that it is recorded, before it is sent', async () => {
    const order: string[] = [];
    const sink = {
      send: async () => void order.push('sent'),
      close: async () => undefined,
    };
    await reject(watched.session, incoming('coins'), error, { deadLetters: sink, deadLettersTopic: 'dead' }, () => order.push('recorded'));
    expect(order).toEqual(['recorded', 'sent']);
  });
});

describe('a letter by its id', () => {
  test.each([
    ['a sleeve', 'coins', ofCoins, 'sleeve-coins'],
    ['a topic', null, ofTopic, 'intake-sleeve-results_v1'],
  ] as const)('is found in the stream of %s, with its time, and in no other', async (_, key, place, stream) => {
    expect(letterStream(place)).toBe(stream);
    const { letterId } = await refuse(incoming(key));
    watched.now = '2026-01-02T03:05:00.000Z';
    await refuse(incoming(key, 'another', { offset: '8' }));
    expect(await recordedLetter(watched.session, letterId, place)).toEqual({
      letter: (await eventsOf(stream))[0]!.data,
      recordedAt: '2026-01-02T03:04:05.678Z',
    });
    expect((await lettersOf(watched.session, place)).all.has(letterId)).toBe(true);
    const other = key === null ? ofCoins : ofTopic;
    expect(await recordedLetter(watched.session, letterId, other)).toBeNull();
    expect(await recordedLetter(watched.session, unknownId, place)).toBeNull();
    expect((await lettersOf(watched.session, other)).all.has(letterId)).toBe(false);
  });

  test.each(['coins', null])('is resolved once in the stream of %s, and its run is told from there', async (sleeve) => {
    const place = { sleeve, topic };
    const [first, second] = [await refuse(incoming(sleeve)), await refuse(incoming(sleeve, 'another', { offset: '8' }))];
    const resolution = { letterId: first.letterId, sleeve, how: 'retried', runId: 'run-1', who: 'me', why: 'mended' } as const;
    const other = { ...resolution, letterId: second.letterId, how: 'discarded', runId: null } as const;
    expect(await resolveLetter(watched.session, topic, resolution)).toEqual({ already: false });
    expect(await resolveLetter(watched.session, topic, resolution)).toEqual({ already: true });
    await resolveLetter(watched.session, topic, other);
    expect(await runOfResolved(watched.session, first.letterId, place)).toBe('run-1');
    expect(await runOfResolved(watched.session, second.letterId, place)).toBeNull();
    expect((await eventsOf(letterStream(place))).slice(2).map(({ data }) => data)).toEqual([resolution, other]);
    await expect(runOfResolved(watched.session, unknownId, place)).rejects.toMatchObject({
      code: 'Internal',
      message: `letter ${unknownId} is resolved and its resolution is not in its stream`,
    });
  });
});
