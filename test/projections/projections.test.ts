/** P8: projections are pure folds; live, rebuilt, resumed and as known then they come to the same rows. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTools } from '../../bin/adapters.ts';
import { domainEvent, type DomainEvent } from '../../domain/catalogue.ts';
import { canonicalJson, type JsonObject } from '../../domain/shared/canonical-json.ts';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { createDeliveries } from '../../handlers/runtime/deliveries.ts';
import type { Ports, ProjectionId, ReadModels, StoredEvent } from '../../handlers/ports/ports.ts';
import { catchUp, dropForeignRows, rebuild } from '../../handlers/read-models/projector.ts';
import { FoldedRows, viewOf } from '../../handlers/read-models/views.ts';
import { createMemoryStore } from '../../infra/memory/memory-store.ts';
import { openSqlite } from '../../infra/sqlite/open.ts';
import { allProjections, everyProjection } from '../../projections/all.ts';
import type { AllocationRow } from '../../projections/current-weights.ts';
import { sleeveTrialPrefix, trialPrefix, type TrialRow } from '../../projections/backtest-trials.ts';
import { parityRecord } from '../../projections/parity-record.ts';
import type { RunRow } from '../../projections/run-directory.ts';
import { Workbench } from '../support/cli.ts';
import { filesBelow } from '../support/files-below.ts';
import { folded } from '../support/folded.ts';
import { everyFact } from '../support/portfolio-events.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { rowsWith } from '../support/rows.ts';
import { scratchDirectory } from '../support/scratch.ts';

const scratch = scratchDirectory();
let history: readonly StoredEvent[] = [];
let events: readonly DomainEvent[] = [];

/** One ledger with every kind of fact that the projections read. */
beforeAll(async () => {
  const bench = new Workbench(scratch, (manifest) => {
    manifest.profiles['odd'] = { backtest: { test_window: 5, step_size: 5 } };
    manifest.profiles['apart'] = {
      sleeves: [
        { id: 'stocks', profile: 'stocks' },
        { id: 'odd', profile: 'odd' },
      ],
      meta_allocation: 'hrp',
    };
  });
  for (const sleeve of ['stocks', 'funds', 'coins'] as const) await bench.produce(sleeve);
  await bench.json([
    'flow',
    'production',
    '--profile',
    'odd',
    '--prices',
    bench.path('funds.csv'),
    '--symbols',
    'AMEX:EEE,AMEX:FFF',
    '--no-seal',
  ]);
  await bench.produce('stocks', { seed: 8 }, ['--correction', '1']);
  bench.write('bad.csv', 'date,NYSE:AAA,NYSE:BBB\n2022-01-03,1,-2\n2022-01-04,1,2\n');
  for (const argv of [
    ['flow', 'production', '--profile', 'stocks', '--prices', bench.path('bad.csv')],
    ['flow', 'meta', '--profile', 'whole', '--risk', 'all'],
    ['flow', 'meta', '--profile', 'nested'],
    ['flow', 'meta', '--profile', 'whole'],
    ['flow', 'meta', '--profile', 'whole', '--restate', '--why', 'again'],
    ['flow', 'meta', '--profile', 'apart'],
    ['parity', 'waive', '--meta', 'apart', '--paths', 'backtest.step_size,backtest.test_window', '--until', '2023-01-01', '--why', 'x'],
    ['flow', 'meta', '--profile', 'apart'],
    ['backtest', 'run', '--meta', 'whole', '--risk', 'hrp,equal_weight'],
    ['sleeve', 'quarantine', 'coins', '--why', 'outage'],
    ['sleeve', 'reinstate', 'coins', '--why', 'over'],
    ['sleeve', 'quarantine', 'funds', '--why', 'outage'],
  ]) {
    const { result, error } = await bench.json([...argv, '--no-seal']);
    if (result === null) throw new Error(error!.message);
  }
  history = [...(await bench.events()), ...everyFact().stored];
  events = history.map((stored) => domainEvent(decodeEnvelope(stored.bytes), stored.position));
}, 60_000);

const text = (rows: Iterable<readonly [string, unknown]>): string => canonicalJson(Object.fromEntries(rows));

/** A store that holds the history up to an event, and takes the rest as it comes. */
async function ledgerOf(
  kind: 'memory' | 'SQLite',
  count: number,
): Promise<{
  readonly ports: Ports;
  readonly append: (from: number, to: number) => Promise<void>;
  readonly second: () => Promise<Ports>;
  readonly close: () => Promise<void>;
}> {
  const tools = createTools({ logLevel: 'silent', isTerminal: false });
  const file = join(mkdtempSync(join(scratch, 'ledger-')), 'ledger.sqlite');
  const memory = createMemoryStore();
  const opened = [kind === 'memory' ? memory : openSqlite(file, { access: 'write', create: true })];
  const ports: Ports = { ...tools, ...opened[0]!, deliveries: createDeliveries(opened[0]!.store) };
  const append = async (from: number, to: number): Promise<void> => {
    for (const { stream, revision, ...event } of history.slice(from, to))
      await ports.store.append(stream, [event], { expectedRevision: revision === 0n ? 'none' : revision - 1n });
  };
  await append(0, count);
  return {
    ports,
    append,
    second: async () => {
      if (kind === 'memory') return ports;
      const other = openSqlite(file, { access: 'write', create: false });
      opened.push(other);
      return { ...tools, ...other, deliveries: createDeliveries(other.store) };
    },
    close: async () => {
      for (const each of opened) await each.store.close();
    },
  };
}
const rowsOf = async (ports: Ports, id: ProjectionId): Promise<string> =>
  text((await rowsWith(ports.readModels, id, '')).map(({ key, value }) => [key, value]));

const each = allProjections.map((projection) => [projection.name, projection] as const);

describe('the projections', () => {
  test('have names that none of the retired ones had, for a store may still hold rows of those', () => {
    const names = allProjections.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(['lineage'].filter((name) => names.includes(name))).toEqual([]);
  });

  test('are all listed in projections/all.ts: one that is not is verified and rebuilt by nobody', async () => {
    const made: unknown[] = [];
    for (const file of filesBelow(['projections'], '.ts')) made.push(...Object.values((await import(`../../${file}`)) as object));
    const found = made.filter((value) => typeof value === 'object' && value !== null && 'keysFor' in value && 'apply' in value);
    expect(new Set(found)).toEqual(new Set(everyProjection));
  });
});

describe('a fold', () => {
  test('sees every event type that it names in this history: a new one goes into everyFact of test/support/portfolio-events.ts', () => {
    const seen = new Set<string>(events.map(({ type }) => type));
    const unseen = new Set(allProjections.flatMap(({ types }) => types).filter((type) => !seen.has(type)));
    expect([...unseen].toSorted()).toEqual(['ParityWaiverRevoked', 'SleeveProfileFailed', 'SleeveProfileImported', 'SleeveRunDegraded']);
  });

  test.each(each)('%s: fold(all) = fold(prefix) then fold(rest), cut anywhere', (_, projection) => {
    const whole = text(folded(projection, events).rows);
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: events.length }), { maxLength: 4 }), (cuts) => {
        const rows = new FoldedRows();
        const bounds = [0, ...cuts.toSorted((left, right) => left - right), events.length];
        for (let part = 1; part < bounds.length; part++) {
          // What is resumed from a store has been through JSON.
          const kept = new FoldedRows();
          for (const [key, value] of rows.rows) kept.rows.set(key, JSON.parse(JSON.stringify(value)) as JsonObject);
          rows.rows.clear();
          for (const [key, value] of folded(projection, events.slice(bounds[part - 1], bounds[part]), kept).rows) rows.rows.set(key, value);
        }
        expect(text(rows.rows)).toBe(whole);
      }),
      { numRuns: propertyRuns(60) },
    );
  });

  test.each(each)('%s reads no row that it does not name, and changes none that it was given', (_, projection) => {
    const rows = new Map<string, JsonObject>();
    for (const event of events.filter(({ type }) => projection.types.includes(type))) {
      const named = new Set(projection.keysFor(event));
      const before = canonicalJson([event.data, Object.fromEntries(rows)]);
      const changes = projection.apply(event, (key) => {
        if (!named.has(key)) throw new Error(`${projection.name} read ${key} without naming it`);
        return rows.get(key) ?? null;
      });
      expect(canonicalJson([event.data, Object.fromEntries(rows)])).toBe(before);
      for (const { key, value } of changes) {
        if (value === null) rows.delete(key);
        else rows.set(key, value);
      }
    }
    expect(text(rows)).toBe(text(folded(projection, events).rows));
  });
});

describe.each(['memory', 'SQLite'] as const)('rows kept in %s', (kind) => {
  test('live equals rebuilt equals a fresh fold, for every projection', async () => {
    const ledger = await ledgerOf(kind, 0);
    const steps = [0, 7, 8, 20, 41, history.length];
    for (let step = 1; step < steps.length; step++) {
      await ledger.append(steps[step - 1]!, steps[step]!);
      for (const projection of allProjections) await catchUp(ledger.ports, projection);
    }
    for (const projection of allProjections) {
      const live = await rowsOf(ledger.ports, projection);
      expect(live).toBe(text(folded(projection, events).rows));
      await rebuild(ledger.ports, projection);
      expect([projection.name, await rowsOf(ledger.ports, projection)]).toEqual([projection.name, live]);
    }
    await ledger.close();
  });

  test('two builds with two versions of one projection keep their rows side by side: neither folds again', async () => {
    const ledger = await ledgerOf(kind, 20);
    const builds = [allProjections[0]!, { ...allProjections[0]!, version: allProjections[0]!.version + 1 }];
    let resets = 0;
    let folded20 = 0;
    const { readModels } = ledger.ports;
    const counting: ReadModels = {
      checkpoint: (id) => readModels.checkpoint(id),
      row: (...given) => readModels.row(...given),
      rows: (...given) => readModels.rows(...given),
      versions: (...given) => readModels.versions(...given),
      projections: () => readModels.projections(),
      commit: (id, changes, checkpoint, expected) => {
        if (expected === null) folded20++;
        return readModels.commit(id, changes, checkpoint, expected);
      },
      reset: (id) => {
        resets++;
        return readModels.reset(id);
      },
    };
    for (let count = 20; count < history.length; count += 5) {
      for (const build of builds) await catchUp({ ...ledger.ports, readModels: counting }, build);
      await ledger.append(count, count + 5);
    }
    for (const build of builds) {
      await catchUp({ ...ledger.ports, readModels: counting }, build);
      expect(await rowsOf(ledger.ports, build)).toBe(text(folded(build, events).rows));
    }
    expect({ resets, foldedFromTheStart: folded20 }).toEqual({ resets: 0, foldedFromTheStart: 2 });
    await ledger.close();
  });

  test('a rebuild drops the rows of other builds and of projections that are no more', async () => {
    const ledger = await ledgerOf(kind, history.length);
    for (const projection of allProjections) await catchUp(ledger.ports, projection);
    const others = [
      { ...allProjections[0]!, version: 99 },
      { ...allProjections[1]!, name: 'retired' },
    ];
    for (const other of others) await catchUp(ledger.ports, other);
    const kept = await rowsOf(ledger.ports, allProjections[0]!);
    expect(await dropForeignRows(ledger.ports)).toEqual([
      { name: allProjections[0]!.name, version: 99 },
      { name: 'retired', version: allProjections[1]!.version },
    ]);
    expect(await rowsOf(ledger.ports, others[0]!)).toBe('{}');
    expect(await rowsOf(ledger.ports, allProjections[0]!)).toBe(kept);
    expect(await dropForeignRows(ledger.ports)).toEqual([]);
    await ledger.close();
  });

  test('two projectors at once come to the same rows, nothing counted twice', async () => {
    const ledger = await ledgerOf(kind, history.length);
    const second = await ledger.second();
    for (const projection of allProjections) {
      const [one, other] = await Promise.all([
        catchUp(ledger.ports, projection),
        catchUp(second, projection),
        catchUp(ledger.ports, projection),
      ]);
      expect(other).toBe(one);
      expect(await rowsOf(second, projection)).toBe(text(folded(projection, events).rows));
    }
    await ledger.close();
  });

  test('a view as known at any position is the fold of that prefix', async () => {
    const ledger = await ledgerOf(kind, history.length);
    const stored = await ledger.ports.store.readAll({ after: null, maxCount: 1000, types: null });
    for (const projection of allProjections) {
      for (const count of [1, 5, 17, 33, stored.length]) {
        const view = await viewOf(ledger.ports, projection, stored[count - 1]!.position);
        const expected = folded(projection, events.slice(0, count)).rows;
        expect(canonicalJson(await view.rows(''))).toBe(
          canonicalJson([...expected].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, value]) => value)),
        );
      }
    }
    await ledger.close();
  });
});

const rows = <T>(name: string, prefix: string): T[] => {
  const projection = allProjections.find((candidate) => candidate.name === name)!;
  return [...folded(projection, events).rows].filter(([key]) => key.startsWith(prefix)).map(([, value]) => value as T);
};

describe('what the rows say', () => {
  test('the directory knows what became of each run', () => {
    const runRows = rows<RunRow>('run-directory', 'id/')
      .toSorted((left, right) => left.number - right.number)
      .map(({ name, status, grade }) => `${name} ${status} ${grade ?? ''}`.trim());
    expect(runRows).toEqual([
      'stocks accepted CERTIFIED',
      'funds accepted CERTIFIED',
      'coins accepted CERTIFIED',
      'odd accepted CERTIFIED',
      'stocks accepted CERTIFIED',
      'stocks ineligible INELIGIBLE',
      'whole allocated',
      'nested allocated',
      'whole allocated',
      'whole allocated',
      'apart parity_rejected',
      'apart allocated',
      'whole tested',
      'desk tested',
      'futures combined',
      'desk failed',
      'futures refused',
      'bonds ranked',
      'bonds failed',
      'bonds opened',
    ]);
  });

  test('the directory has backtests and combinations with what they tested, read and failed at', () => {
    const byId = new Map(rows<RunRow>('run-directory', 'id/').map((row) => [row.runId, row]));
    expect(byId.get('t1')).toMatchObject({
      kind: 'backtest',
      name: 'desk',
      asOf: '2024-01-10',
      risks: ['hrp'],
      failed: ['barbell'],
      consumed: ['b1'],
      why: 'barbell: too few',
      grade: null,
    });
    expect(byId.get('t2')).toMatchObject({ status: 'failed', risks: [], failed: ['hrp'], consumed: [], why: 'hrp: no rows' });
    expect(byId.get('c1')).toMatchObject({ kind: 'combination', name: 'futures', asOf: '2025-07-17', why: null });
    expect(byId.get('c2')).toMatchObject({ asOf: null, why: expect.stringContaining('gross and net cannot be kept together') });
    expect(rows('run-directory', 'newest/backtest/')).toEqual([
      { kind: 'backtest', name: 'whole', runId: expect.stringContaining('whole-2022-12-30-') },
      { kind: 'backtest', name: 'desk', runId: 't2' },
    ]);
    expect(rows('run-directory', 'of/backtest/desk/')).toEqual([{ runId: 't1' }, { runId: 't2' }]);
  });

  test('the directory says of a sleeve run how many won of how many, and which of its windows were aborted', () => {
    const byId = new Map(rows<RunRow>('run-directory', 'id/').map((row) => [row.runId, row]));
    expect(byId.get('p1')).toMatchObject({ kind: 'sleeve', name: 'bonds', selection: { won: 2, of: 4, windows: 2, aborted: 1 } });
    expect(byId.get('m1')).not.toHaveProperty('selection');
  });

  test('the directory has tournaments under the sleeve, with who competed and who could not', () => {
    const byId = new Map(rows<RunRow>('run-directory', 'id/').map((row) => [row.runId, row]));
    expect(byId.get('m1')).toMatchObject({
      kind: 'tournament',
      name: 'bonds',
      asOf: '2024-01-10',
      status: 'ranked',
      risks: ['equal_weight'],
      failed: ['d'],
      consumed: ['b1'],
      why: 'd: too few rows',
    });
    expect(byId.get('m2')).toMatchObject({ status: 'failed', failed: ['a'], consumed: [], why: 'no entrant could be run' });
    expect(rows('run-directory', 'newest/tournament/')).toEqual([{ kind: 'tournament', name: 'bonds', runId: 'm2' }]);
  });

  test('a backtest whose last fact is not recorded yet is unfinished', () => {
    const end = events.findIndex((event) => event.type === 'BacktestCompleted' && event.data.runId === 't1');
    const projection = allProjections.find(({ name }) => name === 'run-directory')!;
    expect(folded(projection, events.slice(0, end)).rows.get('id/t1')).toMatchObject({ status: 'unfinished', risks: [], failed: [] });
  });

  test('the current weights hold each allocation with the sleeve weights of its root, and leave no scaffolding behind', () => {
    const allocations = rows<AllocationRow>('current-weights', 'run/');
    expect(allocations.map(({ meta, risk }) => `${meta} ${risk}`).toSorted()).toEqual([
      'apart hrp',
      'nested hrp',
      'whole equal_weight',
      'whole hrp',
      'whole hrp',
      'whole hrp',
    ]);
    for (const { sleeves, weights } of allocations) {
      const sum = Object.values(sleeves).reduce((total, { bounded }) => total + bounded, 0);
      expect(Math.abs(sum - 1)).toBeLessThan(1e-9);
      expect(Object.keys(weights).length).toBeGreaterThan(0);
    }
    expect(Object.keys(allocations.find(({ meta }) => meta === 'nested')!.sleeves).toSorted()).toEqual(['coins', 'listed']);
  });

  test('what was tested of a portfolio, with the Sharpe ratio per row of each profile', () => {
    const trials = rows<TrialRow>('backtest-trials', trialPrefix('whole'));
    const started = events.flatMap((event) => (event.type === 'BacktestStarted' && event.data.meta === 'whole' ? [event.data.runId] : []));
    const ended = events.flatMap((event) => (event.type === 'BacktestCompleted' ? [event.data] : []));
    const completed = ended.filter(({ runId }) => started.includes(runId));
    expect(trials.map(({ runId }) => runId)).toEqual(completed.map(({ runId }) => runId));
    expect(trials[0]!.tested.map(({ risk, sharpePerRow }) => [risk, sharpePerRow])).toEqual(
      completed[0]!.tested.map(({ risk, metrics }) => [risk, metrics.sharpe! / Math.sqrt(metrics.annualisationDays)]),
    );
    expect(rows('backtest-trials', trialPrefix('pair'))).toEqual([]);
  });

  test('who competed for a sleeve, under each of its names, and one text for entrants with one stream', () => {
    const [trial, ...others] = rows<TrialRow>('backtest-trials', sleeveTrialPrefix('bonds'));
    expect(others).toEqual([]);
    expect(trial!.tested).toEqual([
      { risk: 'a', figures: 'a'.repeat(64), sharpePerRow: 0.1 },
      { risk: 'b', figures: 'a'.repeat(64), sharpePerRow: 0.1 },
      { risk: 'c', figures: 'c'.repeat(64), sharpePerRow: 0.2 },
    ]);
    expect(rows('backtest-trials', sleeveTrialPrefix('bonds_plain'))).toEqual([trial]);
    expect(rows('backtest-trials', trialPrefix('bonds'))).toEqual([]);
  });

  test('which sleeves are out of use', () => {
    expect(rows('sleeve-directory', 'state/')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ sleeve: 'coins', quarantinedWhy: null }),
        expect.objectContaining({ sleeve: 'funds', quarantinedWhy: 'outage' }),
        expect.objectContaining({ sleeve: 'stocks', runs: 2 }),
      ]),
    );
  });

  test('which waivers stand, and nothing else of parity', () => {
    const { rows: kept } = folded(parityRecord, events);
    expect([...kept].map(([key]) => key.split('/').slice(0, 2).join('/'))).toEqual(['waiver/apart']);
  });
});
