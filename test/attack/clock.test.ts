/**
 * A clock that is years ahead, by a mistake or by somebody who may set it: nothing is recorded by it, and what an older build recorded so
 * neither keeps a portfolio from being published nor hides the ledger from who asks what was known.
 */
import { rmSync, utimesSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openLedger } from '../../bin/library.ts';
import { publicationDefaults } from '../../domain/manifest/publication-block.ts';
import { dueTime } from '../../domain/publication/due-time.ts';
import { timedPortfolio } from '../../domain/publication/timed-portfolio.ts';
import { plusSeconds } from '../../domain/shared/instants.ts';
import { newlyOverdue } from '../../domain/sleeve/overdue.ts';
import { createLease, type Lease } from '../../handlers/runtime/lease.ts';
import { createMemoryStore } from '../../infra/memory/memory-store.ts';
import { deliver, deliverAll, openDesk } from '../handlers/reaction/desk.ts';
import { decided, friday, look, thursday, withPolicy } from '../handlers/reaction/looking.ts';
import { KnownPrefix } from '../../domain/ledger/clock-jump.ts';
import { limits } from '../../domain/shared/limits.ts';
import { createLedgerTime } from '../../handlers/runtime/ledger-time.ts';
import { recordNewStream } from '../../handlers/runtime/record.ts';
import { draftEvent } from '../../domain/catalogue.ts';
import { sleeveFacts } from '../support/portfolio-events.ts';
import { type RunOptions, Workbench } from '../support/cli.ts';
import { memorySession } from '../support/imported-run.ts';
import { storeLike } from '../support/ledger-session.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { scratchDirectory } from '../support/scratch.ts';

const scratch = scratchDirectory();
const now = new Date();
const inDays = (days: number): string => new Date(now.getTime() + days * 86_400_000).toISOString();
/** A build that holds no clock against anything. */
const unguarded = (instant: string): RunOptions => ({ now: instant, environment: { SLEEVE_LEDGER_CLOCK_JUMP_LIMIT_DAYS: '36500' } });

async function begun(): Promise<Workbench> {
  const bench = new Workbench(scratch);
  expect((await bench.json(['manifest', 'apply'], { now: inDays(0) })).exit).toBe(0);
  return bench;
}
const quarantine = (sleeve: string, ...more: string[]): string[] => ['sleeve', 'quarantine', sleeve, '--why', 'late prices', ...more];
const typesOf = async (bench: Workbench): Promise<string[]> => (await bench.events()).map(({ type }) => type);

describe('a clock years ahead', () => {
  test.each(['2099-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z', '+010000-01-01T00:00:00.000Z', 'tomorrow'])(
    '%s records nothing, says so, and the true clock goes on',
    async (ahead) => {
      const bench = await begun();
      const before = await typesOf(bench);
      const told: RunOptions = { tools: (tools) => ({ ...tools, clock: { now: () => ahead } }) };
      const answer = await bench.json(quarantine('coins'), told);
      expect([answer.exit, answer.error?.code]).toEqual([1, 'ClockAhead']);
      expect(answer.error?.advice).toContain('--accept-clock-jump');
      expect(await typesOf(bench)).toEqual(before);
      expect((await bench.json(quarantine('coins'), { now: inDays(1) })).exit).toBe(0);
    },
  );

  test('is one that goes on further than the limit, and no other', async () => {
    const bench = await begun();
    expect((await bench.json(quarantine('coins'), { now: inDays(limits.clockJumpDaysMax + 3) })).error?.code).toBe('ClockAhead');
    expect((await bench.json(quarantine('coins'), { now: inDays(limits.clockJumpDaysMax - 3) })).exit).toBe(0);
    const setting = { SLEEVE_LEDGER_CLOCK_JUMP_LIMIT_DAYS: '2' };
    const nearer = await begun();
    expect((await nearer.json(quarantine('coins'), { now: inDays(5), environment: setting })).error?.code).toBe('ClockAhead');
  });

  test('neither seals nor begins a ledger whose key is older', async () => {
    const bench = await begun();
    expect((await bench.json(['ledger', 'seal'], { now: '2099-01-01T00:00:00.000Z' })).error?.code).toBe('ClockAhead');
    for (const end of ['', '-wal', '-shm']) rmSync(`${bench.store}${end}`, { force: true });
    expect((await bench.json(['ledger', 'init'], { now: '2099-01-01T00:00:00.000Z' })).error?.code).toBe('ClockAhead');
    expect(await bench.events()).toEqual([]);
  });

  test('is accepted by a person who says why: an event of its own, sealed and exported like any other', async () => {
    const bench = await begun();
    const ahead = '2099-01-01T00:00:00.000Z';
    expect((await bench.json(['ledger', 'seal', '--accept-clock-jump'], { now: ahead })).error?.code).toBe('Usage');
    expect((await bench.json(quarantine('coins', '--accept-clock-jump'), { now: ahead })).exit).toBe(0);
    const jumps = (await bench.events()).filter(({ type }) => type === 'ClockJumpAccepted');
    const data = jumps.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString('utf8')) as { data: unknown; actor: string });
    expect(data).toMatchObject([{ actor: 'tester', data: { after: ahead, why: 'late prices' } }]);
    expect((await typesOf(bench)).filter((type) => type === 'SleeveQuarantined')).toHaveLength(1);
    // The ledger stands there now: nothing is left to accept.
    expect((await bench.json(['sleeve', 'reinstate', 'coins', '--why', 'over'], { now: ahead })).exit).toBe(0);
    expect(await bench.json(['ledger', 'verify'])).toMatchObject({ exit: 0, result: { faults: [] } });
    const file = bench.path('audit.jsonl');
    expect((await bench.json(['audit', 'export', '--all', '-o', file])).exit).toBe(0);
    expect((await bench.json(['audit', 'verify', file])).exit).toBe(0);
  });

  test('a verb without a reason of its own takes one; a clock that is right leaves no event', async () => {
    const bench = await begun();
    const said = ['--accept-clock-jump', '--why', 'the machine stood still for three years'];
    expect((await bench.json(['ledger', 'seal', ...said], { now: inDays(2) })).exit).toBe(0);
    expect(await typesOf(bench)).not.toContain('ClockJumpAccepted');
    expect((await bench.json(['flow', 'meta', '--profile', 'pair', ...said], { now: inDays(2) })).error?.code).not.toBe('Usage');
    expect((await bench.json(['ledger', 'seal', ...said], { now: '2099-01-01T00:00:00.000Z' })).exit).toBe(0);
    expect(await typesOf(bench)).toContain('ClockJumpAccepted');
  });

  test('holds for the library as well', async () => {
    const bench = new Workbench(scratch);
    expect((await bench.json(['manifest', 'apply'], { now: '1990-01-01T00:00:00.000Z' })).exit).toBe(0);
    const key = `${bench.store}.key`;
    utimesSync(key, new Date('1990-01-01'), new Date('1990-01-01'));
    const attempt = async (why?: string): Promise<void> => {
      const ledger = await openLedger({ store: bench.store, logLevel: 'silent', ...(why === undefined ? {} : { acceptClockJump: why }) });
      try {
        await ledger.quarantine('coins', 'late prices');
      } finally {
        await ledger.close();
      }
    };
    await expect(attempt()).rejects.toMatchObject({ code: 'ClockAhead' });
    await attempt('the machine stood still');
    expect(await typesOf(bench)).toContain('ClockJumpAccepted');
    await attempt();
  });
});

const stores = (recordedAt: string | null, storedAt: string | null): Parameters<typeof createLedgerTime>[0]['store'] => ({
  newest: async () => (recordedAt === null ? null : { recordedAt, storedAt }),
});
const timeBy = (recordedAt: string | null, storedAt: string | null, key: string | null): ReturnType<typeof createLedgerTime> =>
  createLedgerTime({ store: stores(recordedAt, storedAt), keyTime: async () => key, limitDays: 400, acceptedWhy: null });

describe('what else is known of the time', () => {
  const asked = '2026-11-01T00:00:00.000Z';
  const old = '2020-01-01T00:00:00.000Z';

  test.each([
    ['the newest event', asked, null, old],
    ["the server's clock", old, asked, old],
    ['the key file', old, null, asked],
  ])('%s lets the clock go on', async (_, recordedAt, storedAt, key) => {
    await expect(timeBy(recordedAt, storedAt, key).admit('2027-06-01T00:00:00.000Z')).resolves.toBeUndefined();
    await expect(timeBy(recordedAt, storedAt, key).admit('2030-01-01T00:00:00.000Z')).rejects.toMatchObject({ code: 'ClockAhead' });
  });

  test('where nothing is known, the first clock is taken', async () => {
    const first = timeBy(null, null, null);
    await first.admit('2099-01-01T00:00:00.000Z');
    await expect(first.admit('2101-01-01T00:00:00.000Z')).rejects.toMatchObject({ code: 'ClockAhead' });
  });

  test('a storm of appends asks the store once, and asks again before it refuses', async () => {
    const session = memorySession();
    let reads = 0;
    const counted = storeLike(session.ports.store, {
      newest: async () => {
        reads++;
        return session.ports.store.newest();
      },
    });
    const ledgerTime = createLedgerTime({ store: counted, keyTime: async () => asked, limitDays: 400, acceptedWhy: null });
    const append = (instant: string, run: string, time = ledgerTime): Promise<unknown> =>
      recordNewStream({ ...session.ports, time, clock: { now: () => instant } }, session.ledger.ledgerId, 'tests', {
        stream: `sleeve-${run}`,
        drafts: [draftEvent('SleeveDefined', sleeveFacts.defined(run))],
        command: [run],
        correlation: run,
      });
    for (let run = 0; run < 50; run++) await append('2026-11-02T00:00:00.000Z', `s${run}`);
    expect(reads).toBe(1);
    await expect(append('2099-11-02T00:00:00.000Z', 'late')).rejects.toMatchObject({ code: 'ClockAhead' });
    expect(reads).toBe(2);
    // Another process, which knows more, has gone on by a year.
    const elsewhere = createLedgerTime({
      store: counted,
      keyTime: async () => '2027-11-01T00:00:00.000Z',
      limitDays: 400,
      acceptedWhy: null,
    });
    await append('2027-11-20T00:00:00.000Z', 'elsewhere', elsewhere);
    await expect(append('2028-11-01T00:00:00.000Z', 'later')).resolves.toMatchObject({ already: false });
  });
});

describe('a ledger into which a time far ahead got', () => {
  test('tells what was known at a true instant: what the wrong clock wrote is known once something true stands behind it', async () => {
    const bench = await begun();
    const size = async (): Promise<number> => (await bench.events()).length;
    // A question about an instant ahead of the clock of who asks is refused.
    const asker = { now: '2100-01-01T00:00:00.000Z' };
    const known = async (instant: string): Promise<number> => {
      const file = bench.path(`known-${Math.random()}.jsonl`);
      const exported = await bench.json(['audit', 'export', '--all', '--known-at', instant, '-o', file], asker);
      return exported.result['lines'] as number;
    };
    const status = async (instant: string): Promise<unknown> => {
      const { result } = await bench.json(['status', '--known-at', instant], asker);
      return (result['sleeves'] as { sleeve: string; quarantinedWhy: string | null }[]).flatMap(({ sleeve, quarantinedWhy }) =>
        quarantinedWhy === null ? [] : [sleeve],
      );
    };
    const first = await size();
    expect((await bench.json(quarantine('coins'), unguarded('2099-01-01T00:00:00.000Z'))).exit).toBe(0);
    expect(await size()).toBeGreaterThan(first);
    // Nothing true stands behind it yet.
    expect([await known(inDays(1)), await status(inDays(1))]).toEqual([first, []]);
    expect((await bench.json(quarantine('stocks', '--no-seal'), { now: inDays(2) })).exit).toBe(0);
    const second = await size();
    expect((await bench.json(quarantine('funds', '--no-seal'), { now: inDays(4) })).exit).toBe(0);
    expect([await known(inDays(-1)), await known(inDays(3)), await known(inDays(5))]).toEqual([0, second, await size()]);
    expect([await status(inDays(3)), await status(inDays(5))]).toEqual([
      ['coins', 'stocks'],
      ['coins', 'funds', 'stocks'],
    ]);
    expect(await status('2099-12-31T00:00:00.000Z')).toEqual(['coins', 'funds', 'stocks']);
  });

  test('the prefix that was known is the naive one, where a time far ahead counts only with something true behind it', () => {
    const day = 86_400_000;
    const start = Date.UTC(2026, 0, 1);
    const step = fc.record({ gap: fc.integer({ min: 0, max: 30 }), ahead: fc.constantFrom(0, 0, 0, 60 * 365) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), fc.integer({ min: -5, max: 950 }), (steps, asked) => {
        let at = start;
        const events = steps.map(({ gap, ahead }, index) => {
          at += gap * day;
          return { position: String(index + 1), recordedAt: new Date(at + ahead * day).toISOString(), trueAt: at, isAhead: ahead > 0 };
        });
        const instant = new Date(start + asked * day).toISOString();
        const known = new KnownPrefix(instant, limits.clockJumpDaysMax);
        events.forEach((event) => known.next(event));
        const last = events.findLast(({ trueAt, isAhead }) => !isAhead && trueAt <= start + asked * day);
        // The events of a true clock gap by less than the limit, so that the first one behind the instant ends it.
        const isNear = events.every(({ trueAt }) => trueAt - start <= limits.clockJumpDaysMax * day);
        fc.pre(isNear);
        expect(known.last).toBe(last?.position ?? null);
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  test('publishes: a cool-down that a wrong clock began ends when it would have, counted from the first look', async () => {
    const desk = await openDesk(withPolicy({ cool_down_seconds: 3600 }));
    const start = desk.clock.instant;
    await deliverAll(desk, thursday);
    desk.clock.instant = '2099-01-01T00:00:00.000Z';
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    desk.clock.instant = start;
    desk.clock.advance(60);
    await deliverAll(desk, friday);
    const first = await look(desk);
    expect(first).toEqual({ kind: 'scheduled', dueAt: '2022-12-31T09:01:00.000Z' });
    desk.clock.advance(3599);
    expect(await look(desk)).toEqual(first);
    desk.clock.advance(1);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
  });

  test('publishes: a result that a wrong clock accepted opens its window when it is looked at', async () => {
    const desk = await openDesk(withPolicy({ coalescing_window_seconds: 60 }));
    const start = desk.clock.instant;
    desk.clock.instant = '2099-01-01T00:00:00.000Z';
    await deliver(desk, 'coins', thursday);
    desk.clock.instant = start;
    await deliver(desk, 'stocks', thursday);
    await deliver(desk, 'funds', thursday);
    desk.clock.advance(61);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
    desk.clock.advance(60);
    await deliverAll(desk, friday);
    expect(await look(desk)).toEqual({ kind: 'scheduled', dueAt: '2022-12-31T08:03:01.000Z' });
    desk.clock.advance(60);
    expect(await look(desk)).toEqual(decided('AllocationPublished'));
  });

  test('no times, however wrong, let a portfolio wait longer than twice its longest wait', () => {
    const instants = fc.integer({ min: -2000, max: 60 * 365 * 24 * 60 }).map((minutes) => plusSeconds(start, 60 * minutes));
    const start = '2026-01-02T00:00:00.000Z';
    const state = fc.record({
      publishedAt: fc.option(instants),
      decidedAt: fc.option(instants),
      accepted: fc.array(instants, { minLength: 1, maxLength: 4 }),
      window: fc.constantFrom(0, 60, 600),
      coolDown: fc.constantFrom(0, 90, 3600),
      due: fc.option(fc.record({ because: fc.constantFrom('coalescing_window' as const, 'cool_down' as const), countedFrom: instants })),
      look: fc.integer({ min: 1, max: 400 }),
    });
    fc.assert(
      fc.property(state, ({ publishedAt, decidedAt, accepted, window, coolDown, due, look: everySeconds }) => {
        const policy = { ...publicationDefaults, coalescing_window_seconds: window, cool_down_seconds: coolDown };
        const { portfolio } = timedPortfolio.initialState;
        let standing = due === null ? null : { ...due, meta: 'desk', waitSeconds: 60, dueAt: plusSeconds(due.countedFrom, 60) };
        const acceptedAt = accepted.toSorted();
        for (let waited = 0; ; waited += everySeconds) {
          const schedule = dueTime(
            policy,
            { portfolio: { ...portfolio, due: standing }, publishedAt, decidedAt },
            acceptedAt,
            plusSeconds(start, waited),
          );
          if (schedule === null) break;
          expect(waited).toBeLessThanOrEqual(2 * Math.max(window, coolDown) + everySeconds);
          standing = { meta: 'desk', ...schedule };
        }
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  test('a decision that a wrong clock made leaves no window out: the newest result that is true opens it', () => {
    const looked = '2026-01-02T00:00:30.000Z';
    const policy = { ...publicationDefaults, coalescing_window_seconds: 60, cool_down_seconds: 0 };
    const { portfolio } = timedPortfolio.initialState;
    const due = (decidedAt: string, ...acceptedAt: string[]) =>
      dueTime(policy, { portfolio, publishedAt: null, decidedAt }, acceptedAt, looked);
    const result = '2026-01-02T00:00:10.000Z';
    expect(due('2099-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', result, '2099-01-01T00:00:00.000Z')).toEqual({
      because: 'coalescing_window',
      countedFrom: result,
      waitSeconds: 60,
      dueAt: '2026-01-02T00:01:10.000Z',
    });
    // Control: a decision of a true clock has seen what came before it, and nothing waits.
    expect(due('2026-01-02T00:00:20.000Z', result)).toBeNull();
  });

  test('notes results that are overdue, though the definition of their sleeve is of a wrong clock', () => {
    const expectedBy = { time: '18:30', zone: 'America/New_York', calendar: 'XNYS' } as const;
    const definition = { expectedBy, recordedAt: '2099-01-01T00:00:00.000Z' };
    const named = (current: string | null): string[] =>
      newlyOverdue({ definition, current: current === null ? null : { asOf: current }, overdue: [] }, '2025-07-18T23:00:00.000Z').map(
        ({ session }) => session,
      );
    expect(named('2025-07-16')).toEqual(['2025-07-17', '2025-07-18']);
    expect(named(null)).toEqual(['2025-07-18']);
    expect(named('2025-07-18')).toEqual([]);
  });

  test('hands a lease on, though the clock of whoever watches was ahead and was set back', async () => {
    const { checkpoints } = createMemoryStore();
    let nowMs = Date.UTC(2026, 0, 1);
    const lease = (holder: string): Lease =>
      createLease(checkpoints, { now: () => new Date(nowMs).toISOString() }, { name: 'relay', holder, ttlMs: 1_000 });
    const [a, b] = [lease('a'), lease('b')];
    expect(await a.hold()).not.toBeNull();
    await (await a.hold())!.write({});
    nowMs += 500;
    expect(await b.hold()).toBeNull();
    const truth = nowMs;
    nowMs = Date.UTC(2099, 0, 1);
    await (await a.hold())!.write({});
    expect(await b.hold()).toBeNull();
    nowMs = truth;
    expect(await b.hold()).toBeNull();
    nowMs += 1_000;
    expect(await b.hold()).not.toBeNull();
  });
});
