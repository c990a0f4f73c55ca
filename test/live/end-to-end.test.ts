/**
 * The whole way on a running EventStoreDB, given by EVENTSTORE_URL, through the command line as a user goes it: sleeves are produced, a
 * worker publishes by itself, and the result is verified, exported and recomputed.
 */
import { describe, expect, test } from '@jest/globals';
import { createMemoryStore } from '../../infra/memory/memory-store.ts';
import { Workbench } from '../support/cli.ts';
import { needs } from '../support/needs.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { until } from '../handlers/reaction/desk.ts';
import { LiveSubject } from './live-subject.ts';

if (needs('a running EventStoreDB').isMet) {
  describe('a desk on a running EventStoreDB', () => {
    const bench = new Workbench(scratchDirectory());

    test('publishes what its sleeves deliver, once, and can prove it', async () => {
      const subject = new LiveSubject();
      const { readModels, letterKeys, tokenUses } = createMemoryStore();
      const openStore = async () => ({ ...subject.open(), letterKeys, tokenUses, readModels, integrity: () => [] });
      const run = (...argv: string[]) => bench.json(argv, { openStore });
      try {
        expect(await run('manifest', 'apply')).toMatchObject({ exit: 0 });
        for (let life = 0; life < 2; life++) {
          const stop = new AbortController();
          const worker = bench.json(['work'], { openStore, signal: stop.signal });
          if (life === 0) for (const sleeve of ['stocks', 'funds', 'coins'] as const) await bench.produce(sleeve, {}, [], { openStore });
          await until(
            'three portfolios are published',
            async () => {
              const { result } = await run('status');
              return (result['portfolios'] as { readonly state: string }[]).every(({ state }) => state === 'published');
            },
            60_000,
          );
          stop.abort();
          expect((await worker).exit).toBe(0);
        }
        const { result } = await run('status');
        expect((result['portfolios'] as { readonly publications: number }[]).map(({ publications }) => publications)).toEqual([1, 1, 1]);
        expect((await run('ledger', 'verify')).result).toMatchObject({ faults: [] });
        const replayed = await run('replay', '--all');
        expect(replayed).toMatchObject({ exit: 0, result: { checked: 6, identical: 6, different: [] } });
        const file = bench.path('audit.jsonl');
        expect(await run('audit', 'export', '--all', '-o', file)).toMatchObject({ exit: 0 });
        expect((await run('audit', 'verify', file)).result).toMatchObject({ faults: [] });
      } finally {
        await subject.dispose();
      }
    }, 180_000);
  });
}
