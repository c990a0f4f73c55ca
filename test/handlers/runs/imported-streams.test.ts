/** Profiles of runs that other programs computed, as they compete in a tournament; and which runs do not. */
import { describe, expect, test } from '@jest/globals';
import { StagedArtifacts } from '../../../domain/documents/staged-artifacts.ts';
import { importedStreams } from '../../../handlers/runs/imported-streams.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { sha256 } from '../../support/sample-events.ts';
import { sleeveRunFacts } from '../../support/sleeve-run-facts.ts';

const { opened, imported, graded } = sleeveRunFacts;
const table = (value: number) => ({ dates: ['2024-01-05'], columns: ['return'], values: [Float64Array.of(value)] });
const staged = new StagedArtifacts(sha256);
const [first, second, third] = [0.5, 0.25, 0.125].map((value) => staged.table(table(value), []));

const history = new FactHistory()
  .add('sleeveRun-i1', 'SleeveRunOpened', opened('i1', { source: 'import' }))
  .add('sleeveRun-i1', 'SleeveProfileImported', imported('hrp', {}, '2024-01-05', first))
  .add('sleeveRun-i1', 'SleeveProfileImported', imported('market', {}, '2024-01-05', second))
  .add('sleeveRun-i1', 'SleeveRunFoundIneligible', graded(['no certificate']))
  .add('sleeveRun-i2', 'SleeveRunOpened', opened('i2', { source: 'message' }))
  .add('sleeveRun-i2', 'SleeveProfileImported', imported('hrp', {}, '2024-01-05', third))
  .add('sleeveRun-ours', 'SleeveRunOpened', opened('ours', { source: 'production' }))
  .add('sleeveRun-ours', 'SleeveProfileImported', imported('hrp', {}, '2024-01-05', third))
  .add('sleeveRun-empty', 'SleeveRunOpened', opened('empty', { source: 'import' }))
  .add('sleeveRun-euro', 'SleeveRunOpened', opened('euro', { source: 'import', currency: 'EUR' }))
  .add('sleeveRun-euro', 'SleeveProfileImported', imported('hrp', {}, '2024-01-05', third))
  .add('sleeveRun-broken', 'SleeveProfileImported', imported('hrp', {}, '2024-01-05', third));

async function streamsOf(...runIds: readonly string[]) {
  const { ports } = await ledgerHolding(history);
  await ports.artifacts.putAll(staged.contents());
  return importedStreams(ports, runIds, 'USD');
}

const series = (value: number) => ({ dates: ['2024-01-05'], values: Float64Array.of(value) });

describe('imported streams', () => {
  test('are every profile of each run once, in the order of the runs, whatever their grade', async () => {
    expect(await streamsOf('i2', 'i1', 'i2')).toEqual([
      { runId: 'i2', risk: 'hrp', returns: third, series: series(0.125) },
      { runId: 'i1', risk: 'hrp', returns: first, series: series(0.5) },
      { runId: 'i1', risk: 'market', returns: second, series: series(0.25) },
    ]);
    expect(await streamsOf()).toEqual([]);
  });

  test.each([
    [
      'ours',
      'Usage',
      'ours was computed here, and competes by its settings: --import-run names runs of other programs',
      { at: { path: '--import-run' } },
    ],
    ['empty', 'SleeveRunIneligible', 'no profile of empty was taken over', { at: { path: '--import-run' }, evidence: { runId: 'empty' } }],
    [
      'euro',
      'CurrencyMixed',
      'euro counts in EUR, the sleeve in USD',
      { at: { path: '--import-run' }, evidence: { runId: 'euro', currency: 'EUR', sleeve: 'USD' } },
    ],
    ['broken', 'ChainBroken', 'run broken begins with SleeveProfileImported', {}],
    ['nobody', 'RunUnknown', 'no run nobody is recorded', { at: { path: 'nobody' } }],
  ])('of %s are refused with %s', async (runId, code, message, further) => {
    await expect(streamsOf('i1', runId)).rejects.toMatchObject({ code, message, ...further });
  });
});
