/** A copy between stores in memory: whole answers, every refusal, and what is appended together. */
import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { copyArtifacts } from '../../../handlers/ledger/copy-artifacts.ts';
import { type CopyEnd, copyLedger } from '../../../handlers/ledger/copy.ts';
import { CopyTarget } from '../../../handlers/ledger/copy-target.ts';
import type { Artifacts, EventStore, Progress, StoredEvent } from '../../../handlers/ports/ports.ts';
import { createMerkleTree } from '../../../domain/audit/merkle.ts';
import { fromHex, toHex } from '../../../domain/shared/hashing.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { createMemoryStore, type MemoryStore } from '../../../infra/memory/memory-store.ts';
import { addressesIn } from '../../support/artifact-addresses.ts';
import { addRun, storeLike } from '../../support/ledger-session.ts';
import { paddedData, sampleEvents, sha256, tailOf } from '../../support/sample-events.ts';

const crypto = createNodeCrypto();
const never = new AbortController().signal;
const interrupted = AbortSignal.abort();

/** Everything that is told of the progress of a copy. */
class Told implements Progress {
  readonly lines: string[] = [];

  start(label: string, total: number): void {
    this.lines.push(`start ${label} of ${total}`);
  }

  advance(done: number): void {
    this.lines.push(`at ${done}`);
  }

  stop(): void {
    this.lines.push('stop');
  }
}

function eventsIn(store: EventStore): Promise<readonly StoredEvent[]> {
  return store.readAll({ after: null, maxCount: 1_000, types: null });
}

async function refusalOf(asked: Promise<unknown>) {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const { code, message, evidence } = error;
    return { code, message, evidence };
  }
}

/** RFC 6962 root over the hashes of the events, by the domain's own tree. */
function rootOf(events: readonly StoredEvent[]): string {
  const tree = createMerkleTree(sha256);
  for (const { hash } of events) tree.append(fromHex(hash));
  return toHex(tree.root());
}

async function filled(...runs: readonly string[]): Promise<MemoryStore> {
  const memory = createMemoryStore();
  for (const run of runs) await addRun(memory.store, run);
  return memory;
}

const copied = (from: CopyEnd, to: CopyEnd, told = new Told(), signal = never) =>
  refusalOf(copyLedger({ crypto, progress: told }, from, to, signal));

describe('a copy', () => {
  test('answers with what it has copied and both roots, and is told as it goes', async () => {
    const [source, target] = [await filled('a', 'b'), createMemoryStore()];
    await source.artifacts.put(Buffer.from('one'));
    const told = new Told();
    const root = rootOf(await eventsIn(source.store));
    expect(await copied(source, target, told)).toEqual({
      events: 6,
      artifacts: 1,
      alreadyThere: 0,
      size: 6,
      root,
      targetRoot: root,
      fenced: false,
    });
    expect(told.lines).toEqual(['start copy of 0', 'start read back of 6', 'stop']);
    const [there, here] = [await eventsIn(target.store), await eventsIn(source.store)];
    expect(there.map(({ hash }) => hash)).toEqual(here.map(({ hash }) => hash));
  });

  test('completes a target that holds a beginning of the source, and copies nothing twice', async () => {
    const [source, target] = [await filled('a', 'b'), await filled('a')];
    expect(await copied(source, target)).toMatchObject({ events: 3, artifacts: 0, alreadyThere: 3, size: 6 });
    expect(await copied(source, target)).toMatchObject({ events: 0, artifacts: 0, alreadyThere: 6, size: 6 });
  });

  test('keeps writers out of the source until it ends, whichever way', async () => {
    const fences: string[] = [];
    const source = await filled('a');
    const fenced: CopyEnd = {
      ...source,
      fence: async () => {
        fences.push('up');
        return () => fences.push('down');
      },
    };
    expect(await copied(fenced, createMemoryStore())).toMatchObject({ events: 3, fenced: true });
    expect(fences).toEqual(['up', 'down']);
    expect(await copied(fenced, await filled('b'))).toMatchObject({ code: 'CopyTargetNotEmpty' });
    expect(fences).toEqual(['up', 'down', 'up', 'down']);
  });

  test('of nothing is refused', async () => {
    const told = new Told();
    expect(await copied(createMemoryStore(), createMemoryStore(), told)).toEqual({
      code: 'LedgerMissing',
      message: 'there is no ledger to copy',
      evidence: {},
    });
    expect(told.lines).toEqual(['start copy of 0', 'stop']);
  });

  test('is told, and can be interrupted, at every thousand events', async () => {
    const source = createMemoryStore();
    await addRun(source.store, 'a', 1_000);
    const told = new Told();
    expect(await copied(source, createMemoryStore(), told)).toMatchObject({ events: 1_000 });
    expect(told.lines).toEqual(['start copy of 0', 'at 1000', 'start read back of 1000', 'at 1000', 'stop']);
    expect(await copied(source, createMemoryStore(), told, interrupted)).toEqual({
      code: 'Interrupted',
      message: 'interrupted; the same command completes the copy',
      evidence: { events: 1_000 },
    });
  });

  test('names the event of the source that does not verify, and what its bytes are', async () => {
    const source = await filled('a');
    const damaged = storeLike(source.store, {
      readAll: async (options) =>
        (await source.store.readAll(options)).map((event) => (event.revision === 1n ? { ...event, hash: 'f'.repeat(64) } : event)),
    });
    const event = (await eventsIn(source.store))[1]!;
    expect(await copied({ ...source, store: damaged }, createMemoryStore())).toEqual({
      code: 'ChainBroken',
      message: expect.stringMatching(/^event 1 of stream "sleeveRun-a" of the source does not verify \(\w+\)$/),
      evidence: {
        kind: expect.any(String),
        stream: 'sleeveRun-a',
        revision: 1,
        position: event.position,
        expected: expect.any(String),
        actual: expect.any(String),
      },
    });
  });

  test('copies no event of the ledger that stands where none of its kind may', async () => {
    const source = await filled('a');
    const [jump] = sampleEvents({ stream: 'sleeve-x', count: 1, type: 'ClockJumpAccepted' });
    await source.store.append('sleeve-x', [jump!], { expectedRevision: 'none' });
    expect(await copied(source, createMemoryStore())).toEqual({
      code: 'ChainBroken',
      message: 'event 0 of stream "sleeve-x" of the source does not verify (event_misplaced)',
      evidence: {
        kind: 'event_misplaced',
        stream: 'sleeve-x',
        revision: 0,
        position: '28',
        expected: 'ClockJumpAccepted in stream ledger',
        actual: 'in stream sleeve-x',
      },
    });
  });

  test('is refused at the end where the target holds more than was copied', async () => {
    const [source, target] = [await filled('a'), createMemoryStore()];
    const meddled = storeLike(target.store, {
      append: async (stream, events, options) => {
        const answer = await target.store.append(stream, events, options);
        await addRun(target.store, 'meddler', 1);
        return answer;
      },
    });
    const refusal = await copied(source, { ...target, store: meddled });
    expect(refusal).toEqual({
      code: 'CopyTargetNotEmpty',
      message: 'source and target differ after the copy: somebody else has written to the target',
      evidence: {
        size: 3,
        root: rootOf(await eventsIn(source.store)),
        targetRoot: rootOf(await eventsIn(target.store)),
        targetSize: 4,
      },
    });
  });

  test('is refused at the end where the target gives back other events than were copied', async () => {
    const [source, target, other] = [await filled('a'), createMemoryStore(), await filled('b')];
    const exchanged = storeLike(target.store, {
      readAll: async (options) => ((await target.store.head()) === null ? [] : other.store.readAll(options)),
    });
    const root = rootOf(await eventsIn(source.store));
    expect(await copied(source, { ...target, store: exchanged })).toEqual({
      code: 'CopyTargetNotEmpty',
      message: 'source and target differ after the copy: somebody else has written to the target',
      evidence: { size: 3, root, targetRoot: rootOf(await eventsIn(other.store)), targetSize: 3 },
    });
  });

  test('gives up on a source that grows in every round', async () => {
    const source = await filled('a');
    let runs = 0;
    const growing = storeLike(source.store, {
      head: async () => {
        await addRun(source.store, `more-${runs++}`, 1);
        return source.store.head();
      },
    });
    expect(await copied({ ...source, store: growing }, createMemoryStore())).toEqual({
      code: 'StoreBusy',
      message: `the source has grown ${limits.copyRoundsMax} times while it was copied: stop what writes to it, then copy again`,
      evidence: { events: 3 + limits.copyRoundsMax },
    });
  });
});

/** The streams and revisions that each append wrote. */
function watchedStore(store: EventStore): { readonly store: EventStore; readonly appends: string[] } {
  const appends: string[] = [];
  const append: EventStore['append'] = (stream, events, options) => {
    appends.push(`${stream}+${events.length} behind ${options.expectedRevision}`);
    return store.append(stream, events, options);
  };
  return { store: storeLike(store, { append }), appends };
}

const noArtifacts = (): Promise<void> => Promise.resolve();

const shownAs = (event: StoredEvent): string => `SampleRecorded, ${event.stream}@${event.revision}, ${event.hash}`;

const parted = (leafIndex: number, source: string, target: string) => ({
  code: 'CopyTargetNotEmpty',
  message: `the target is not a beginning of the source: they part at leaf ${leafIndex}`,
  evidence: { leafIndex, source, target },
});

const failing = (error: Error): CopyTarget =>
  new CopyTarget(storeLike(createMemoryStore().store, { append: () => Promise.reject(error) }), noArtifacts);

describe('the target of a copy', () => {
  test('takes neighbours of one stream together, in their order', async () => {
    const source = await filled('a', 'b');
    await source.store.append(
      'sleeveRun-a',
      sampleEvents({ stream: 'sleeveRun-a', count: 1, tail: tailOf((await eventsIn(source.store))[2]) }),
      {
        expectedRevision: 2n,
      },
    );
    const { store, appends } = watchedStore(createMemoryStore().store);
    const before: number[] = [];
    const target = new CopyTarget(store, async () => {
      before.push(appends.length);
    });
    for (const event of await eventsIn(source.store)) await target.take(event);
    expect([target.appended, appends.length]).toEqual([6, 2]);
    await target.flush();
    await target.flush();
    expect({ appends, before, appended: target.appended }).toEqual({
      appends: ['sleeveRun-a+3 behind none', 'sleeveRun-b+3 behind none', 'sleeveRun-a+1 behind 2'],
      before: [0, 1, 2],
      appended: 7,
    });
  });

  test.each([
    ['as many bytes as an append may have', Math.floor(limits.eventBytesMax / 2), ['sleeveRun-a+2 behind none', 'sleeveRun-a+1 behind 1']],
    [
      'one byte more',
      Math.floor(limits.eventBytesMax / 2) + 1,
      ['sleeveRun-a+1 behind none', 'sleeveRun-a+1 behind 0', 'sleeveRun-a+1 behind 1'],
    ],
  ])('takes together %s', async (_, bytes, expected) => {
    const source = createMemoryStore();
    await addRun(source.store, 'a', 3);
    const { store, appends } = watchedStore(createMemoryStore().store);
    const withoutLimits = storeLike(store, {
      append: async (stream, events, options) => {
        appends.push(`${stream}+${events.length} behind ${options.expectedRevision}`);
        return { events: [], already: false };
      },
    });
    const target = new CopyTarget(withoutLimits, noArtifacts);
    for (const event of await eventsIn(source.store)) await target.take({ ...event, bytes: new Uint8Array(bytes) });
    await target.flush();
    expect(appends).toEqual(expected);
  });

  test('takes together as many events as an append may have', async () => {
    const source = createMemoryStore();
    const [first] = sampleEvents({ stream: 'sleeveRun-a', count: 1, data: () => paddedData(900) });
    const appends: number[] = [];
    const store = storeLike(source.store, {
      append: async (_, events) => {
        appends.push(events.length);
        return { events: [], already: false };
      },
    });
    const target = new CopyTarget(store, noArtifacts);
    for (let revision = 0n; revision <= limits.appendEventsMax; revision++)
      await target.take({ ...first!, bytes: new Uint8Array(1), stream: 'sleeveRun-a', revision, position: '7' });
    await target.flush();
    expect(appends).toEqual([limits.appendEventsMax, 1]);
  });

  test.each([
    ['stream', { stream: 'sleeveRun-x' }],
    ['revision', { revision: 9n }],
    ['id', { id: 'another' }],
    ['hash', { hash: 'f'.repeat(64) }],
  ])('parts from the source at an event with another %s', async (_, change) => {
    const held = await filled('a');
    const [first, second] = await eventsIn(held.store);
    const target = new CopyTarget(held.store, noArtifacts);
    await target.take(first!);
    const other = { ...second!, ...change };
    expect(await refusalOf(target.take(other))).toEqual(parted(1, shownAs(other), shownAs(second!)));
  });

  test('parts from a source that ends before it', async () => {
    const held = await filled('a');
    const events = await eventsIn(held.store);
    const target = new CopyTarget(held.store, noArtifacts);
    await target.take(events[0]!);
    expect(await refusalOf(target.requireEnd())).toEqual(parted(1, 'nothing', shownAs(events[1]!)));
    const whole = new CopyTarget(held.store, noArtifacts);
    for (const event of events) await whole.take(event);
    await whole.requireEnd();
    await whole.requireEnd();
    expect([whole.alreadyThere, whole.appended]).toEqual([3, 0]);
  });

  test('that somebody else writes is no target, and other failures of its store are told as they are', async () => {
    const [event] = await eventsIn((await filled('a')).store);

    const conflict = new LedgerError('WrongExpectedRevision', 'taken', { evidence: { stream: 'sleeveRun-a', expected: 'none' } });
    const busy = failing(conflict);
    await busy.take(event!);
    await expect(busy.flush()).rejects.toMatchObject({
      code: 'CopyTargetNotEmpty',
      message: 'stream "sleeveRun-a" of the target is written by somebody else',
      evidence: { stream: 'sleeveRun-a', expected: 'none' },
      cause: conflict,
    });
    expect(busy.appended).toBe(0);
    const full = failing(new LedgerError('StoreFull', 'no room'));
    await full.take(event!);
    expect(await refusalOf(full.flush())).toMatchObject({ code: 'StoreFull' });
  });
});

async function artifactsOf(...texts: readonly string[]): Promise<Artifacts> {
  const { artifacts } = createMemoryStore();
  for (const text of texts) await artifacts.put(Buffer.from(text));
  return artifacts;
}

/** How many each `putAll` was given. */
function watchedArtifacts(artifacts: Artifacts): Artifacts & { readonly puts: number[] } {
  const puts: number[] = [];
  return {
    puts,
    put: (bytes) => artifacts.put(bytes),
    get: (address) => artifacts.get(address),
    has: (address) => artifacts.has(address),
    list: (options) => artifacts.list(options),
    putAll: (contents) => {
      puts.push(contents.length);
      return artifacts.putAll(contents);
    },
  };
}

describe('artifacts of a copy', () => {
  test('are those that the target lacks, in one go, wherever they stand in the order of addresses', async () => {
    const texts = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const there of [[], ['a'], ['b', 'e'], ['c', 'x', 'y'], texts]) {
      const [from, to] = [await artifactsOf(...texts), watchedArtifacts(await artifactsOf(...there))];
      const lacking = texts.filter((text) => !there.includes(text));
      expect(await copyArtifacts(from, to, never)).toBe(lacking.length);
      expect(to.puts).toEqual(lacking.length === 0 ? [] : [lacking.length]);
      expect((await addressesIn(to)).length).toBe(new Set([...texts, ...there]).size);
    }
  });

  test('go together up to so many bytes', async () => {
    const half = new Uint8Array(limits.copyArtifactBytesMax / 2);
    const from = { ...watchedArtifacts(await artifactsOf('a', 'b', 'c')), get: async () => half };
    const puts: number[] = [];
    const to = {
      ...watchedArtifacts(await artifactsOf()),
      putAll: async (contents: readonly Uint8Array[]) => {
        puts.push(contents.length);
        return [];
      },
    };
    expect(await copyArtifacts(from, to, never)).toBe(3);
    expect(puts).toEqual([2, 1]);
  });

  test('stop where the copy is interrupted, with what was put', async () => {
    const to = watchedArtifacts(await artifactsOf());
    expect(await refusalOf(copyArtifacts(await artifactsOf('a'), to, interrupted))).toEqual({
      code: 'Interrupted',
      message: 'interrupted; the same command completes the copy',
      evidence: {},
    });
    expect(to.puts).toEqual([1]);
  });
});
