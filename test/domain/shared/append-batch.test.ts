import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkBatch, inBatches } from '../../../domain/shared/append-batch.ts';
import { limits } from '../../../domain/shared/limits.ts';

const bytesIn = (batch: readonly { readonly bytes: Uint8Array }[]): number => batch.reduce((sum, { bytes }) => sum + bytes.length, 0);
const fits = (batch: readonly { readonly bytes: Uint8Array }[]): boolean =>
  batch.length <= limits.appendEventsMax && bytesIn(batch) <= limits.eventBytesMax;
/** One buffer for all: only lengths count. */
const room = new Uint8Array(limits.eventBytesMax);
const event = (length: number) => ({ bytes: room.subarray(0, length) });
const counts = (lengths: readonly number[]): number[] => inBatches(lengths.map(event)).map((batch) => batch.length);

const why = (text: string): string => `append to "ledger" refused: ${text}`;
const own = (more: object = {}) => ({ stream: 'ledger', ...more });
const refused = (
  stream: string,
  events: Parameters<typeof checkBatch>[1],
  expected: 'none' | bigint,
  code: string,
  message: string,
  evidence: object,
) => expect(() => checkBatch(stream, events, expected)).toThrow(expect.objectContaining({ code, message, evidence }));

describe('events in batches', () => {
  test('are the same events in the same order, each batch within the limits of an append and full', () => {
    const lengths = fc.oneof(
      fc.array(fc.integer({ min: 1, max: limits.eventBytesMax }), { maxLength: 20 }),
      fc.integer({ min: 990, max: 2_100 }).map((count) => Array.from({ length: count }, (_, index) => 300 + (index % 7) * 300)),
    );
    fc.assert(
      fc.property(lengths, (given) => {
        const events = given.map(event);
        const batches = inBatches(events);
        expect(batches.flat()).toEqual(events);
        batches.forEach((batch, index) => {
          expect(batch.length > 0 && fits(batch)).toBe(true);
          const next = batches[index + 1]?.[0];
          if (next !== undefined) expect(fits([...batch, next])).toBe(false);
        });
      }),
      { numRuns: 50 },
    );
  });

  test('are one batch up to both limits, and two beyond either', () => {
    expect(inBatches([])).toEqual([]);
    expect(counts(Array.from({ length: limits.appendEventsMax }, () => 1))).toEqual([limits.appendEventsMax]);
    expect(counts(Array.from({ length: limits.appendEventsMax + 1 }, () => 1))).toEqual([limits.appendEventsMax, 1]);
    expect(counts([limits.eventBytesMax - 1, 1])).toEqual([2]);
    expect(counts([limits.eventBytesMax - 1, 2])).toEqual([1, 1]);
  });
});

describe('an append', () => {
  const hash = '0'.repeat(64);
  const batched = (id: string, length = 1) =>
    ({ id, hash, contentHash: hash, bytes: room.subarray(0, length) }) as Parameters<typeof checkBatch>[1][number];
  const many = (count: number) => Array.from({ length: count }, (_, index) => batched(`${index}`));

  test('is refused before anything is sent, with the reason', () => {
    refused('$x', [batched('a')], 'none', 'AppendRefused', 'append to "$x" refused: names that begin with $ belong to the store', {
      stream: '$x',
    });
    refused('X', [batched('a')], 'none', 'AppendRefused', 'append to "X" refused: not a stream name', { stream: 'X' });
    refused('ledger', [batched('a')], -1n, 'AppendRefused', why('an expected revision is "none" or at least 0'), own({ expected: '-1' }));
    refused('ledger', [], 0n, 'AppendRefused', why('the batch is empty'), own());
    refused('ledger', [batched('')], 0n, 'AppendRefused', why('an event without id'), own());
    refused('ledger', [batched('a'), batched('a')], 0n, 'AppendRefused', why('id a appears twice in the batch'), own({ id: 'a' }));
    for (const bad of [hash.slice(1), `${hash}0`, 'G'.repeat(64)]) {
      refused('ledger', [{ ...batched('a'), hash: bad }], 0n, 'AppendRefused', why('event a has a malformed hash'), own({ id: 'a' }));
      refused(
        'ledger',
        [{ ...batched('a'), contentHash: bad }],
        0n,
        'AppendRefused',
        why('event a has a malformed hash'),
        own({ id: 'a' }),
      );
    }
    refused('ledger', [batched('a', 0)], 0n, 'AppendRefused', why('event a has no bytes'), own({ id: 'a' }));
  });

  test('holds as many events and bytes as it may', () => {
    expect(() => checkBatch('ledger', many(limits.appendEventsMax), 0n)).not.toThrow();
    expect(() => checkBatch('ledger', many(limits.appendEventsMax + 1), 0n)).toThrow(expect.objectContaining({ code: 'LimitExceeded' }));
    expect(() => checkBatch('ledger', [batched('a', limits.eventBytesMax)], 0n)).not.toThrow();
    expect(() => checkBatch('ledger', [batched('a', limits.eventBytesMax), batched('b')], 0n)).toThrow(
      expect.objectContaining({ code: 'LimitExceeded' }),
    );
  });
});
