/** F9: the clock jumps; the ledger's order comes from elsewhere, and no instant runs backwards within a stream. */
import { describe, expect, test } from '@jest/globals';
import { reportFigures } from '../support/figures.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { type RunOptions, Workbench } from '../support/cli.ts';

/**
 * Set back by an hour; ten years ahead and home again; a leap second; the hour that European summer time repeats; the year 10,000 minus an
 * instant; before 1970.
 */
const instants = [
  '2026-03-01T12:00:00.000Z',
  '2026-03-01T11:00:00.000Z',
  '2036-03-01T12:00:00.000Z',
  '2026-03-01T12:00:01.000Z',
  '2016-12-31T23:59:60.000Z',
  '2026-10-25T00:30:00.000Z',
  '2026-10-25T01:30:00.000Z',
  '9999-12-31T23:59:59.999Z',
  '1969-12-31T23:59:59.999Z',
  '2026-10-25T01:30:00.001Z',
];

const bench = new Workbench(scratchDirectory());
/** A clock that says what it is told, also what a clock of this machine never would. */
const at = (now: string): RunOptions => ({ tools: (tools) => ({ ...tools, clock: { now: () => now } }) });

describe('a clock that jumps', () => {
  test('leaves order, ids and seals alone', async () => {
    expect((await bench.json(['manifest', 'apply'], at(instants[0]!))).exit).toBe(0);
    const begun = (await bench.events()).length;
    for (const [index, now] of instants.entries()) {
      const verb = index % 2 === 0 ? 'quarantine' : 'reinstate';
      const answer = await bench.json(['sleeve', verb, 'coins', '--why', `at ${now}`, '--accept-clock-jump'], at(now));
      expect([now, answer.error]).toEqual([now, undefined]);
    }
    const events = await bench.events();
    const figures = { orderViolations: 0, duplicateIds: events.length - new Set(events.map(({ id }) => id)).size };
    const lastOf = new Map<string, string>();
    for (const { stream, recordedAt } of events) {
      if (recordedAt < (lastOf.get(stream) ?? '')) figures.orderViolations++;
      lastOf.set(stream, recordedAt);
    }
    reportFigures({ test: 'F9 clock jumps', seed: null, trials: instants.length, events: events.length, ...figures });
    expect(figures).toEqual({ orderViolations: 0, duplicateIds: 0 });
    // Two of the jumps were further than a clock goes on at once, and were accepted.
    const accepted = events.filter(({ type }) => type === 'ClockJumpAccepted').map(({ recordedAt }) => recordedAt.slice(0, 4));
    expect(accepted).toEqual(['2036', '9999']);
    expect(events.length).toBe(begun + 2 * instants.length + accepted.length);
    expect(await bench.json(['ledger', 'verify'])).toMatchObject({ exit: 0, result: { faults: [], unsealed: 1 } });
    const file = bench.path('audit.jsonl');
    await bench.json(['audit', 'export', '--all', '-o', file, '--force']);
    expect((await bench.json(['audit', 'verify', file])).exit).toBe(0);
  });
});
