/** SQLite against the store in memory, which is the oracle: every answer of every sequence of commands is the same. */
import { join } from 'node:path';
import { rmSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import * as fc from 'fast-check';
import { createMemoryStore, type MemoryStore } from '../../infra/memory/memory-store.ts';
import { openSqlite, type SqliteLedger } from '../../infra/sqlite/open.ts';
import type { EventToAppend, ExpectedRevision, StoredEvent } from '../../handlers/ports/ports.ts';
import { comparable } from '../contract/event-store-bench.ts';
import { reportFigures } from '../support/figures.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { sampleEvents, tailOf } from '../support/sample-events.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { p, rowsWith, written } from '../support/rows.ts';
import { addressesIn } from '../support/artifact-addresses.ts';

const directory = scratchDirectory();
const streams = ['sleeveRun-a', 'sleeveRun-b', 'metaRun-c'] as const;
const types = ['ThingSeen', 'ThingHeard', 'ThingFelt'] as const;
const create = { access: 'write', create: true } as const;
/** Beyond the end of any stream here. */
const end = 1_000n;

type Stream = (typeof streams)[number];

interface Sent {
  readonly stream: Stream;
  readonly events: readonly EventToAppend[];
  readonly expectedRevision: ExpectedRevision;
}

interface Model {
  readonly memory: MemoryStore;
  readonly sent: Sent[];
}

interface Real {
  readonly file: string;
  ledger: SqliteLedger;
  commands: number;
}

/** What an operation answered or why it was refused, in a form that both stores must share. */
async function outcome(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return { answer: await work() };
  } catch (error) {
    const { code, evidence } = error as { code?: string; evidence?: unknown };
    if (code === undefined) throw error;
    return { code, evidence };
  }
}

async function both(model: Model, real: Real, work: (store: MemoryStore | SqliteLedger) => Promise<unknown>): Promise<void> {
  real.commands++;
  expect(await outcome(() => work(real.ledger))).toEqual(await outcome(() => work(model.memory)));
}

async function send(model: Model, real: Real, sent: Sent): Promise<void> {
  await both(model, real, async ({ store }) => {
    const answer = await store.append(sent.stream, sent.events, { expectedRevision: sent.expectedRevision });
    return { already: answer.already, events: answer.events.map(comparable) };
  });
}

type Command = fc.AsyncCommand<Model, Real>;

function command(name: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return { check: () => true, run, toString: () => name };
}

/** `offset` from the true revision: 0 is right, negative is behind, positive ahead. */
function append(stream: Stream, offset: number, count: number, type: string): Command {
  return command(`append(${stream}, ${offset}, ${count}, ${type})`, async (model, real) => {
    const last = (await model.memory.store.readStream(stream, { from: end, maxCount: 1, direction: 'backwards' }))[0];
    const tail = tailOf(last);
    const expected = tail.revision + offset;
    const events = sampleEvents({ stream, count, tail, type, commandId: `command ${model.sent.length}` });
    const sent: Sent = { stream, events, expectedRevision: expected < 0 ? 'none' : BigInt(expected) };
    model.sent.push(sent);
    await send(model, real, sent);
  });
}

type Change = 'same' | 'first only' | 'all but the first' | 'with one more' | 'other content' | 'to another stream';

/** Sends an earlier append again, as it was or changed. */
function retry(which: number, change: Change): Command {
  return command(`retry(${which}, ${change})`, async (model, real) => {
    const sent = model.sent[which % Math.max(1, model.sent.length)];
    if (sent === undefined) return;
    const { events, stream } = sent;
    const altered: Record<Change, Sent> = {
      same: sent,
      'first only': { ...sent, events: events.slice(0, 1) },
      'all but the first': { ...sent, events: events.slice(1) },
      'with one more': { ...sent, events: [...events, ...sampleEvents({ stream, count: 1, commandId: 'one more' })] },
      'other content': {
        ...sent,
        events: events.map((event, index) => (index === events.length - 1 ? { ...event, contentHash: 'e'.repeat(64) } : event)),
      },
      'to another stream': { ...sent, stream: streams[(streams.indexOf(stream) + 1) % streams.length]! },
    };
    await send(model, real, altered[change]);
  });
}

function readStream(stream: Stream, from: number, maxCount: number, direction: 'forwards' | 'backwards'): Command {
  return command(`readStream(${stream}, ${from}, ${maxCount}, ${direction})`, (model, real) =>
    both(model, real, async ({ store }) => (await store.readStream(stream, { from: BigInt(from), maxCount, direction })).map(comparable)),
  );
}

/** `skip`: how many events to read first, to get a position, as positions differ between stores. */
function readAll(skip: number, maxCount: number, wanted: readonly string[] | null): Command {
  return command(`readAll(${skip}, ${maxCount}, ${JSON.stringify(wanted)})`, (model, real) =>
    both(model, real, async ({ store }) => {
      const before: readonly StoredEvent[] = skip === 0 ? [] : await store.readAll({ after: null, maxCount: skip, types: null });
      return (await store.readAll({ after: before.at(-1)?.position ?? null, maxCount, types: wanted })).map(comparable);
    }),
  );
}

function project(key: string, stale: boolean): Command {
  return command(`project(${key}, ${stale})`, (model, real) =>
    both(model, real, async ({ readModels }) => {
      const at = await readModels.checkpoint(p);
      const next = String(Number(at ?? 0) + 1);
      await readModels.commit(p, [written(key, key.length % 2 === 0 ? null : { next }, next)], next, stale ? '999' : at);
      return [await rowsWith(readModels, p, key.slice(0, 1)), await readModels.versions(p, { after: null, limit: 1000 })];
    }),
  );
}

const putArtifact = (size: number): Command =>
  command(`putArtifact(${size})`, (model, real) =>
    both(model, real, async ({ artifacts }) => {
      const info = await artifacts.put(Buffer.alloc(size, size % 251));
      return { info, listed: await addressesIn(artifacts), length: (await artifacts.get(info.sha256)).length };
    }),
  );

const reopen = command('reopen', async (_, real) => {
  real.ledger.close();
  real.ledger = openSqlite(real.file, create);
});

const resetProjection = command('resetProjection', (model, real) => both(model, real, async ({ readModels }) => readModels.reset(p)));

const checkpointWal = command('checkpointWal', async (_, real) => {
  const other = new Database(real.file);
  other.pragma('wal_checkpoint(TRUNCATE)');
  other.close();
});

const anyStream = fc.constantFrom(...streams);
const anyCommand: fc.Arbitrary<Command>[] = [
  fc
    .tuple(anyStream, fc.constantFrom(0, 0, 0, 0, -1, -2, 1, 3), fc.integer({ min: 1, max: 4 }), fc.constantFrom(...types))
    .map((given) => append(...given)),
  fc
    .tuple(
      fc.nat(30),
      fc.constantFrom<Change>('same', 'same', 'first only', 'all but the first', 'with one more', 'other content', 'to another stream'),
    )
    .map((given) => retry(...given)),
  fc
    .tuple(anyStream, fc.nat(12), fc.integer({ min: 1, max: 6 }), fc.constantFrom('forwards' as const, 'backwards' as const))
    .map((given) => readStream(...given)),
  fc.tuple(fc.nat(12), fc.integer({ min: 1, max: 6 }), fc.option(fc.subarray([...types]))).map((given) => readAll(...given)),
  fc.tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }), fc.boolean()).map((given) => project(...given)),
  fc.constantFrom(0, 1, 1, 600_000).map(putArtifact),
  fc.constant(reopen),
  fc.constant(checkpointWal),
  fc.constant(resetProjection),
];

describe('SQLite against memory', () => {
  test('answers every sequence of commands alike', async () => {
    const runs = propertyRuns(60);
    let commands = 0;
    let sequence = 0;
    const checked = await fc.check(
      fc.asyncProperty(fc.commands(anyCommand, { maxCommands: 40, size: 'max' }), async (sequenceOfCommands) => {
        const file = join(directory, `model-${sequence++}.sqlite`);
        const real: Real = { file, ledger: openSqlite(file, create), commands: 0 };
        try {
          await fc.asyncModelRun(() => ({ model: { memory: createMemoryStore(), sent: [] }, real }), sequenceOfCommands);
          expect(real.ledger.integrity()).toEqual([]);
        } finally {
          commands += real.commands;
          real.ledger.close();
          rmSync(file, { force: true });
        }
      }),
      { numRuns: runs },
    );
    reportFigures({
      test: 'C2 model: SQLite against memory',
      seed: checked.seed,
      trials: checked.numRuns,
      commands,
      counterexamples: checked.failed ? 1 : 0,
    });
    if (checked.failed) throw new Error(fc.defaultReportMessage(checked));
    expect(commands).toBeGreaterThan(runs);
  }, 3_600_000);
});
