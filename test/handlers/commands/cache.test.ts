/** Answers of earlier computations: the same facts with and without them, and what is done about those that are damaged. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const now = '2023-01-02T08:00:00.000Z';

async function factsOf(bench: Workbench): Promise<readonly string[]> {
  const events = await bench.events();
  return events.filter(({ stream }) => stream.startsWith('sleeveRun-')).map(({ type, contentHash }) => `${type} ${contentHash}`);
}

/** One cache, and a new ledger for each look at it. */
class Caching {
  readonly folder: string;
  constructor(name: string) {
    this.folder = join(scratch, name);
  }

  async produce(flags: readonly string[] = ['--cache', this.folder]) {
    const bench = new Workbench(scratch);
    const warned: string[] = [];
    await bench.produce('stocks', {}, flags, {
      now,
      tools: (tools) => ({
        ...tools,
        log: {
          ...tools.log,
          info: (_, message) => void warned.push(message),
          warn: (_, message) => void warned.push(message),
        },
      }),
    });
    return { facts: await factsOf(bench), said: warned.filter((line) => /cache/.test(line)) };
  }

  answers(): string[] {
    return readdirSync(this.folder).filter((name) => name.endsWith('.answer'));
  }

  async verify(...flags: string[]) {
    return new Workbench(scratch).json(['cache', 'verify', '--cache', this.folder, '--seed', 'x', ...flags]);
  }
}

describe('flow production with a cache', () => {
  test('records the same facts from an empty cache, from a full one, and without one', async () => {
    const caching = new Caching('same');
    const without = await caching.produce([]);
    expect(without.said).toEqual([]);
    const empty = await caching.produce();
    expect(empty).toMatchObject({ facts: without.facts, said: [] });
    expect(caching.answers()).toHaveLength(2);
    const full = await caching.produce();
    expect(full).toMatchObject({ facts: without.facts, said: ['took answers from the cache'] });
  });

  test('says that an answer is damaged, and computes it again', async () => {
    const caching = new Caching('damaged');
    const { facts } = await caching.produce();
    const file = join(caching.folder, caching.answers()[0]!);
    const bytes = readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(file, bytes);
    const again = await caching.produce();
    expect(again.facts).toEqual(facts);
    expect(again.said).toEqual(['a cached answer is damaged and is computed again', 'took answers from the cache']);
    expect((await caching.verify('--every')).result).toMatchObject({ answers: 2 });
    expect((await caching.verify('--every')).exit).toBe(0);
  });

  test('is recorded also where the cache cannot be written', async () => {
    const caching = new Caching('unwritable');
    writeFileSync(caching.folder, 'a file');
    const { facts, said } = await caching.produce();
    expect(facts.length).toBeGreaterThan(4);
    expect(new Set(said)).toEqual(
      new Set(['a cached answer is damaged and is computed again', 'an answer could not be kept in the cache']),
    );
  });
});

describe('cache stats and cache clear', () => {
  test('count what there is, remove it, and need no ledger', async () => {
    const caching = new Caching('counted');
    await caching.produce();
    const bench = new Workbench(scratch);
    const flags = ['--cache', caching.folder];
    const { result } = await bench.json(['cache', 'stats', ...flags]);
    expect(result).toMatchObject({ folder: caching.folder, answers: 2, tables: 1, jobs: [{ job: 'sleeve-profile', answers: 2 }] });
    const people = await bench.run(['cache', 'stats', ...flags]);
    expect(people.stdout).toContain(`${caching.folder}: 2 answers on 1 tables of returns`);
    expect(await bench.json(['cache', 'clear', ...flags])).toMatchObject({ exit: 0, result: { answers: 2, bytes: result['bytes'] } });
    expect((await bench.json(['cache', 'stats', ...flags])).result).toMatchObject({ answers: 0, tables: 0, bytes: 0, jobs: [] });
  });

  test('look beside the store where no folder is named', async () => {
    const bench = new Workbench(scratch);
    expect((await bench.json(['cache', 'stats'])).result).toMatchObject({ folder: `${bench.store}.cache`, answers: 0 });
  });
});

describe('cache verify', () => {
  test('computes as many again as it is asked for, the same ones for the same seed', async () => {
    const caching = new Caching('sampled');
    await caching.produce();
    const one = await caching.verify('--sample', '1');
    expect(one).toMatchObject({ exit: 0, result: { answers: 2, seed: 'x', checked: [{ outcome: 'same' }] } });
    expect((await caching.verify('--sample', '1')).result).toEqual(one.result);
    const all = await caching.verify();
    expect((all.result['checked'] as { outcome: string }[]).map(({ outcome }) => outcome)).toEqual(['same', 'same']);
    expect(await caching.verify('--sample', '0')).toMatchObject({ exit: 2, error: { code: 'Usage', at: { path: '--sample' } } });
  });

  test('finds an answer that is whole and wrong, and says where', async () => {
    const caching = new Caching('wrong');
    await caching.produce();
    const bench = new Workbench(scratch);
    const kept = new Map<string, unknown>();
    // A cache that tells lies: the profile's rows are one more than were computed.
    const answer = await bench.json(['cache', 'verify', '--cache', caching.folder, '--every'], {
      tools: (tools) => ({
        ...tools,
        cache: {
          engine: () => tools.cache.engine(),
          size: () => tools.cache.size(),
          clear: () => tools.cache.clear(),
          table: (address) => tools.cache.table(address),
          write: (...given) => tools.cache.write(...given),
          read: async (job, key) => {
            const found = await tools.cache.read(job, key);
            if (found.kind !== 'answer' || kept.size > 0) return found;
            kept.set(key, found);
            const lie = structuredClone(found.answer) as { graded: { rows: number } };
            lie.graded.rows += 1;
            return { ...found, answer: lie };
          },
        },
      }),
    });
    expect(answer).toMatchObject({ exit: 1, ok: false, error: { code: 'CacheDiffers', evidence: { answers: [...kept.keys()] } } });
    expect((answer.result['checked'] as object[])[0]).toMatchObject({ outcome: 'differs', path: 'graded.rows', key: [...kept.keys()][0] });
  });

  test('finds a damaged answer, and passes over one whose returns are gone', async () => {
    const caching = new Caching('gone');
    await caching.produce();
    const [first] = caching.answers();
    writeFileSync(join(caching.folder, first!), 'nothing');
    writeFileSync(
      join(
        caching.folder,
        readdirSync(caching.folder).find((name) => name.endsWith('.table'))!,
      ),
      'other',
    );
    const { exit, result } = await caching.verify('--every');
    const outcomes = (result['checked'] as { outcome: string }[]).map(({ outcome }) => outcome).toSorted();
    expect({ exit, outcomes }).toEqual({ exit: 1, outcomes: ['damaged', 'passed over'] });
  });

  test('says so where there is nothing of this build to compare', async () => {
    const caching = new Caching('empty');
    expect(await caching.verify()).toMatchObject({ exit: 0, warnings: [], result: { answers: 0, checked: [] } });
  });
});
