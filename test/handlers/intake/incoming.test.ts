/** A message as the ledger sees it, and by what it is known when it comes again. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { cloudEventOf, idOf010, type Incoming, incomingOf, keyRequest, knownId } from '../../../handlers/intake/incoming.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { memorySession } from '../../support/imported-run.ts';
import { rawMessage, structuredText } from '../../support/sleeve-results.ts';

let session: Session;

beforeEach(() => {
  session = memorySession();
});

const headers = { 'content-type': 'application/cloudevents+json', ce_specversion: '1.0', ce_type: 't', ce_id: '1' };
const place = { topic: 'results', partition: 2, offset: '5', brokerTimeMs: 17 };

const message = (
  change: Partial<{ key: string | null; value: string; topic: string; offset: string; headers: typeof headers }> = {},
): Incoming => {
  const { key = 'coins', value = 'x', topic = 'results', offset = '5', headers: said = headers } = change;
  return incomingOf(rawMessage(key, value, said, { ...place, topic, offset }), session.ports.crypto);
};

const recognised = (incoming: Incoming): string =>
  Buffer.from(keyRequest(session, 'letter', incoming).recognisedBy).toString('hex') + idOf010(session, 'letter', incoming);

test('a message says where it stood, what its headers say of its bytes, and their hash', () => {
  expect(incomingOf(rawMessage('coins', 'abc', { ...headers, other: 'o' }, place), session.ports.crypto)).toEqual({
    source: { topic: 'results', partition: 2, offset: '5', key: 'coins', headers },
    value: Buffer.from('abc'),
    // FIPS 180-2, appendix B.1.
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    arrival: 'results/2/5/17',
  });
});

test('a message without a value has the hash of nothing', () => {
  expect(incomingOf(rawMessage(null, null), session.ports.crypto)).toMatchObject({
    source: { key: null },
    value: null,
    sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  });
});

test('a message is parsed once, however many ask', () => {
  const incoming = incomingOf(rawMessage('coins', structuredText({ a: 1 })), session.ports.crypto);
  expect(cloudEventOf(incoming)).toMatchObject({ id: 'id-1', data: { a: 1 } });
  expect(cloudEventOf(incoming)).toBe(cloudEventOf(incoming));
});

type Change = Parameters<typeof message>[0];

const sameMessage: readonly (readonly [string, Change])[] = [
  ['another offset', { offset: '6' }],
  ['another topic, as its sleeve is the same', { topic: 'others' }],
  ['another id of the event', { headers: { ...headers, ce_id: '2' } }],
];
const anotherMessage: readonly (readonly [string, Change])[] = [
  ['other bytes', { value: 'y' }],
  ['another sleeve', { key: 'stocks' }],
  ['no sleeve', { key: null }],
  ['another content type', { headers: { ...headers, 'content-type': 'application/json' } }],
  ['another version of CloudEvents', { headers: { ...headers, ce_specversion: '0.3' } }],
  ['another type', { headers: { ...headers, ce_type: 'u' } }],
];

describe('what makes two messages the same', () => {
  test.each(sameMessage)('not %s', (_, change) => {
    expect(recognised(message(change))).toBe(recognised(message()));
  });

  test.each(anotherMessage)('%s is another one', (_, change) => {
    const [other, one] = [message(change), message()];
    const by = (incoming: Incoming): string => Buffer.from(keyRequest(session, 'letter', incoming).recognisedBy).toString('hex');
    expect(by(other)).not.toBe(by(one));
    expect(idOf010(session, 'letter', other)).not.toBe(idOf010(session, 'letter', one));
  });

  test('of messages without a sleeve, the topic', () => {
    expect(recognised(message({ key: null, topic: 'others' }))).not.toBe(recognised(message({ key: null })));
    expect(recognised(message({ key: null, offset: '6' }))).toBe(recognised(message({ key: null })));
  });

  test('a letter and a held result are known apart, and so are two ledgers', () => {
    const incoming = message();
    const kinds = ['letter', 'held', 'refused'] as const;
    expect(new Set(kinds.map((kind) => idOf010(session, kind, incoming))).size).toBe(3);
    expect(new Set(kinds.map((kind) => Buffer.from(keyRequest(session, kind, incoming).recognisedBy).toString('hex'))).size).toBe(3);
    expect(new Set(kinds.map((kind) => keyRequest(session, kind, incoming).idOf(0))).size).toBe(3);
    const other = { ...session, ledger: { ...session.ledger, ledgerId: '2d1f0c6e-0000-5000-8000-000000000001' } };
    expect(idOf010(other, 'letter', incoming)).not.toBe(idOf010(session, 'letter', incoming));
    expect(keyRequest(other, 'letter', incoming).recognisedBy).not.toEqual(keyRequest(session, 'letter', incoming).recognisedBy);
    expect(keyRequest(other, 'letter', incoming).idOf(0)).not.toBe(keyRequest(session, 'letter', incoming).idOf(0));
  });

  test('a new id is one of the place, and says nothing of the bytes', () => {
    const idAt = (incoming: Incoming, number = 0): string => keyRequest(session, 'letter', incoming).idOf(number);
    expect(idAt(message({ value: 'y' }))).toBe(idAt(message()));
    expect(new Set([idAt(message()), idAt(message(), 1), idAt(message({ offset: '6' }))]).size).toBe(3);
    expect(keyRequest(session, 'letter', message()).place).toBe('results/2/5/17');
  });
});

describe('a message that was met before', () => {
  test('is known by its key, by the id of release 0.1.0, or not at all', async () => {
    const incoming = message();
    const of010 = idOf010(session, 'letter', incoming);
    expect(await knownId(session, 'letter', incoming, () => false)).toBeNull();
    expect(await knownId(session, 'letter', incoming, (id) => id === of010)).toBe(of010);
    const { keyId } = await session.ports.letterKeys.keyFor(keyRequest(session, 'letter', incoming));
    expect(keyId).not.toBe(of010);
    expect(await knownId(session, 'letter', incoming, () => false)).toBe(keyId);
    expect(await knownId(session, 'held', incoming, () => false)).toBeNull();
    expect(await knownId(session, 'letter', incoming, (id) => id === of010)).toBe(of010);
  });
});
