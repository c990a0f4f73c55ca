import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  contentHashOf,
  decodeEnvelope,
  emptyTail,
  encodeEnvelope,
  envelopeSchema,
  placeEvents,
  streamNameSchema,
} from '../../../domain/shared/envelope.ts';
import { canonicalJson } from '../../../domain/shared/canonical-json.ts';
import { zeroHash } from '../../../domain/shared/hashing.ts';
import { limits } from '../../../domain/shared/limits.ts';

/** Node's streaming hash: another entrance than the one that the program uses. */
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());
const hex = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

const author = {
  correlationId: '9b9f6d6e-5c1b-5d8e-9a44-0123456789ab',
  causationId: '8c8f6d6e-5c1b-5d8e-9a44-0123456789ab',
  actor: 'analyst',
  code: { version: '0.1.0', commit: 'unknown', lockHash: 'unknown' },
  now: '2026-02-03T04:05:06.789Z',
  idOf: (index: number) => `7d7f6d6e-5c1b-5d8e-9a44-00000000000${index}`,
};
const drafts = [
  { type: 'ParityAccepted', schemaVersion: 1, data: { leaves: 3, tiny: 1e-7 } },
  { type: 'MetaAllocated', schemaVersion: 2, data: { weights: { a: 0.5, B: 0.5 } } },
  { type: 'ParityWaived', schemaVersion: 1, data: {} },
];

describe('placing events behind the tail of a stream', () => {
  test('the bytes of a first event are the RFC 8785 text written out by hand, and its hash is theirs', () => {
    const [first] = placeEvents(sha256, 'metaRun-1', emptyTail, drafts, author);
    const content = hex('{"data":{"leaves":3,"tiny":1e-7},"schemaVersion":1,"type":"ParityAccepted"}');
    const text =
      '{"actor":"analyst","causationId":"8c8f6d6e-5c1b-5d8e-9a44-0123456789ab","code":{"commit":"unknown","lockHash":"unknown",' +
      '"version":"0.1.0"},' +
      `"contentHash":"${content}","correlationId":"9b9f6d6e-5c1b-5d8e-9a44-0123456789ab","data":{"leaves":3,"tiny":1e-7},` +
      `"envelopeVersion":1,` +
      `"id":"7d7f6d6e-5c1b-5d8e-9a44-000000000000","prevHash":"${'0'.repeat(64)}","recordedAt":"2026-02-03T04:05:06.789Z",` +
      `"revision":0,"schemaVersion":1,` +
      '"stream":"metaRun-1","type":"ParityAccepted"}';
    expect(new TextDecoder().decode(first!.bytes)).toBe(text);
    expect(first!.hash).toBe(hex(text));
  });

  test('revisions follow the tail and each event names the hash of the one before', () => {
    const tail = { revision: 4, hash: 'a'.repeat(64), recordedAt: '2026-01-01T00:00:00.000Z' };
    const placed = placeEvents(sha256, 'metaRun-1', tail, drafts, author);
    expect(placed.map(({ envelope }) => envelope.revision)).toEqual([5, 6, 7]);
    expect(placed.map(({ envelope }) => envelope.prevHash)).toEqual([tail.hash, placed[0]!.hash, placed[1]!.hash]);
    expect(placeEvents(sha256, 'metaRun-1', emptyTail, drafts, author)[0]!.envelope.prevHash).toBe(zeroHash);
  });

  test('a clock behind the tail never makes time run backwards within the stream', () => {
    const tail = { ...emptyTail, recordedAt: '2030-01-01T00:00:00.000Z' };
    expect(placeEvents(sha256, 'metaRun-1', tail, drafts, author).map(({ envelope }) => envelope.recordedAt)).toEqual(
      Array(3).fill(tail.recordedAt),
    );
  });

  test('the content hash covers type, schema version and data, and nothing of who, when and where', () => {
    const elsewhere = {
      ...author,
      now: '2027-01-01T00:00:00.000Z',
      actor: 'other',
      code: { ...author.code, version: '9.9.9' },
      idOf: () => author.causationId,
    };
    const [here] = placeEvents(sha256, 'metaRun-1', emptyTail, drafts, author);
    const [there] = placeEvents(sha256, 'metaRun-2', { ...emptyTail, revision: 8 }, drafts, elsewhere);
    expect(there!.envelope.contentHash).toBe(here!.envelope.contentHash);
    expect(there!.hash).not.toBe(here!.hash);
    const draft = drafts[0]!;
    const others = [
      { ...draft, type: 'Other' },
      { ...draft, schemaVersion: 2 },
      { ...draft, data: { leaves: 4, tiny: 1e-7 } },
    ];
    for (const other of others) expect(contentHashOf(sha256, other)).not.toBe(here!.envelope.contentHash);
  });
});

describe('encoding and decoding', () => {
  const [event] = placeEvents(sha256, 'metaRun-1', emptyTail, drafts, author);

  test('bytes decode to the envelope that they were made from', () => {
    expect(decodeEnvelope(event!.bytes)).toEqual(event!.envelope);
  });

  test('an event above the limit is refused before it can be sent, with both numbers', () => {
    const data = { text: 'x'.repeat(limits.eventBytesMax) };
    expect(() => encodeEnvelope(sha256, { ...event!.envelope, data })).toThrow(
      expect.objectContaining({ code: 'LimitExceeded', evidence: { bytes: expect.any(Number), bytesMax: limits.eventBytesMax } }),
    );
  });

  test('data that is not plain JSON is refused', () => {
    expect(() =>
      placeEvents(sha256, 'metaRun-1', emptyTail, [{ type: 'Bad', schemaVersion: 1, data: { weight: Number.NaN } }], author),
    ).toThrow(expect.objectContaining({ code: 'NotPlainJson' }));
  });

  test('invalid UTF-8, unknown members and malformed fields are refused', () => {
    const changed = (change: Record<string, unknown>) => new TextEncoder().encode(canonicalJson({ ...event!.envelope, ...change }));
    expect(() => decodeEnvelope(Uint8Array.of(0x7b, 0xff, 0x7d))).toThrow();
    for (const change of [
      { extra: 1 },
      { revision: -1 },
      { recordedAt: '2026-02-03' },
      { type: 'lower' },
      { prevHash: 'F'.repeat(64) },
      { stream: '$all' },
      { id: 'x' },
      { envelopeVersion: 2 },
    ]) {
      expect(() => decodeEnvelope(changed(change))).toThrow();
    }
    expect(envelopeSchema.safeParse(event!.envelope).success).toBe(true);
  });
});

const [placedEvent] = placeEvents(sha256, 'metaRun-1', emptyTail, drafts, author);
const encode = (characters: number) => encodeEnvelope(sha256, { ...placedEvent!.envelope, data: { a: 'x'.repeat(characters) } });

test.each<[string, readonly unknown[], readonly unknown[]]>([
  ['type', ['Ab', 'SleeveRunAccepted'], ['A', 'aB', 'xAb', 'A1', 'Ab1', 'Ab ', '']],
  ['schemaVersion', [1, 2], [0, -1, 1.5]],
  ['revision', [0, 1], [-1, 0.5]],
  ['actor', ['a', 'x'.repeat(200)], ['', 'x'.repeat(201)]],
  ['recordedAt', ['2026-02-03T04:05:06.789Z'], ['2026-02-03T04:05:06Z', 'x2026-02-03T04:05:06.789Z', '2026-02-03T04:05:06.789Zx']],
  ['contentHash', ['0'.repeat(64)], ['0'.repeat(63), '0'.repeat(65), 'G'.repeat(64), `x${'0'.repeat(64)}`]],
])('the member %s of an envelope is what it may be', (member, good, bad) => {
  for (const value of good)
    expect([value, envelopeSchema.safeParse({ ...placedEvent!.envelope, [member]: value }).success]).toEqual([value, true]);
  for (const value of bad)
    expect([value, envelopeSchema.safeParse({ ...placedEvent!.envelope, [member]: value }).success]).toEqual([value, false]);
});

test('an event is as long as it may be, and no longer', () => {
  const room = limits.eventBytesMax - encode(0).bytes.length;
  expect(encode(room).bytes).toHaveLength(limits.eventBytesMax);
  const bytes = limits.eventBytesMax + 1;
  expect(() => encode(room + 1)).toThrow(
    expect.objectContaining({
      message: `event ${placedEvent!.envelope.type} has ${bytes} bytes, at most ${limits.eventBytesMax} are allowed`,
      evidence: { bytes, bytesMax: limits.eventBytesMax },
    }),
  );
});

test('stream names are safe in every store', () => {
  for (const name of ['ledger', 'sleeve-etfs', 'metaRun-0a1b', 'sleeve-a_b-c']) expect(streamNameSchema.safeParse(name).success).toBe(true);
  for (const name of ['$all', '', 'Sleeve-x', 'sleeve-', 'sleeve x', 'sleeve-a/b', 'sleeve-a\n', `sleeve-${'x'.repeat(200)}`]) {
    expect(streamNameSchema.safeParse(name).success).toBe(false);
  }
});
