/** The tear sheets of a recorded sleeve run, beside its own facts and the documents that they name. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { DomainEvent, EventData } from '../../../domain/catalogue.ts';
import { dataOf } from '../../../domain/shared/facts.ts';
import type { TearSheet } from '../../../domain/tear-sheet/tear-sheet.ts';
import { tablesOf } from '../../../domain/tear-sheet/tear-sheet-tables.ts';
import { loadDocument, loadTable } from '../../../handlers/artifacts/artifact-files.ts';
import { runEvents } from '../../../handlers/runs/load-sleeve-run.ts';
import { runOf } from '../../../handlers/runs/run-of.ts';
import { runSeries } from '../../../handlers/series/run-series.ts';
import { runTearSheets } from '../../../handlers/tear-sheets/run-tear-sheets.ts';
import { sleeveTearSheets } from '../../../handlers/tear-sheets/sleeve-tear-sheets.ts';
import { fileOf, type Ledger, manifestOf, memoryLedger, produce } from '../replay/world.ts';

const ledger: Ledger = memoryLedger();
const { ports } = ledger.session;
const manifest = manifestOf();
let runId = '';
let events: readonly DomainEvent[] = [];
let sheets = new Map<string, TearSheet>();

beforeAll(async () => {
  runId = await produce(ledger, manifest, 'funds', [fileOf('funds')]);
  events = await runEvents(ports, 'sleeveRun', runId);
  sheets = new Map((await sleeveTearSheets(ports.artifacts, events)).map(({ risk, sheet }) => [risk, sheet]));
}, 60_000);

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const product = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, row) => sum + (value - mean(a)) * (b[row]! - mean(b)), 0);

const solvedOf = (risk: string): EventData<'SleeveProfileSolved'> =>
  dataOf(events, 'SleeveProfileSolved').find((solved) => solved.risk === risk)!;

describe('the tear sheets of a sleeve run', () => {
  test('are one for each profile that it solved, in their order, the same for who asks by the run', async () => {
    expect([...sheets.keys()]).toEqual(dataOf(events, 'SleeveProfileSolved').map(({ risk }) => risk));
    const asked = await runTearSheets(ports, { runId, kind: 'sleeve' });
    expect(asked.map(({ risk }) => risk)).toEqual([...sheets.keys()]);
    expect(asked[0]!.sheet).toEqual(sheets.get(asked[0]!.risk));
    await expect(runTearSheets(ports, { runId: 'nobody', kind: 'sleeve' })).rejects.toMatchObject({ code: 'RunUnknown' });
    await expect(runTearSheets(ports, { runId: 'nobody', kind: 'meta' })).rejects.toMatchObject({ code: 'RunUnknown' });
  });

  test.each(['hrp', 'min_variance'])('of %s measure its recorded returns from the close before its first window', async (risk) => {
    const sheet = sheets.get(risk)!;
    const { outOfSample, walkForward } = solvedOf(risk);
    const stored = await loadTable(ports.artifacts, outOfSample.returns);
    const { windows, columns } = await loadDocument(ports.artifacts, 'walk-forward', walkForward.detail);
    expect(sheet).toMatchObject({ name: `funds ${risk}`, basis: 'net of costs, out-of-sample' });
    expect(sheet.portfolio.dates).toEqual(stored.dates);
    expect(sheet.portfolio.returns).toEqual(stored.values[0]);
    const { total, volatility, maxDrawdown } = outOfSample.metrics;
    expect(sheet.portfolio.performance).toMatchObject({ opened: windows[0]!.trainLast, total, volatility, maxDrawdown });
    expect(sheet.windows).toEqual(windows);
    expect(sheet.trades!.map(({ date, turnoverTwoSided, costFraction }) => [date, turnoverTwoSided, costFraction])).toEqual(
      windows.map(({ trainLast, turnoverTwoSided, costFractionCharged }) => [trainLast, turnoverTwoSided, costFractionCharged]),
    );
    const decisions = windows.map(({ trainLast, weights }) => ({ date: trainLast, weights }));
    expect(sheet.weights).toMatchObject({ history: { of: 'assets', ids: columns, decisions } });
    expect(sheet.contributions!.map(({ kind, of }) => `${kind} ${of}`)).toHaveLength(2);
  });

  test('are held against the plain profiles but their own, and against the benchmark', () => {
    const plain = ['equal_weight', 'market', 'benchmark'].filter((risk) => sheets.has(risk));
    expect(plain.length).toBeGreaterThan(1);
    for (const [risk, sheet] of sheets)
      expect(sheet.baselines!.map(({ id, note }) => [id, note])).toEqual(
        [...sheets.keys()].filter((other) => plain.includes(other) && other !== risk).map((id) => [id, null]),
      );
    expect(sheets.get('hrp')!.benchmark!.id).toBe('AMEX:SPY');
  });

  test('show correlations of the positions that are held, on the rows of the last training, and the tree of the solve', async () => {
    const { weights, walkForward } = solvedOf('hrp');
    const [formed] = dataOf(events, 'UniverseFormed');
    const returns = await loadTable(ports.artifacts, formed!.returns);
    const { correlations, tree } = sheets.get('hrp')!;
    const heldIds = weights.flatMap(({ symbol, weight }) => (weight === 0 ? [] : [symbol])).toSorted();
    expect(correlations!.ids).toEqual(heldIds);
    expect(correlations!.basis).toBe(`sample, last ${walkForward.trainWindow} rows, the ${heldIds.length} largest positions`);
    // Pearson's coefficient by plain sums.
    const columns = heldIds.map((id) => [...returns.values[returns.columns.indexOf(id)]!].slice(-walkForward.trainWindow));
    const [left, right] = [columns[0]!, columns[1]!];
    expect(correlations!.values[1]).toBeCloseTo(product(left, right) / Math.sqrt(product(left, left) * product(right, right)), 12);
    expect(tree!.leaves.toSorted()).toEqual(weights.map(({ symbol }) => symbol).toSorted());
  });

  test('are the series of the run by one of its profiles, each table by date', async () => {
    const run = await runOf(ports, runId);
    const tables = tablesOf(sheets.get('hrp')!);
    expect(await runSeries(ports, run, 'hrp')).toEqual(
      tables.map(({ name, table: { dates, columns, values } }) => ({ name, index: { kind: 'dates', values: dates }, columns, values })),
    );
    await expect(runSeries(ports, run, 'adaptive')).rejects.toMatchObject({
      code: 'ProfileNotAvailable',
      message: `run ${runId} has no adaptive; it has ${[...sheets.keys()].join(', ')}`,
    });
  });
});
