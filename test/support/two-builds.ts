/**
 * Two builds of this code in one process, on one store and one file of read models: today's, and one that knows a further kind of stream.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { createDeliveries } from '../../handlers/runtime/deliveries.ts';
import type { StoreMode } from '../../handlers/runtime/open-store.ts';
import type { EventStore } from '../../handlers/ports/ports.ts';
import { environmentNames } from '../../handlers/runtime/settings.ts';
import { createMemoryStore } from '../../infra/memory/memory-store.ts';
import type * as Adapters from '../../bin/adapters.ts';
import type * as Cli from './cli.ts';
import { FakeEventStoreDb } from './fake-eventstoredb/fake-server.ts';
import { storeLike } from './ledger-session.ts';
import { sampleEvents } from './sample-events.ts';

const streamsModule = '../../domain/audit/streams.ts';

type Modules = { readonly cli: typeof Cli; readonly adapters: typeof Adapters };

/** No server is there: its adapter is loaded all the same. */
const offServer = 'esdb://127.0.0.1:1?tls=false';

/** Records, seals, verifies and is refused once, so that a build has loaded whatever it loads for that. */
async function worked(bench: Cli.Workbench): Promise<void> {
  await bench.produce('stocks');
  const file = bench.path('audit.jsonl');
  for (const argv of [
    ['manifest', 'apply'],
    ['ledger', 'seal'],
    ['ledger', 'verify'],
    ['status'],
    ['audit', 'export', '--all', '-o', file],
    ['audit', 'verify', file],
  ])
    await bench.json(argv);
  await bench.json(['status', '--meta', 'nobody']);
  await bench.json(['doctor']);
}

/** One and the same code, loaded again; with `further` it knows these streams beside its own. */
async function load(below: string, further: readonly string[]): Promise<Modules> {
  jest.resetModules();
  const known = await import('../../domain/audit/streams.ts');
  if (further.length > 0) {
    const own = further.filter((prefix) => known.domainStreamPrefixes.includes(prefix));
    if (own.length > 0) throw new Error(`this build knows ${own.join(', ')} itself`);
    const domainStreamPrefixes = [...known.domainStreamPrefixes, ...further];
    jest.resetModules();
    jest.unstable_mockModule(streamsModule, () => ({
      ...known,
      domainStreamPrefixes,
      domainStreamPattern: known.streamPatternOf(domainStreamPrefixes),
      isDomainStream: known.streamTestOf(domainStreamPrefixes),
    }));
  }
  const modules = { cli: await import('./cli.ts'), adapters: await import('../../bin/adapters.ts') };
  // What is loaded later would be that of the build loaded last: every verb, and what the verbs of the tests load as they go.
  await (await import('../../presentation/cli/verbs/all.ts')).allVerbs();
  await worked(new modules.cli.Workbench(below));
  await modules.adapters.openStore(offServer, 'read').catch(() => null);
  if (further.length > 0) jest.unstable_unmockModule(streamsModule);
  return modules;
}

export interface Build {
  readonly bench: Cli.Workbench;
  /** Runs one command line of this build. */
  json(argv: readonly string[], options?: Cli.RunOptions): ReturnType<Cli.Workbench['json']>;
  open(mode: StoreMode): ReturnType<typeof Adapters.openStore>;
}

export interface TwoBuilds {
  readonly older: Build;
  readonly newer: Build;
  readonly keyFile: string;
  readonly witness: string;
  /** The newer build records an event in a stream that the older one does not know. */
  writeRemark(): Promise<void>;
  dispose(): Promise<void>;
}

interface Place {
  readonly location: string;
  /** Given where builds share a store by reference. */
  readonly open?: Build['open'];
  dispose(): Promise<void>;
}

/** Where both builds work: `sqlite` and `eventstoredb` by location, `memory` in this process. */
const places = {
  sqlite: async (directory: string): Promise<Place> => ({ location: join(directory, 'ledger.sqlite'), dispose: async () => undefined }),
  memory: async (directory: string): Promise<Place> => {
    const memory = createMemoryStore();
    // Whoever is done closes the store, and the other goes on.
    const store = storeLike(memory.store, { close: async () => undefined });
    // Whoever asks whether there is a ledger looks for a file.
    const location = join(directory, 'in-memory');
    writeFileSync(location, '');
    return {
      location,
      open: async () => ({ ...memory, store, deliveries: createDeliveries(store), integrity: () => [] }),
      dispose: () => memory.store.close(),
    };
  },
  eventstoredb: async (directory: string): Promise<Place> => {
    const fake = await FakeEventStoreDb.start();
    return { location: `${fake.location}&readModels=${encodeURIComponent(join(directory, 'node.sqlite'))}`, dispose: () => fake.stop() };
  },
} as const;

export type StoreKind = keyof typeof places;
export const storeKinds = Object.keys(places) as StoreKind[];

function buildOf({ cli, adapters }: Modules, directory: string, place: Place, environment: Readonly<Record<string, string>>): Build {
  const bench = new cli.Workbench(directory);
  const open: Build['open'] = place.open ?? ((mode) => adapters.openStore(place.location, mode));
  return {
    bench,
    open,
    json: (argv, options = {}) =>
      bench.json(argv, { openStore: (_, mode) => open(mode), ...options, environment: { ...environment, ...options.environment } }),
  };
}

async function loadBoth(below: string): Promise<{ readonly newer: Modules; readonly older: Modules }> {
  return { newer: await load(below, ['remark-']), older: await load(below, []) };
}

/** All of the code twice: once for all tests. */
let loading: ReturnType<typeof loadBoth> | null = null;

export async function twoBuilds(below: string, kind: StoreKind): Promise<TwoBuilds> {
  const directory = mkdtempSync(join(below, `${kind}-`));
  const place = await places[kind](directory);
  const [keyFile, witness] = [join(directory, 'signing.key'), join(directory, 'witness')];
  const environment = { [environmentNames.store]: place.location, [environmentNames.key]: keyFile, [environmentNames.witness]: witness };
  loading ??= loadBoth(directory);
  const modules = await loading;
  const newer = buildOf(modules.newer, directory, place, environment);
  const older = buildOf(modules.older, directory, place, environment);
  const writeRemark = async (): Promise<void> => {
    const { store } = await newer.open('write');
    await store.append('remark-b', sampleEvents({ stream: 'remark-b', count: 2, type: 'RemarkNoted' }), { expectedRevision: 'none' });
    await store.close();
  };
  return { older, newer, keyFile, witness, writeRemark, dispose: () => place.dispose() };
}

/** Every event that a build sees, as place and hash. */
export async function eventsSeen(build: Build): Promise<readonly string[]> {
  const { store } = await build.open('read');
  const all: string[] = [];
  for (let after: string | null = null; ;) {
    const page: Awaited<ReturnType<EventStore['readAll']>> = await store.readAll({ after, maxCount: 1_000, types: null });
    all.push(...page.map(({ position, stream, revision, type, hash }) => `${position} ${stream}@${revision} ${type} ${hash}`));
    if (page.length < 1_000) break;
    after = page.at(-1)!.position;
  }
  await store.close();
  return all;
}
