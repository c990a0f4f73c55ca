import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { draftEvent } from '../../../domain/catalogue.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { SleeveProfileSolved, SleeveRunOpened } from '../../../domain/sleeve-run/events.ts';
import type { SleeveRunDraft } from '../../../domain/sleeve-run/slice.ts';
import { loadTable } from '../../../handlers/artifacts/artifact-files.ts';
import { produceSleeveRun, recordSleeveRun } from '../../../handlers/commands/flow-production.ts';
import { importSleeveRun } from '../../../handlers/commands/import-sleeve-run.ts';
import type { ComputedSleeveRun } from '../../../domain/sleeve-run/computed-run.ts';
import type { EventStore } from '../../../handlers/ports/ports.ts';
import { replayRuns, type ReplayReport } from '../../../handlers/queries/replay-runs.ts';
import { streams } from '../../../handlers/runtime/streams.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { flipLowestBit } from '../../support/flip-bytes.ts';
import { wholeRun } from '../../support/imported-run.ts';
import { priceFile } from '../../support/prices.ts';
import { writeRunDirectory } from '../../support/run-directory.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { allocate, fileOf, type Ledger, ledgerWithSleeves, manifestOf, memoryLedger, pricesOf, produce } from './world.ts';
import { addressesIn } from '../../support/artifact-addresses.ts';

const all = { runId: null, asOf: null, knownAt: null };
const never = new AbortController().signal;
const scratch = scratchDirectory();

function replayed(ledger: Ledger, selection: Partial<typeof all> | { runId: string } = {}): Promise<ReplayReport> {
  return replayRuns(ledger.session.ports, { ...all, ...selection }, never);
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'nothing was refused',
    (error: unknown) => (error instanceof LedgerError ? error.code : String(error)),
  );
}

/** Records a run of the stocks whose hrp facts another build might have computed. */
async function recordOtherwise(
  ledger: Ledger,
  change: (data: SleeveProfileSolved, computed: ComputedSleeveRun) => SleeveProfileSolved | Promise<SleeveProfileSolved>,
): Promise<string> {
  const computed = stocksRun(ledger);
  const drafts: SleeveRunDraft[] = [];
  for (const draft of computed.drafts) {
    const isChanged = draft.type === 'SleeveProfileSolved' && draft.data.risk === 'hrp';
    drafts.push(isChanged ? draftEvent('SleeveProfileSolved', await change(draft.data, computed)) : draft);
  }
  await recordSleeveRun(ledger.session, { ...computed, drafts });
  return computed.runId;
}

function stocksRun(ledger: Ledger): ComputedSleeveRun {
  const options = { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: {} } as const;
  return produceSleeveRun(ledger.session.ports, {
    manifest: manifestOf(),
    profile: 'stocks',
    files: [fileOf('stocks')],
    options,
    correction: 0,
  });
}

/** The first live weight, moved. */
function firstWeightMovedBy(amount: number): (data: SleeveProfileSolved) => SleeveProfileSolved {
  return (data) => ({
    ...data,
    weights: data.weights.map((item, index) => (index === 0 ? { ...item, weight: item.weight + amount } : item)),
  });
}

describe('replay of an untouched ledger', () => {
  test('finds runs of every kind and outcome identical, and writes nothing', async () => {
    const manifest = manifestOf();
    const ledger = await ledgerWithSleeves(manifest);
    const { session, memory } = ledger;
    await produce(ledger, manifest, 'stocks', [fileOf('stocks')], { exclude: ['NYSE:DDD'], from: '2022-02-01', asOf: '2022-11-30' });
    await produce(ledger, manifest, 'stocks', [fileOf('stocks'), fileOf('funds')], {
      symbols: ['NYSE:AAA', 'NYSE:BBB', 'AMEX:EEE'],
      exclude: ['AMEX:EEE'],
    });
    const negative = pricesOf('funds');
    negative.closes[0]![30] = -1;
    await produce(ledger, manifest, 'funds', [priceFile('negative.csv', negative)]);
    const allocated = await allocate(ledger, manifest, 'whole', { risks: 'all' });
    expect(allocated.allocations.map(({ risk }) => risk)).toContain('barbell');
    await allocate(ledger, manifest, 'whole', { risks: 'all', restateWhy: 'asked twice' });
    await allocate(ledger, manifest, 'nested', { join: 'drop', projection: 'proportional' });
    const directory = writeRunDirectory(join(scratch, 'run'), wholeRun());
    await recordSleeveRun(session, await importSleeveRun(session.ports, { run: directory, profile: null, map: {}, correction: 0 }));
    const [head, artifacts] = [await memory.store.head(), await addressesIn(memory.artifacts)];

    const report = await replayed(ledger);

    expect(report).toMatchObject({ checked: 10, identical: 10, withinTolerance: 0, different: [] });
    expect(report.runs.map(({ kind }) => kind)).toEqual([
      'sleeve',
      'sleeve',
      'sleeve',
      'sleeve',
      'sleeve',
      'sleeve',
      'meta',
      'meta',
      'meta',
      'sleeve',
    ]);
    expect([await memory.store.head(), await addressesIn(memory.artifacts)]).toEqual([head, artifacts]);
  });

  test('finds a rejected and a waived meta run identical', async () => {
    const manifest = manifestOf(({ profiles }) => {
      profiles['coins']!['backtest'] = { train_window: 30, backtest_slippage: 0.001, backtest_commission: 0.0004 };
    });
    const ledger = await ledgerWithSleeves(manifest);
    const rejected = await allocate(ledger, manifest, 'whole');
    expect(rejected.parity.outcome.outcome).toBe('rejected');
    const waiver = {
      waiverId: 'w1',
      meta: 'whole',
      who: 'a tester',
      why: 'to see it pass',
      paths: [...rejected.parity.verdict.rejectedPaths],
      until: '2030-12-31',
    };
    await streams.metaPortfolio.handle(ledger.session, 'whole', { kind: 'GrantParityWaiver', ...waiver });
    expect((await allocate(ledger, manifest, 'whole')).parity.outcome.outcome).toBe('waived');
    expect(await replayed(ledger)).toMatchObject({ checked: 5, identical: 5 });
  });

  test('names the builds that recorded and the one at work', async () => {
    const ledger = await ledgerWithSleeves();
    const now = { version: '9.9.9', commit: 'd'.repeat(40), lockHash: '2'.repeat(64) };
    const report = await replayRuns({ ...ledger.session.ports, code: now }, all, never);
    expect(report.code).toEqual({ then: [ledger.session.ports.code], now });
    expect(report.identical).toBe(3);
  });
});

describe('replay of what another build computed', () => {
  test('a weight within the tolerance is called that, with its difference', async () => {
    const ledger = memoryLedger();
    await recordOtherwise(ledger, firstWeightMovedBy(2 ** -42));
    const report = await replayed(ledger);
    expect(report).toMatchObject({ checked: 1, identical: 0, withinTolerance: 1, different: [] });
    expect(report.runs[0]).toMatchObject({ outcome: 'withinTolerance', differences: 1 });
    expect(report.runs[0]!.largestDifference).toBeCloseTo(2 ** -42, 15);
  });

  test('a weight beyond it is shown with its path and both values', async () => {
    const ledger = memoryLedger();
    const runId = await recordOtherwise(ledger, firstWeightMovedBy(1e-6));
    const report = await replayed(ledger, { runId });
    expect(report).toMatchObject({ checked: 1, identical: 0, withinTolerance: 0 });
    expect(report.different).toHaveLength(1);
    const [row] = report.different;
    expect(row).toMatchObject({ runId, path: expect.stringMatching(/^events\[\d+\]\.data\.weights\[0\]\.weight$/) });
    expect(row!.difference).toBeCloseTo(1e-6, 12);
    expect((row!.recorded as number) - (row!.recomputed as number)).toBe(row!.difference);
  });

  test.each([
    [2 ** -45, 'withinTolerance'],
    [1e-5, 'different'],
  ])('a number inside an artifact that is off by %p is found there: %s', async (amount, outcome) => {
    const ledger = memoryLedger();
    await recordOtherwise(ledger, async (data, computed) => {
      const { returns } = data.outOfSample;
      const { artifacts } = createMemoryStore();
      await artifacts.putAll(computed.staged.contents());
      const original = await loadTable(artifacts, returns);
      const values = Float64Array.from(original.values[0]!, (value, row) => (row === 3 ? value + amount : value));
      return {
        ...data,
        outOfSample: { ...data.outOfSample, returns: computed.staged.table({ ...original, values: [values] }, returns.calendars) },
      };
    });
    const report = await replayed(ledger);
    const [run] = report.runs;
    expect(run!.outcome).toBe(outcome);
    expect(run!.largestDifference).toBeCloseTo(amount, 15);
    expect(report.different.map(({ path }) => path)).toEqual(
      outcome === 'different' ? [expect.stringMatching(/\.outOfSample\.returns\["\d{4}-\d{2}-\d{2}"\]\.return$/)] : [],
    );
  });

  test('an event more or less, or of another type, is a difference', async () => {
    const ledger = memoryLedger();
    const computed = stocksRun(ledger);
    await recordSleeveRun(ledger.session, { ...computed, drafts: computed.drafts.slice(0, -2) });
    const { different } = await replayed(ledger);
    const tail = computed.drafts.slice(-2).map(({ type }) => ({ recorded: null, recomputed: type, difference: null }));
    expect(different).toMatchObject(tail);
  });
});

/** A whole ledger whose first prices were harmed, replayed. */
async function damaged(harm: (ledger: Ledger, address: string) => void): Promise<ReplayReport> {
  const manifest = manifestOf();
  const ledger = await ledgerWithSleeves(manifest);
  await allocate(ledger, manifest, 'whole');
  const [event] = await ledger.memory.store.readAll({ after: null, maxCount: 1, types: ['SleeveRunOpened'] });
  const { data } = JSON.parse(new TextDecoder().decode(event!.bytes)) as { data: SleeveRunOpened };
  const [input] = data.inputs;
  harm(ledger, input!.role === 'prices' ? input!.table.sha256 : '');
  return replayed(ledger);
}

describe('replay of a damaged ledger', () => {
  test('damaged prices are reported for the run that rests on them; the others are checked', async () => {
    const report = await damaged(({ held }, address) => flipLowestBit(held, address, 100));
    expect(report).toMatchObject({ checked: 4, identical: 3, withinTolerance: 0 });
    expect(report.different).toHaveLength(1);
    expect(report.different[0]).toMatchObject({ path: 'inputs', recomputed: expect.stringContaining('ArtifactDamaged') });
    expect(report.runs.map(({ outcome }) => outcome)).toEqual(['notRecomputed', 'identical', 'identical', 'identical']);
  });

  test('returns that a meta run consumes are checked before they are used', async () => {
    const manifest = manifestOf();
    const ledger = await ledgerWithSleeves(manifest);
    const { request } = await allocate(ledger, manifest, 'whole');
    flipLowestBit(ledger.held, request.leaves.get('funds')!.streams.get('risk_parity')!.sha256, 40);
    const { runs } = await replayed(ledger);
    expect(runs.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['sleeve', 'identical'],
      ['sleeve', 'identical'],
      ['sleeve', 'identical'],
      ['meta', 'notRecomputed'],
    ]);
    expect(runs[3]!.error).toMatchObject({ code: 'ArtifactDamaged' });
  });

  test('data changed beneath their content hash do not pass for what was recorded', async () => {
    const ledger = await ledgerWithSleeves();
    const { store } = ledger.memory;
    const readStream: EventStore['readStream'] = async (stream, options) =>
      (await store.readStream(stream, options)).map((event) =>
        event.type === 'SleeveRunCertified'
          ? { ...event, bytes: new TextEncoder().encode(new TextDecoder().decode(event.bytes).replace('"reasons":[]', '"reasons":["x"]')) }
          : event,
      );
    const edited = new Proxy<EventStore>(store, {
      get: (target, name) => {
        const own = name === 'readStream' ? readStream : (Reflect.get(target, name) as unknown);
        return typeof own === 'function' ? (own.bind(target) as unknown) : own;
      },
    });
    const { different } = await replayRuns({ ...ledger.session.ports, store: edited }, all, never);
    expect(different.length).toBeGreaterThan(0);
    expect(different.every(({ path }) => path.endsWith('.contentHash'))).toBe(true);
  });
});

describe('what is replayed', () => {
  test('as-of and known-at leave later runs out', async () => {
    const manifest = manifestOf();
    const ledger = memoryLedger();
    const first = await produce(ledger, manifest, 'stocks', [fileOf('stocks')], { asOf: '2022-11-30' });
    const known = await ledger.memory.store.head();
    const second = await produce(ledger, manifest, 'stocks', [fileOf('stocks')]);
    expect((await replayed(ledger)).runs.map(({ runId }) => runId)).toEqual([first, second]);
    expect((await replayRuns(ledger.session.ports, { ...all, asOf: '2022-12-01' }, never)).runs.map(({ runId }) => runId)).toEqual([first]);
    expect((await replayRuns(ledger.session.ports, { ...all, knownAt: known }, never)).runs.map(({ runId }) => runId)).toEqual([first]);
    expect(await codeOf(replayRuns(ledger.session.ports, { runId: second, asOf: null, knownAt: known }, never))).toBe('RunUnknown');
  });

  test('a run that is not recorded, and a ledger without any, are said to be that', async () => {
    const ledger = memoryLedger();
    expect(await codeOf(replayed(ledger))).toBe('NothingRecorded');
    expect(await codeOf(replayed(ledger, { runId: 'nobody' }))).toBe('RunUnknown');
  });

  test('an interruption is heeded between two runs', async () => {
    const ledger = await ledgerWithSleeves();
    const interruption = new AbortController();
    const progress = { start: () => undefined, advance: () => interruption.abort(), stop: () => undefined };
    const stopped = replayRuns({ ...ledger.session.ports, progress }, all, interruption.signal);
    await expect(stopped).rejects.toMatchObject({ code: 'Interrupted', evidence: { done: 1, total: 3 } });
  });
});
