/** A worker outlives its store: it waits for a server that is away, at the beginning and later, and resumes by itself. */
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { parseConnectionString } from '../../../infra/eventstoredb/connection-string.ts';
import { openEventStoreDb } from '../../../infra/eventstoredb/open.ts';
import type { World } from '../../../presentation/cli/program.ts';
import { type CliResult, Workbench } from '../../support/cli.ts';
import { FakeEventStoreDb } from '../../support/fake-eventstoredb/fake-server.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { until } from '../reaction/desk.ts';

const outageMs = 4_000;
const scratch = scratchDirectory();

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a worker', () => {
  let fake: FakeEventStoreDb;
  let bench: Workbench;
  let stop: AbortController;
  let worker: Promise<CliResult> | null;
  beforeEach(async () => {
    fake = await FakeEventStoreDb.start();
    bench = new Workbench(scratch);
    stop = new AbortController();
    worker = null;
  });
  afterEach(async () => {
    stop.abort();
    await worker;
    await fake.stop();
  });

  /** As `openStore` does, with waits that are short: one call gives up long before the outage ends. */
  const openStore: World['openStore'] = async (_location, _mode, log, patience) => {
    const { truncatedStreams: _, ...opened } = openEventStoreDb(parseConnectionString(fake.location), {
      log,
      retry: { callMsMax: 5_000, waitMsMax: 1_000, backoffMsMax: 200 },
    });
    try {
      await patience!(() => opened.store.head());
    } catch (error) {
      await opened.store.close();
      throw error;
    }
    const { readModels, letterKeys, tokenUses } = createMemoryStore();
    return { ...opened, letterKeys, tokenUses, readModels, integrity: () => [] };
  };
  const run = (...argv: string[]): ReturnType<Workbench['json']> => bench.json(argv, { openStore });
  async function states(): Promise<string[]> {
    const { result } = await run('status');
    return (result['portfolios'] as { readonly state: string; readonly publications: number }[]).map(
      ({ state, publications }) => `${state} ${publications}`,
    );
  }
  const publishedOnce = ['published 1', 'published 1', 'published 1'];

  test('that finds its server away waits for it, alive and not ready, and later outlives an outage', async () => {
    expect(await run('manifest', 'apply')).toMatchObject({ exit: 0 });
    fake.goAway();
    const port = await freePort();
    worker = bench.run(['work', '--http', `127.0.0.1:${port}`], { openStore, signal: stop.signal });
    let isOver = false;
    void worker.then(() => {
      isOver = true;
    });
    const ask = async (path: string): Promise<number> =>
      fetch(`http://127.0.0.1:${port}/${path}`).then(
        ({ status }) => status,
        () => 0,
      );
    await until('the worker answers', async () => (await ask('healthz')) === 200, 20_000);
    expect(await ask('readyz')).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, outageMs / 2));
    await fake.comeBack();
    await until('the worker is ready', async () => (await ask('readyz')) === 200, 20_000);

    fake.goAway();
    await until('the worker is not ready', async () => (await ask('readyz')) === 503, 20_000);
    await new Promise((resolve) => setTimeout(resolve, outageMs));
    expect(await ask('healthz')).toBe(200);
    expect(isOver).toBe(false);
    await fake.comeBack();
    for (const sleeve of ['stocks', 'funds', 'coins'] as const) await bench.produce(sleeve, {}, [], { openStore });
    await until('three portfolios are published', async () => (await states()).join() === publishedOnce.join(), 40_000);
    await until('the worker is ready again', async () => (await ask('readyz')) === 200, 20_000);
    stop.abort();
    const { exit, stderr } = await worker;
    expect(exit).toBe(0);
    // Two outages within a minute: one line.
    expect(stderr.split('\n').filter((line) => line.includes('waiting for EventStoreDB'))).toHaveLength(1);
    expect(stderr).not.toMatch(/parked|the role failed|could not look/);
  }, 120_000);

  test('that is stopped while it waits ends at once', async () => {
    fake.goAway();
    worker = bench.run(['work'], { openStore, signal: stop.signal });
    await new Promise((resolve) => setTimeout(resolve, 600));
    const started = performance.now();
    stop.abort();
    expect((await worker).exit).toBe(0);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
