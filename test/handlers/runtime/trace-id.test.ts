import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { leadingRun, traceIdOf, traceparentOf } from '../../../handlers/runtime/trace-id.ts';
import { memorySession } from '../../support/imported-run.ts';

/** RFC 9562 section 5.5, by hand: SHA-1 of the namespace of this project and the name. */
function uuidV5(name: string): string {
  const namespace = Buffer.from('2f709844afa15c4d91a69eaa94d8b49a', 'hex');
  const bytes = createHash('sha1').update(namespace).update(name, 'utf8').digest().subarray(0, 16);
  bytes[6] = (bytes[6]! % 16) + 0x50;
  bytes[8] = (bytes[8]! % 64) + 0x80;
  return bytes.toString('hex');
}

const run = (runId: string, asOf: string, correction = 0) => ({ runId, asOf, correction });

test('a trace is named by what set it in motion, in 32 digits that everybody derives alike', () => {
  const { ids } = memorySession().ports;
  for (const name of ['run-1', 'ü', '']) expect(traceIdOf(ids, name)).toBe(uuidV5(JSON.stringify(['trace', name])));
});

test('its W3C trace context has version 00, a span of its own last sixteen digits, and is sampled', () => {
  expect(traceparentOf('0af7651916cd43dd8448eb211c80319c')).toBe('00-0af7651916cd43dd8448eb211c80319c-8448eb211c80319c-01');
});

describe('of the runs behind an allocation, the one that leads', () => {
  test.each([
    ['is the only one', [run('a', '2024-01-01')], 'a'],
    ['has the latest date, whatever its correction', [run('b', '2024-01-02'), run('a', '2024-01-03'), run('c', '2024-01-02', 9)], 'a'],
    ['of one date has the greatest correction', [run('c', '2024-01-02', 1), run('a', '2024-01-02', 10), run('b', '2024-01-02', 2)], 'a'],
    ['of one correction is the last by name', [run('b', '2024-01-02', 1), run('c', '2024-01-02', 1), run('a', '2024-01-02', 1)], 'c'],
  ])('%s', (_, runs, leading) => {
    expect(leadingRun(runs).runId).toBe(leading);
    expect(leadingRun(runs.toReversed()).runId).toBe(leading);
  });
});
