/** Scans of saved responses and of a server, recorded once each, with their exports. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { clearCache } from '../../../handlers/commands/clear-cache.ts';
import { rebuildReadModels } from '../../../handlers/commands/rebuild-read-models.ts';
import { recordScans, type RecordScans } from '../../../handlers/commands/record-scans.ts';
import { writeStarterManifest } from '../../../handlers/commands/write-starter-manifest.ts';
import type { Ports } from '../../../handlers/ports/ports.ts';
import { everyProjection } from '../../../projections/all.ts';
import gates from '../../golden/scan/gates.json' with { type: 'json' };
import { ledgerHolding } from '../../support/history-ledger.ts';
import { everyFact, FactHistory } from '../../support/portfolio-events.ts';
import { priceFile } from '../../support/prices.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const names = ['etf_equity_momentum', 'etf_thematic_momentum'];
const { signal } = new AbortController();

/** A ledger, and files in memory beside the scanners that are shipped. */
async function world(texts: Readonly<Record<string, unknown>> = { 'in/all.json': gates.response }) {
  const session = await ledgerHolding(new FactHistory());
  const written = new Map<string, string>();
  const made: string[] = [];
  const files = {
    readText: async (file: string) => {
      if (!(file in texts)) throw new Error(`no ${file}`);
      return JSON.stringify(texts[file]);
    },
    makeFolder: async (folder: string) => void made.push(folder),
    writeWhole: async (file: string, content: string | Uint8Array) =>
      void written.set(file, typeof content === 'string' ? content : new TextDecoder().decode(content)),
  } as unknown as Ports['files'];
  const tools = { ...session.ports, files };
  let opened = 0;
  const run = (asked: Partial<RecordScans> = {}, ended: AbortSignal = signal) =>
    recordScans(
      tools,
      async () => {
        opened++;
        return session;
      },
      {
        scanners: 'examples/scanners',
        names,
        asOf: '2026-05-01',
        source: { kind: 'saved', file: 'in/all.json', requestFile: null },
        categoryMapFile: null,
        output: null,
        ...asked,
      },
      ended,
    );
  return { run, written, made, opened: () => opened, store: session.ports.store };
}

describe('scans', () => {
  test('of one response by several scanners are recorded, each once', async () => {
    const { run, store, opened } = await world();
    const told = (already: boolean) =>
      names.map((scanner) => ({ name: `${scanner}@2026-05-01`, number: 1, already, file: null, scan: { scanner, asOf: '2026-05-01' } }));
    expect(await run()).toMatchObject(told(false));
    expect(await run()).toMatchObject(told(true));
    expect(opened()).toBe(2);
    const recorded = await store.readAll({ after: null, maxCount: 10, types: ['ScanRecorded'] });
    expect(recorded.map(({ stream }) => stream)).toEqual(names.map((name) => `scan-${name}`));
    const [next] = await run({ asOf: '2026-05-02', names: names.slice(0, 1) });
    expect(next).toMatchObject({ name: 'etf_equity_momentum@2026-05-02', number: 2, already: false });
  });

  test('of a folder have a response each, named by its scanner, and no folder in what is recorded', async () => {
    const { run } = await world(Object.fromEntries(names.map((name) => [`in/each/${name}.json`, gates.response])));
    const answers = await run({ source: { kind: 'saved', file: 'in/each', requestFile: null } });
    expect(answers.map(({ scan }) => scan.source)).toEqual(names.map((name) => ({ kind: 'saved', file: `${name}.json` })));
  });

  test('are exported where they are to be, with when they were recorded first', async () => {
    const { run, written, made, store } = await world();
    await run();
    const answers = await run({ output: 'out' });
    const files = names.map((name) => `out/${name}.json`);
    expect(answers.map(({ file }) => file)).toEqual(files);
    expect([...written.keys()]).toEqual(files);
    expect([...new Set(made)]).toEqual(['out']);
    const [first] = await store.readAll({ after: null, maxCount: 1, types: ['ScanRecorded'] });
    expect((JSON.parse(written.get(files[0]!)!) as { meta: object }).meta).toMatchObject({
      run_id: 'etf_equity_momentum@2026-05-01',
      as_of: '2026-05-01',
      selector: 'etf_equity_momentum',
      generated_at: first!.recordedAt,
      config_source: expect.stringContaining('etf_equity_momentum.yaml'),
    });
  });

  test('are nothing at all where one of them cannot be computed', async () => {
    const { run, store, opened } = await world({ [`in/each/${names[0]!}.json`]: gates.response });
    await expect(run({ source: { kind: 'saved', file: 'in/each', requestFile: null } })).rejects.toThrow(`no in/each/${names[1]!}.json`);
    expect([opened(), await store.head()]).toEqual([0, null]);
  });

  test('are of the past or of today, by scanners that are there', async () => {
    const { run, opened } = await world();
    await expect(run({ asOf: '2999-01-01' })).rejects.toMatchObject({ code: 'DateInFuture' });
    await expect(run({ names: ['nobody'] })).rejects.toMatchObject({ code: 'ScannerUnknown' });
    await expect(run({ scanners: directory, names: 'all' })).rejects.toMatchObject({
      code: 'ScannerUnknown',
      message: `no scanner in ${directory}`,
      at: { file: directory },
    });
    expect(opened()).toBe(0);
  });

  test('that are interrupted record nothing, and say how far they were', async () => {
    const { run, store } = await world();
    await expect(run({}, AbortSignal.abort())).rejects.toMatchObject({
      code: 'Interrupted',
      message: 'interrupted after 0 of 2 scans; nothing is recorded',
    });
    expect(await store.head()).toBeNull();
  });
});

describe('what is kept beside the ledger', () => {
  test('of answers is cleared, and how much it was is said', async () => {
    const cache = {
      size: async () => ({ folder: 'kept', answers: 9, bytes: 9 }),
      clear: async () => ({ answers: 3, bytes: 120 }),
    } as unknown as Ports['cache'];
    expect(await clearCache({ cache })).toEqual({ folder: 'kept', answers: 3, bytes: 120 });
  });

  test('of read models is folded again, and what no build of ours made is dropped', async () => {
    const { ports } = await ledgerHolding(everyFact());
    const head = await ports.store.head();
    await ports.readModels.commit({ name: 'of-another-build', version: 7 }, [], head!, null);
    const { rebuilt, dropped } = await rebuildReadModels(ports);
    const events = await ports.store.readAll({ after: null, maxCount: 1_000, types: null });
    expect(rebuilt).toEqual(
      everyProjection.map((projection) => ({
        projection: projection.name,
        version: projection.version,
        position:
          events.findLast(({ type }) => !('types' in projection) || (projection.types as readonly string[]).includes(type))?.position ??
          null,
      })),
    );
    expect(dropped).toEqual([{ projection: 'of-another-build', version: 7 }]);
    const empty = await rebuildReadModels((await ledgerHolding(new FactHistory())).ports);
    expect(empty).toEqual({ rebuilt: rebuilt.map((one) => ({ ...one, position: null })), dropped: [] });
  });
});

describe('a starter manifest', () => {
  test('is written from the columns of price files, once its place is known to be free', async () => {
    const calls: string[] = [];
    const file = join(directory, 'manifest.json');
    const files = {
      checkOutput: async (name: string) => void calls.push(`checked ${name}`),
      writeWhole: async (name: string, text: string) => void calls.push(`wrote ${name} ${text}`),
    } as unknown as Ports['files'];
    const table = {
      dates: ['2024-01-02', '2024-01-03'],
      symbols: ['nyse:aaa', 'NYSE:BBB'],
      closes: [Float64Array.of(1, 2), Float64Array.of(1, 2)],
    };
    const prices = {
      readPrices: async (name: string, asked: unknown) => {
        calls.push(`read ${name} ${JSON.stringify(asked)}`);
        return priceFile(name, table);
      },
    } as unknown as Ports['prices'];
    const asked = { zone: null } as unknown as Parameters<typeof writeStarterManifest>[2]['asked'];
    const starter = await writeStarterManifest({ files, prices }, file, { files: ['a/stocks.csv'], asked });
    expect(calls.slice(0, 2)).toEqual([`checked ${file}`, 'read a/stocks.csv {"zone":null}']);
    expect(calls).toHaveLength(3);
    const written = calls[2]!.slice(`wrote ${file} `.length);
    expect(written.endsWith('}\n')).toBe(true);
    expect(written).toContain('\n  "');
    const manifest = JSON.parse(written) as { profiles: Record<string, unknown> };
    expect(starter.profiles.map((one) => one.file)).toEqual(['a/stocks.csv']);
    expect(Object.keys(manifest.profiles)).toEqual(starter.profiles.map(({ profile }) => profile));
    expect(starter.read.map(({ table: { symbols } }) => symbols)).toEqual([['NYSE:AAA', 'NYSE:BBB']]);
    expect(starter).not.toHaveProperty('manifest');
  });
});
