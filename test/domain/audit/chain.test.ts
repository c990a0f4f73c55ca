import { describe, expect, test } from '@jest/globals';
import { assert, dictionary, integer, jsonValue, property, string } from 'fast-check';
import { type ChainedEvent, type ChainFault, createChainVerifier, isDomainStream } from '../../../domain/audit/chain.ts';
import { sliceHead, sliceTail } from '../../../domain/audit/event-slices.ts';
import { toHex } from '../../../domain/shared/hashing.ts';
import { canonicalBytes, canonicalJson, type JsonObject } from '../../../domain/shared/canonical-json.ts';
import { contentHashOf, decodeEnvelope, emptyTail, encodeEnvelope, type Envelope, placeEvents } from '../../../domain/shared/envelope.ts';
import { type LedgerEvent, sha256, smallLedger } from '../../support/audit-log.ts';

const comparePositions = (left: string, right: string) => Number(left) - Number(right);
const stored = (event: LedgerEvent): ChainedEvent => ({
  stream: event.envelope.stream,
  revision: BigInt(event.envelope.revision),
  position: event.position,
  id: event.envelope.id,
  type: event.envelope.type,
  contentHash: event.envelope.contentHash,
  hash: event.hash,
  recordedAt: event.envelope.recordedAt,
  bytes: event.bytes,
});

function faultsOf(events: readonly ChainedEvent[]): ChainFault[] {
  const verifier = createChainVerifier({ sha256, comparePositions });
  return events.flatMap((event) => [...verifier.check(event)]);
}
const kindsOf = (events: readonly ChainedEvent[]): string[] =>
  faultsOf(events).map((fault) => `${fault.kind}${fault.column === undefined ? '' : `:${fault.column}`}`);
const honest = smallLedger(7, 40).events.map(stored);
const changed = (index: number, change: Partial<ChainedEvent>) =>
  honest.map((event, at) => (at === index ? { ...event, ...change } : event));
/** An event in the middle of a stream that goes on behind it. */
const middle = honest.findIndex(
  (event, index) => Number(event.revision) > 0 && honest.some((later, at) => at > index && later.stream === event.stream),
);
const following = honest.findIndex((event, index) => index > middle && event.stream === honest[middle]!.stream);

/** The event at `index` with other bytes, whose hashes were made to fit again. */
function reforged(index: number, change: (envelope: Envelope) => Envelope): ChainedEvent[] {
  const envelope = change(decodeEnvelope(honest[index]!.bytes));
  const encoded = encodeEnvelope(sha256, envelope);
  return changed(index, {
    bytes: encoded.bytes,
    hash: encoded.hash,
    id: envelope.id,
    type: envelope.type,
    contentHash: envelope.contentHash,
    recordedAt: envelope.recordedAt,
  });
}

describe('an honest ledger', () => {
  test('has no fault, and its leaves are the hashes of its events in order', () => {
    const leaves: string[] = [];
    const verifier = createChainVerifier({ sha256, comparePositions, onLeaf: (hash) => leaves.push(toHex(hash)) });
    expect(honest.flatMap((event) => [...verifier.check(event)])).toEqual([]);
    expect(verifier.finish()).toEqual({ events: 40, streams: new Set(honest.map((event) => event.stream)).size });
    expect(leaves).toEqual(honest.map((event) => event.hash));
  });

  test('with any plain JSON as data is sliced as JSON.parse reads it', () => {
    assert(
      property(
        dictionary(string({ unit: 'binary' }), jsonValue({ stringUnit: 'binary' })),
        string({ minLength: 1, unit: 'binary' }),
        integer({ min: 1, max: 99999 }),
        (data, actor, schemaVersion) => {
          const draft = { type: 'SleeveRunAccepted', schemaVersion, data: JSON.parse(JSON.stringify(data)) as JsonObject };
          const at = {
            correlationId: 'c',
            causationId: 'b',
            actor,
            code: { version: '"', commit: '\\', lockHash: '"data":{' },
            now: '2026-01-01T00:00:00.000Z',
            idOf: () => 'a',
          };
          const [encoded] = placeEvents(sha256, 'sleeve-etfs', emptyTail, [draft], at);
          const bytes = encoded!.bytes;
          const head = sliceHead(bytes)!;
          const tail = sliceTail(bytes)!;
          expect(new TextDecoder().decode(bytes.subarray(head.dataAt, tail.dataEnd))).toBe(canonicalJson(draft.data));
          expect(tail).toMatchObject({
            id: 'a',
            stream: 'sleeve-etfs',
            revision: '0',
            schemaVersion: String(schemaVersion),
            type: 'SleeveRunAccepted',
          });
          expect(faultsOf([{ ...encoded!.envelope, position: '1', hash: encoded!.hash, bytes }])).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('each kind of damage is found and located', () => {
  test('any byte of any event flipped, to either of two other values', () => {
    let tried = 0;
    for (let index = 0; index < honest.length; index += 13) {
      const event = honest[index]!;
      for (let at = 0; at < event.bytes.length; at++) {
        for (const mask of [1, 0x20]) {
          const bytes = event.bytes.slice();
          bytes[at]! ^= mask;
          const alone = createChainVerifier({ sha256 });
          const faults = alone.check({ ...event, bytes });
          tried++;
          if (!faults.some((fault) => fault.kind === 'hash_mismatch'))
            throw new Error(`byte ${at} of event ${index} flipped by ${mask} went unseen`);
        }
      }
    }
    expect(tried).toBeGreaterThan(5_000);
  });

  test('data changed and every hash of that event made to fit: the next event of the stream no longer links', () => {
    const forged = reforged(middle, (envelope) => {
      const data = { ...envelope.data, index: 999 };
      return {
        ...envelope,
        data,
        contentHash: contentHashOf(sha256, { type: envelope.type, schemaVersion: envelope.schemaVersion, data }),
      };
    });
    const faults = faultsOf(forged);
    expect(faults.map((fault) => [fault.kind, fault.position])).toEqual([['chain_broken', honest[following]!.position]]);
    expect(faults[0]!.actual).toBe(honest[middle]!.hash);
  });

  test('data changed with a stale content hash', () => {
    expect(kindsOf(reforged(middle, (envelope) => ({ ...envelope, data: { ...envelope.data, index: 999 } })))).toEqual([
      'content_hash_mismatch',
      'chain_broken',
    ]);
  });

  test('a number written in another way (1e-7 as 1E-7) with the hash left alone', () => {
    const encoded = encodeEnvelope(sha256, { ...decodeEnvelope(honest[0]!.bytes), data: { tiny: 1e-7 } });
    const bytes = new TextEncoder().encode(new TextDecoder().decode(encoded.bytes).replace('1e-7', '1E-7'));
    const kinds = kindsOf([
      {
        ...honest[0]!,
        contentHash: contentHashOf(sha256, { type: honest[0]!.type, schemaVersion: 1, data: { tiny: 1e-7 } }),
        hash: encoded.hash,
        bytes,
      },
    ]);
    expect(kinds).toContain('hash_mismatch');
    expect(kinds).toContain('content_hash_mismatch');
  });

  test('a duplicated column that differs from the bytes is named', () => {
    expect(kindsOf(changed(middle, { id: '00000000-0000-5000-8000-000000000000' }))).toEqual(['column_mismatch:id']);
    expect(kindsOf(changed(middle, { type: 'Other' }))).toEqual(['column_mismatch:type']);
    expect(kindsOf(changed(middle, { contentHash: 'e'.repeat(64) }))).toEqual(['column_mismatch:contentHash']);
    expect(kindsOf(changed(middle, { recordedAt: '2026-03-01T10:59:59.000Z' }))[0]).toBe('column_mismatch:recordedAt');
    expect(kindsOf(changed(middle, { revision: 77n }))).toEqual(['revision_gap', 'column_mismatch:revision', 'revision_gap']);
    expect(kindsOf(changed(middle, { hash: 'e'.repeat(64) }))).toEqual(['hash_mismatch']);
    expect(kindsOf(changed(middle, { stream: 'scan-other' }))).toContain('column_mismatch:stream');
  });

  test('an event removed, doubled or swapped with its neighbour', () => {
    expect(kindsOf(honest.filter((_, index) => index !== middle))).toEqual(['revision_gap', 'chain_broken']);
    expect(kindsOf([...honest.slice(0, middle + 1), ...honest.slice(middle)])).toEqual(['position_order', 'revision_gap', 'chain_broken']);
    const swapped = [...honest];
    [swapped[middle], swapped[following]] = [swapped[following]!, swapped[middle]!];
    expect(new Set(kindsOf(swapped))).toEqual(new Set(['position_order', 'revision_gap', 'chain_broken', 'recorded_at_backwards']));
  });

  test('a clock that ran backwards within a stream', () => {
    const back = reforged(middle, (envelope) => ({ ...envelope, recordedAt: '2020-01-01T00:00:00.000Z' }));
    expect(kindsOf(back)).toEqual(['recorded_at_backwards', 'chain_broken']);
  });

  test('a stream that is none of the ledger', () => {
    const [encoded] = placeEvents(sha256, 'settings', emptyTail, [{ type: 'Seen', schemaVersion: 1, data: {} }], {
      correlationId: 'c',
      causationId: 'b',
      actor: 'a',
      code: { version: '1', commit: '1', lockHash: '1' },
      now: '2026-01-01T00:00:00.000Z',
      idOf: () => 'a',
    });
    expect(kindsOf([{ ...encoded!.envelope, position: '1', hash: encoded!.hash, bytes: encoded!.bytes }])).toEqual([
      'unknown_stream_prefix',
    ]);
  });

  test('bytes that are no envelope at all, hash and all made to fit', () => {
    for (const value of [{}, { actor: 'a' }, { ...decodeEnvelope(honest[0]!.bytes), extra: 1 }]) {
      const bytes = canonicalBytes(value);
      expect(kindsOf([{ ...honest[0]!, bytes, hash: toHex(sha256(bytes)) }])).toEqual(['not_canonical']);
    }
  });
});

test('only the streams of the ledger are leaves', () => {
  const leaves = [
    'ledger',
    'sleeve-etfs',
    'sleeveRun-1',
    'metaPortfolio-m',
    'metaRun-1',
    'backtest-1',
    'combination-1',
    'scan-1',
    'selection-1',
  ];
  expect(leaves.filter(isDomainStream)).toEqual(leaves);
  expect(
    ['$settings', 'ledger-2', 'sleeve', 'artifact-1', 'checkpoint-1', 'sleeve-', 'xsleeve-1', 'Ledger'].filter(isDomainStream),
  ).toEqual([]);
});
