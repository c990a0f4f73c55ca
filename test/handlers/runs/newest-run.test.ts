/** The newest run of a name by its rows, which the streams confirm: rows that were edited, or that lack a run, are never an answer. */
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';
import { newestRun } from '../../../handlers/runs/newest-run.ts';
import { requestedRun, runOf } from '../../../handlers/runs/run-of.ts';
import type { Ports } from '../../../handlers/ports/ports.ts';
import { viewOf } from '../../../handlers/read-models/views.ts';
import { numberedKey, runDirectory, runKey, type RunRow } from '../../../projections/run-directory.ts';
import { combinationFacts } from '../../support/backtest-facts.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { metaRunFacts } from '../../support/meta-run-facts.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { selectionFacts } from '../../support/selection-facts.ts';

const desk = { kind: 'meta', name: 'desk' } as const;
const now = { asOf: null, knownAt: null };
const last = { skipped: 0, certain: false };
const certainly = { skipped: 0, certain: true };

const opened = (runId: string, asOf: string, meta = 'desk') => metaRunFacts.opened(runId, { asOf, meta });

/** Three runs of `desk` among others. */
async function ledger(): Promise<Ports> {
  const history = new FactHistory()
    .add('metaRun-m1', 'MetaRunOpened', opened('m1', '2024-01-10'))
    .add('sleeveRun-s1', 'SleeveRunOpened', { ...selectionFacts.opened('s1'), sleeve: 'desk' })
    .add('metaRun-m2', 'MetaRunOpened', opened('m2', '2024-01-12'))
    .add('metaRun-m3', 'MetaRunOpened', opened('m3', '2024-01-11'))
    .add('metaRun-a1', 'MetaRunOpened', opened('a1', '2024-01-11', 'alt'))
    .add('combination-c1', 'CombinationRefused', combinationFacts.refused('c1'));
  const { ports } = await ledgerHolding(history);
  // Folded once, so that what is edited afterwards stays edited.
  await viewOf(ports, runDirectory, null);
  return ports;
}

/** Changes rows as somebody does who can write to the store. */
async function edit({ readModels }: Ports, rows: Readonly<Record<string, JsonObject | null>>): Promise<void> {
  const position = (await readModels.checkpoint(runDirectory))!;
  const changes = Object.entries(rows).map(([key, value]) => ({ key, value, position }));
  await readModels.commit(runDirectory, changes, position, position);
}

const rowOf = async (ports: Ports, runId: string): Promise<RunRow> =>
  (await (await viewOf(ports, runDirectory, null)).row<RunRow>(runKey(runId)))!;
const editRun = async (ports: Ports, runId: string, change: Partial<RunRow>): Promise<void> =>
  edit(ports, { [runKey(runId)]: { ...(await rowOf(ports, runId)), ...change } });

const asked = async (runId: string, asOf: string | null) => requestedRun(await ledger(), { runId, asOf, knownAt: null });

const early = (runId: string) => ledger().then((ports) => requestedRun(ports, { runId, asOf: null, knownAt: '2026-01-01T00:00:00.000Z' }));

describe('the newest run of a name', () => {
  test.each([
    [null, 0, 'm3'],
    [null, 1, 'm2'],
    [null, 2, 'm1'],
    [null, 3, null],
    ['2024-01-11', 0, 'm3'],
    ['2024-01-11', 1, 'm1'],
    ['2024-01-10', 0, 'm1'],
    ['2024-01-10', 1, null],
    ['2024-01-09', 0, null],
  ])('as of %p, behind %i later ones, is %p, whether it must be certain or not', async (asOf, skipped, runId) => {
    const ports = await ledger();
    expect(await newestRun(ports, desk, { ...now, asOf }, { skipped, certain: false })).toBe(runId);
    expect(await newestRun(ports, desk, { ...now, asOf }, { skipped, certain: true })).toBe(runId);
  });

  test('is none in an empty ledger, and none of a name that nobody has', async () => {
    const { ports } = await ledgerHolding(new FactHistory());
    expect(await newestRun(ports, desk, now, certainly)).toBeNull();
    expect(await newestRun(await ledger(), { kind: 'meta', name: 'nobody' }, now, certainly)).toBeNull();
  });

  test('is refused where its stream tells of another date or another name', async () => {
    for (const change of [{ asOf: '2024-01-12' }, { asOf: null }]) {
      const ports = await ledger();
      await editRun(ports, 'm3', change);
      await expect(newestRun(ports, desk, now, last)).rejects.toMatchObject({
        code: 'ReadModelsDiffer',
        message: 'the read models do not say what the events say: m3 is no meta run of desk',
        evidence: { kind: 'meta', name: 'desk', runId: 'm3' },
      });
    }
    const ports = await ledger();
    await edit(ports, { [numberedKey(desk, 3)]: { runId: 'a1' } });
    await expect(newestRun(ports, desk, now, last)).rejects.toMatchObject({ evidence: { kind: 'meta', name: 'desk', runId: 'a1' } });
  });

  test.each<[string, JsonObject | null]>([
    ['is missing', null],
    ['is of another run', { runId: 'm2', number: 3, asOf: '2024-01-11' }],
    ['is numbered as one that is still to come', { runId: 'm3', number: 6, asOf: '2024-01-11' }],
  ])('is refused where the row of it %s', async (_, row) => {
    const ports = await ledger();
    await edit(ports, { [runKey('m3')]: row });
    await expect(newestRun(ports, desk, now, last)).rejects.toMatchObject({
      code: 'ReadModelsDiffer',
      message: 'the read models do not say what the events say: run m3',
      evidence: { ...desk, runId: 'm3' },
    });
  });

  test('is missing from the rows: who needs certainty is refused, and told how many are later', async () => {
    const ports = await ledger();
    await edit(ports, { [numberedKey(desk, 3)]: null });
    expect(await newestRun(ports, desk, now, last)).toBe('m2');
    await expect(newestRun(ports, desk, now, certainly)).rejects.toMatchObject({
      code: 'ReadModelsDiffer',
      message: 'the read models do not say what the events say: 1 runs of desk were recorded later than m2, not 0',
      evidence: { ...desk, later: 1, skipped: 0 },
    });
    // One of a later date is not counted where it does not count.
    expect(await newestRun(ports, desk, { ...now, asOf: '2024-01-10' }, certainly)).toBe('m1');
  });

  test('is looked for in the log where the rows know of none at all', async () => {
    const ports = await ledger();
    await edit(ports, { count: { runs: 0 } });
    await expect(newestRun(ports, desk, now, last)).rejects.toMatchObject({
      code: 'ReadModelsDiffer',
      message: 'the read models do not say what the events say: 3 runs of desk were recorded later than any that they know, not 0',
      evidence: { ...desk, later: 3, skipped: 0 },
    });
  });

  test('is one too old where a row tells of a run that never was', async () => {
    const ports = await ledger();
    const madeUp = { ...(await rowOf(ports, 'm3')), runId: 'm9', number: 4 } as unknown as JsonObject;
    await edit(ports, { [numberedKey(desk, 4)]: { runId: 'm9' }, [runKey('m9')]: madeUp });
    expect(await newestRun(ports, desk, now, { skipped: 1, certain: false })).toBe('m3');
    await expect(newestRun(ports, desk, now, { skipped: 1, certain: true })).rejects.toMatchObject({
      code: 'ReadModelsDiffer',
      message: 'the read models do not say what the events say: 0 runs of desk were recorded later than m3, not 1',
      evidence: { ...desk, later: 0, skipped: 1 },
    });
  });
});

describe('the row of a run', () => {
  test('is what the run directory has, of a run of any kind', async () => {
    const ports = await ledger();
    expect(await runOf(ports, 'm2')).toMatchObject({ number: 2, runId: 'm2', kind: 'meta', name: 'desk', asOf: '2024-01-12' });
    expect(await runOf(ports, 'c1')).toMatchObject({ runId: 'c1', kind: 'combination', name: 'futures', asOf: null, status: 'refused' });
  });

  test('is unknown where neither rows nor streams have the run', async () => {
    await expect(runOf(await ledger(), 'nobody')).rejects.toMatchObject({
      code: 'RunUnknown',
      message: 'no run nobody is recorded',
      at: { path: 'nobody' },
    });
  });

  test.each<[string, Partial<RunRow>]>([
    ['kind', { kind: 'sleeve' }],
    ['name', { name: 'alt' }],
    ['date', { asOf: '2024-01-10' }],
    ['id', { runId: 'm1' }],
  ])('is refused with another %s than its stream has', async (_, change) => {
    const ports = await ledger();
    await editRun(ports, 'm2', change);
    await expect(runOf(ports, 'm2')).rejects.toMatchObject({
      code: 'ReadModelsDiffer',
      message: 'the read models do not say what the events say: run m2',
      evidence: { runId: 'm2' },
    });
  });

  test('is refused where it is missing, and where it has a kind that is none', async () => {
    const ports = await ledger();
    await edit(ports, { [runKey('m1')]: null });
    await expect(runOf(ports, 'm1')).rejects.toMatchObject({ code: 'ReadModelsDiffer', evidence: { runId: 'm1' } });
    await editRun(ports, 'm2', { kind: 'portfolio' as RunRow['kind'] });
    await expect(runOf(ports, 'm2')).rejects.toMatchObject({ code: 'ReadModelsDiffer', evidence: { runId: 'm2' } });
    await edit(ports, { [runKey('made-up')]: { ...(await rowOf(ports, 'm3')), runId: 'made-up' } });
    await expect(runOf(ports, 'made-up')).rejects.toMatchObject({ code: 'ReadModelsDiffer', evidence: { runId: 'made-up' } });
  });
});

describe('a requested run', () => {
  test('is of the asked date or an earlier one', async () => {
    expect(await asked('m2', '2024-01-12')).toMatchObject({ runId: 'm2' });
    expect(await asked('m2', null)).toMatchObject({ runId: 'm2' });
    await expect(asked('m2', '2024-01-11')).rejects.toMatchObject({
      code: 'RunUnknown',
      message: 'run m2 is as of 2024-01-12, after 2024-01-11',
      at: { path: 'm2' },
    });
  });

  test('without a date counts where no date is asked for', async () => {
    expect(await asked('c1', null)).toMatchObject({ runId: 'c1' });
    await expect(asked('c1', '2024-01-11')).rejects.toMatchObject({ code: 'RunUnknown', message: 'run c1 bears no date' });
  });

  test('is asked for as it was known', async () => {
    await expect(early('m1')).rejects.toMatchObject({ code: 'RunUnknown', message: 'no run m1 is recorded' });
  });
});
