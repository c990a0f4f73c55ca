/** Copies between all stores: the same bytes in the same order under the same root, whatever interrupts them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTools, openStore } from '../../../bin/adapters.ts';
import { auditLines } from '../../../handlers/audit/audit-lines.ts';
import { everything } from '../../../handlers/audit/selection.ts';
import { createDeliveries } from '../../../handlers/runtime/deliveries.ts';
import { type CopyEnd, copyLedger } from '../../../handlers/ledger/copy.ts';
import { limits } from '../../../domain/shared/limits.ts';
import type { StoredEvent } from '../../../handlers/ports/ports.ts';
import { environmentNames } from '../../../handlers/runtime/settings.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import { createProgress } from '../../../infra/system/progress.ts';
import { comparable } from '../../contract/event-store-bench.ts';
import type { Answer } from '../../support/cli.ts';
import { FakeEventStoreDb } from '../../support/fake-eventstoredb/fake-server.ts';
import { addRun, storeLike } from '../../support/ledger-session.ts';
import { paddedData, sampleEvents } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { SealedLedger } from '../../support/sealed-ledger.ts';
import { addressesIn } from '../../support/artifact-addresses.ts';

const directory = scratchDirectory();
const tools = { crypto: createNodeCrypto(), progress: createProgress(false) };
const allTools = createTools({ logLevel: 'silent', isTerminal: false });
const never = new AbortController().signal;
const copy = (from: CopyEnd, to: CopyEnd): ReturnType<typeof copyLedger> => copyLedger(tools, from, to, never);

async function contentOf(
  location: string,
): Promise<{ readonly events: readonly Record<string, unknown>[]; readonly artifacts: readonly string[] }> {
  const { store, artifacts } = await openStore(location, 'inspect');
  const events: StoredEvent[] = [];
  for (let page: readonly StoredEvent[] = []; ;) {
    page = await store.readAll({ after: events.at(-1)?.position ?? null, maxCount: 1_000, types: null });
    events.push(...page);
    if (page.length < 1_000) break;
  }
  const content = { events: events.map(comparable), artifacts: await addressesIn(artifacts) };
  await store.close();
  return content;
}

describe('ledger copy', () => {
  const ledger = new SealedLedger(directory);
  const servers: FakeEventStoreDb[] = [];
  const { bench } = ledger;
  let given: string[];
  let content: Awaited<ReturnType<typeof contentOf>>;

  const run = async (...argv: string[]): Promise<Answer & { readonly exit: number }> => bench.json(argv);
  const server = async (name: string): Promise<string> => {
    const fake = await FakeEventStoreDb.start();
    servers.push(fake);
    return fake.location
      .replace('esdb://', 'esdb://ops:correct-horse@')
      .concat(`&readModels=${encodeURIComponent(bench.path(`${name}.readmodels.sqlite`))}`);
  };

  beforeAll(async () => {
    await ledger.fill();
    given = ['--key', `${ledger.bench.store}.key`, '--witness', ledger.witness];
    content = await contentOf(bench.store);
  }, 60_000);
  afterAll(async () => {
    for (const fake of servers) await fake.stop();
  });

  test('goes from file to server to server to file to file, and every checkpoint ever witnessed verifies on each copy', async () => {
    const verifierKey = (JSON.parse(readFileSync(`${bench.store}.key`, 'utf8')) as { verifierKey: string }).verifierKey;
    const stores = [bench.store, await server('first'), await server('second'), bench.path('third.sqlite'), bench.path('fourth.sqlite')];
    const roots = new Set<unknown>();
    const exported = async (store: string): Promise<string[]> => {
      const texts: string[] = [];
      for (const selection of [['--all'], ['--run', ledger.metaRun]]) {
        const file = bench.path('exported.jsonl');
        const written = await run('audit', 'export', ...selection, '-o', file, '--force', '--store', store, ...given);
        expect(written).toMatchObject({ exit: 0, result: { signed: true } });
        texts.push(readFileSync(file, 'utf8'));
      }
      return texts;
    };
    const original = await exported(bench.store);
    for (const [index, to] of stores.slice(1).entries()) {
      const copied = await run('ledger', 'copy', '--from', stores[index]!, '--to', to);
      expect(copied).toMatchObject({
        exit: 0,
        result: { events: content.events.length, artifacts: content.artifacts.length, alreadyThere: 0, size: content.events.length },
      });
      expect(JSON.stringify(copied)).not.toContain('correct-horse');
      expect(copied.result['fenced']).toBe(index === 0 || index === 3);
      expect(copied.result['root']).toBe(copied.result['targetRoot']);
      roots.add(copied.result['root']);
      expect(await contentOf(to)).toEqual(content);
      // An export holds what the ledger is, and nothing of the store that it lies in.
      expect(await exported(to)).toEqual(original);
      expect(await run('ledger', 'verify', '--store', to, ...given)).toMatchObject({
        exit: 0,
        result: { faults: [], events: content.events.length },
      });
      for (const file of readdirSync(ledger.witness).filter((name) => /^\d{12}\.checkpoint$/.test(name))) {
        const verified = await run('ledger', 'verify', '--store', to, '--checkpoint', join(ledger.witness, file), '--vkey', verifierKey);
        expect(verified).toMatchObject({ exit: 0, result: { faults: [], witnessedTo: Number(file.slice(0, 12)) } });
      }
    }
    expect(roots.size).toBe(1);
    const last = { environment: { [environmentNames.store]: stores.at(-1)! } };
    expect(await bench.json(['replay', '--all'], last)).toMatchObject({ exit: 0, result: { different: [] } });
    expect((await bench.json(['weights', '--meta', 'whole'], last)).result).toEqual((await run('weights', '--meta', 'whole')).result);
    expect(await run('ledger', 'copy', '--to', stores.at(-1)!)).toMatchObject({
      exit: 0,
      result: { events: 0, artifacts: 0, alreadyThere: content.events.length },
    });
  }, 60_000);

  test('into memory leaves the bytes of an export as they are', async () => {
    const memory = createMemoryStore();
    const source = await openStore(bench.store, 'inspect');
    await copy(source, memory);
    const options = { knownAt: null, seal: 'newest', origin: 'one', signer: null, positions: false, filesOf: null } as const;
    const everywhere: string[] = [];
    for (const { store, artifacts, readModels, checkpoints } of [source, memory]) {
      const ports = { ...allTools, store, artifacts, readModels, checkpoints, deliveries: createDeliveries(store) };
      let text = '';
      for await (const line of auditLines(ports, { ...everything, ...options })) text += line;
      everywhere.push(text);
    }
    expect(everywhere[1]).toBe(everywhere[0]);
    await source.store.close();
  });

  test('reports where key and witness are, and a ledger that goes on in both stores is refused at its next seal', async () => {
    const to = bench.path('goes-on.sqlite');
    const copied = await run('ledger', 'copy', '--to', to);
    expect(copied.result).toMatchObject({ keyFile: `${bench.store}.key`, witness: ledger.witness });
    expect(await run('ledger', 'seal', '--store', to)).toMatchObject({ exit: 66, error: { code: 'KeyMissing' } });
    const quarantine = ['sleeve', 'quarantine', 'stocks', '--why'];
    expect(await run(...quarantine, 'in the copy', '--store', to, ...given)).toMatchObject({ exit: 0 });
    expect(await run('ledger', 'verify', '--store', to, ...given)).toMatchObject({ exit: 0 });

    const source = ledger.copy('source.sqlite');
    expect(await run(...quarantine, 'in the source', '--store', source, ...given)).toMatchObject({
      exit: 1,
      error: { code: 'CheckpointInconsistent' },
    });
    const parted = await run('ledger', 'copy', '--from', source, '--to', to);
    expect(parted).toMatchObject({ exit: 2, error: { code: 'CopyTargetNotEmpty', evidence: { leafIndex: content.events.length } } });
  });

  test('refuses a missing source without making the target, a target of another ledger untouched, and itself', async () => {
    const to = bench.path('never-made.sqlite');
    expect(await run('ledger', 'copy', '--from', bench.path('missing.sqlite'), '--to', to)).toMatchObject({
      exit: 66,
      error: { code: 'LedgerMissing' },
    });
    expect(readdirSync(bench.directory)).not.toContain('never-made.sqlite');
    const other = bench.path('other.sqlite');
    expect(await run('ledger', 'init', '--store', other)).toMatchObject({ exit: 0 });
    const before = await contentOf(other);
    expect(await run('ledger', 'copy', '--to', other)).toMatchObject({
      exit: 2,
      error: { code: 'CopyTargetNotEmpty', evidence: { leafIndex: 0 } },
    });
    expect(await contentOf(other)).toEqual(before);
    expect(await run('ledger', 'copy', '--to', bench.store)).toMatchObject({ exit: 2, error: { code: 'Usage' } });
  });

  test('stops where it is asked to, and is completed by the same command', async () => {
    const to = bench.path('interrupted.sqlite');
    const stopped = await bench.json(['ledger', 'copy', '--to', to], { signal: AbortSignal.abort() });
    expect(stopped).toMatchObject({ exit: 130, error: { code: 'Interrupted' } });
    expect(await run('ledger', 'copy', '--to', to)).toMatchObject({ exit: 0 });
    expect(await contentOf(to)).toEqual(content);
  });
});

describe('a copy', () => {
  test('keeps the order of streams that interleave, and appends neighbours of one stream at once within the limits', async () => {
    const source = createMemoryStore();
    const target = createMemoryStore();
    for (const name of ['a', 'b', 'c']) await addRun(source.store, name, 2);
    const long = sampleEvents({ stream: 'sleeveRun-long', count: 1_200 });
    await source.store.append('sleeveRun-long', long.slice(0, 700), { expectedRevision: 'none' });
    await source.store.append('sleeveRun-long', long.slice(700), { expectedRevision: 699n });
    const large = sampleEvents({ stream: 'sleeveRun-large', count: 5, data: () => paddedData(300_000) });
    for (const [index, event] of large.entries())
      await source.store.append('sleeveRun-large', [event], { expectedRevision: index === 0 ? 'none' : BigInt(index - 1) });
    const appends: [string, number][] = [];
    const counted = storeLike(target.store, {
      append: async (stream, events, options) => {
        appends.push([stream.slice('sleeveRun-'.length), events.length]);
        return target.store.append(stream, events, options);
      },
    });
    await copy(source, { ...target, store: counted });
    expect(appends).toEqual([
      ['a', 2],
      ['b', 2],
      ['c', 2],
      ['long', limits.appendEventsMax],
      ['long', 200],
      ['large', 3],
      ['large', 2],
    ]);
  });

  test('of a source that grows meanwhile reads on until it stands still, artifacts first', async () => {
    const source = createMemoryStore();
    const target = createMemoryStore();
    await addRun(source.store, 'first');
    let left = 5;
    const growing = storeLike(source.store, {
      readAll: async (options) => {
        const page = await source.store.readAll(options);
        if (left-- > 0) {
          await source.artifacts.put(Buffer.from(`artifact of ${left}`));
          await addRun(source.store, `grown-${left}`);
        }
        return page;
      },
    });
    const written: string[] = [];
    const watched: CopyEnd = {
      store: storeLike(target.store, {
        append: async (stream, ...given) => {
          written.push(stream);
          // Whatever a run may refer to is there before it.
          const grown = /grown-(\d)/.exec(stream)?.[1];
          if (grown !== undefined)
            expect(await target.artifacts.has(Buffer.from(tools.crypto.sha256(Buffer.from(`artifact of ${grown}`))).toString('hex'))).toBe(
              true,
            );
          return target.store.append(stream, ...given);
        },
      }),
      artifacts: target.artifacts,
    };
    await expect(copy({ ...source, store: growing }, watched)).resolves.toMatchObject({ events: 18, artifacts: 5, fenced: false });
    expect(written).toHaveLength(6);
  });

  test('of a source that never stands still gives up with advice, and is completed once it does', async () => {
    const source = createMemoryStore();
    const target = createMemoryStore();
    await addRun(source.store, 'first');
    let grown = 0;
    const restless = storeLike(source.store, {
      head: async () => {
        await addRun(source.store, `grown-${grown++}`, 1);
        return source.store.head();
      },
    });
    await expect(copy({ ...source, store: restless }, target)).rejects.toMatchObject({
      code: 'StoreBusy',
      evidence: { events: 3 + limits.copyRoundsMax },
    });
    await expect(copy(source, target)).resolves.toMatchObject({ events: 0, alreadyThere: 3 + limits.copyRoundsMax });
  });

  test('copies no damage: the event that does not verify is named, and nothing behind it is copied', async () => {
    const source = createMemoryStore();
    const target = createMemoryStore();
    for (const name of ['a', 'b', 'c']) await addRun(source.store, name);
    const damaged = storeLike(source.store, {
      readAll: async (options) =>
        (await source.store.readAll(options)).map((event) =>
          event.stream === 'sleeveRun-b' && event.revision === 1n
            ? { ...event, bytes: event.bytes.map((byte, index) => (index === 400 ? byte ^ 1 : byte)) }
            : event,
        ),
    });
    await expect(copy({ ...source, store: damaged }, target)).rejects.toMatchObject({
      code: 'ChainBroken',
      evidence: { kind: 'hash_mismatch', stream: 'sleeveRun-b', revision: 1 },
    });
    expect((await target.store.readAll({ after: null, maxCount: 100, types: null })).map(({ stream }) => stream)).toEqual(
      Array.from({ length: 3 }, () => 'sleeveRun-a'),
    );
  });

  test('is refused at the end when somebody else wrote to the target meanwhile', async () => {
    const source = createMemoryStore();
    const target = createMemoryStore();
    await addRun(source.store, 'a');
    await addRun(source.store, 'b');
    const intruded = storeLike(target.store, {
      append: async (...given) => {
        const answer = await target.store.append(...given);
        if (given[0] === 'sleeveRun-a') await addRun(target.store, 'intruder');
        return answer;
      },
    });
    await expect(copy(source, { ...target, store: intruded })).rejects.toMatchObject({
      code: 'CopyTargetNotEmpty',
      evidence: { size: 6, targetSize: 9 },
    });
  });

  test('fences a SQLite source: writers wait until it is done, readers do not', async () => {
    const file = join(directory, 'fenced.sqlite');
    const source = openSqlite(file, { access: 'write', create: true });
    await addRun(source.store, 'a');
    const impatient = openSqlite(file, { access: 'write', create: false, busyWaitMsMax: 20 });
    const target = createMemoryStore();
    let refused = 0;
    const watched = storeLike(target.store, {
      append: async (...given) => {
        await expect(addRun(impatient.store, 'b')).rejects.toMatchObject({ code: 'StoreBusy' });
        expect(await impatient.store.head()).toBe('3');
        refused++;
        return target.store.append(...given);
      },
    });
    await expect(copy(source, { ...target, store: watched })).resolves.toMatchObject({ events: 3, fenced: true });
    expect(refused).toBe(1);
    await addRun(impatient.store, 'b');

    const release = await source.fence();
    await expect(impatient.fence()).rejects.toMatchObject({ code: 'StoreBusy' });
    release();
    (await impatient.fence())();
    impatient.close();
    source.close();
  });
});
