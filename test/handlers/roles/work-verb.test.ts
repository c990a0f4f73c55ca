/** The verb as a user runs it, embedded: one process works, another records. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { until } from '../reaction/desk.ts';

const running: { stop: AbortController; done: Promise<unknown> }[] = [];
afterEach(async () => {
  for (const { stop, done } of running.splice(0)) {
    stop.abort();
    await done;
  }
});

const address = '127.0.0.1:0';
const scratch = scratchDirectory();

function start(
  bench: Workbench,
  flags: readonly string[] = [],
): { readonly stop: AbortController; readonly done: ReturnType<Workbench['json']> } {
  const stop = new AbortController();
  const worker = { stop, done: bench.json(['work', ...flags], { signal: stop.signal }) };
  running.push(worker);
  return worker;
}

async function publications(bench: Workbench): Promise<string[]> {
  const { result } = await bench.json(['status']);
  const portfolios = result['portfolios'] as { readonly meta: string; readonly lastPublication: { readonly number: number } | null }[];
  return portfolios.flatMap(({ meta, lastPublication }) => (lastPublication === null ? [] : [`${meta} ${lastPublication.number}`]));
}

async function desk(): Promise<Workbench> {
  const bench = new Workbench(scratch);
  expect((await bench.json(['manifest', 'apply'])).exit).toBe(0);
  return bench;
}

describe('work without a broker', () => {
  test('publishes what other processes record, seals it and ends with status 0', async () => {
    const bench = await desk();
    const worker = start(bench);
    for (const sleeve of ['stocks', 'funds', 'coins'] as const) await bench.produce(sleeve);
    await until('all are published', async () => (await publications(bench)).length === 3, 20_000);
    worker.stop.abort();
    const { exit, result } = await worker.done;
    expect(exit).toBe(0);
    expect(result['roles']).toEqual(['react', 'project', 'seal']);
    const verified = await bench.json(['ledger', 'verify']);
    expect(verified.result).toMatchObject({ faults: [], unsealed: 1, sealedTo: result['sealedTo'] });
    const published = await bench.json(['weights', '--meta', 'whole', '--published']);
    const allocated = await bench.json(['flow', 'meta', '--profile', 'whole']);
    // A plain `flow meta` finds the very run that the worker recorded.
    expect(allocated.result).toMatchObject({ already: true, runId: published.result['runId'] });
    expect(published.result).toMatchObject({ state: 'published', publication: 1 });
  }, 60_000);

  test('that is started again publishes nothing twice', async () => {
    const bench = await desk();
    for (const sleeve of ['stocks', 'funds', 'coins'] as const) await bench.produce(sleeve);
    for (let life = 0; life < 2; life++) {
      const worker = start(bench, ['--roles', 'react,project', '--http', address]);
      await until('all are published', async () => (await publications(bench)).length === 3, 20_000);
      worker.stop.abort();
      expect((await worker.done).exit).toBe(0);
    }
    expect(await publications(bench)).toEqual(['nested 1', 'pair 1', 'whole 1']);
  }, 60_000);

  test('refuses roles that do not exist, and those that want a broker', async () => {
    const bench = await desk();
    expect(await bench.json(['work', '--roles', 'dance'])).toMatchObject({ exit: 2, error: { code: 'Usage', at: { path: '--roles' } } });
    expect(await bench.json(['work', '--roles', 'intake'])).toMatchObject({ exit: 2, error: { code: 'Usage', at: { path: '--kafka' } } });
    expect(await bench.json(['work', '--http', 'nowhere'])).toMatchObject({ exit: 2, error: { code: 'ConfigInvalid' } });
  });
});
