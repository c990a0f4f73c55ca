/** Backtests of sleeves that select: who entered, what cash windows hold, and that nothing later decides it. */
import { describe, expect, test } from '@jest/globals';
import { type JobRunner, runnerHere } from '../../../domain/backtest/job-runner.ts';
import { runProfileJob } from '../../../domain/backtest/profile-job.ts';
import { runSleeveJob } from '../../../domain/backtest/sleeve-job.ts';
import { computeBacktest } from '../../../domain/backtest-run/computed-run.ts';
import { parseTableText } from '../../../domain/returns/table-text.ts';
import { contentHashOf } from '../../../domain/shared/envelope.ts';
import { dataOf } from '../../../domain/shared/facts.ts';
import { toHex } from '../../../domain/shared/hashing.ts';
import { selectForSleeve } from '../../../domain/sleeve-selection/job.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { abortedIn, selectingBacktest, selectingSymbols } from '../../support/selecting-backtest.ts';
import { changedAfter } from '../sleeve-selection/sleeves.ts';

const { sha256 } = createNodeCrypto();
const computed = await computeBacktest(selectingBacktest(), sha256);
const [completed] = dataOf(computed.drafts, 'BacktestCompleted');
const selected = dataOf(computed.drafts, 'SleeveSelected');

type Computed = typeof computed;

const tableAt = ({ staged }: Computed, address: string) => {
  const bytes = staged.contents().find((content) => toHex(sha256(content)) === address)!;
  return parseTableText(new TextDecoder().decode(bytes));
};
const hashesOf = ({ drafts }: Computed): string[] => drafts.map((draft) => contentHashOf(sha256, draft));

describe('a backtest of sleeves that select', () => {
  test('says who entered each window of a sleeve, once for all its profiles, and holds nobody else', () => {
    expect(selected.map(({ path, mode, verdict, labels }) => [path, mode, verdict, labels])).toEqual([
      [['stocks'], 'v4', 'usable', []],
      [['funds'], 'v4', 'usable', []],
    ]);
    for (const { risk, sleeves } of completed!.tested) {
      for (const { path, windows, weights } of sleeves) {
        const { decisions } = selected.find((one) => one.path[0] === path[0])!;
        const table = tableAt(computed, weights.sha256);
        expect(decisions.map(({ scope }) => scope)).toEqual([...table.dates.map(() => 'window'), 'live']);
        expect(windows).toBe(table.dates.length);
        if (risk === 'market') continue;
        table.dates.forEach((date, window) => {
          const { entered, newestRead } = decisions[window]!;
          const held = table.columns.filter((_, column) => table.values[column]![window]! > 0);
          expect(newestRead).toBe(date);
          expect(entered.map(({ symbol }) => symbol)).toEqual(expect.arrayContaining(held));
          if (risk === 'equal_weight') expect(held).toHaveLength(entered.length);
        });
      }
    }
  });

  test('holds the market on its benchmarks', () => {
    const market = completed!.tested.find(({ risk }) => risk === 'market')!;
    expect(tableAt(computed, market.sleeves[0]!.weights.sha256).columns).toEqual(['AMEX:SPY']);
  });

  test('keeps every number of a selection as a document', () => {
    const { record, candidates } = selected[0]!.decisions[0]!;
    const bytes = computed.staged.contents().find((content) => toHex(sha256(content)) === record.sha256)!;
    expect(JSON.parse(new TextDecoder().decode(bytes))).toMatchObject({
      candidates,
      symbols: expect.arrayContaining(selectingSymbols.stocks),
    });
  });

  test('has the same bytes whoever selects and walks, in whichever order', async () => {
    const elsewhere: JobRunner = {
      lanes: 3,
      selection: async (job) => structuredClone(selectForSleeve(structuredClone(job))),
      sleeve: async (job) => structuredClone(runSleeveJob(structuredClone(job))),
      profile: async (job) => structuredClone(runProfileJob(structuredClone(job))),
    };
    expect(hashesOf(await computeBacktest(selectingBacktest(), sha256, elsewhere))).toEqual(hashesOf(computed));
  });

  test('compares flat with the assets that a sleeve may hold at the decision, and with no other', () => {
    const hrp = completed!.tested.find(({ risk }) => risk === 'hrp')!;
    const detail = computed.staged.contents().find((content) => toHex(sha256(content)) === hrp.detail.sha256)!;
    const { baselines } = JSON.parse(new TextDecoder().decode(detail)) as {
      baselines: { name: string; columns: string[]; weights: number[][] }[];
    };
    const flat = baselines.find(({ name }) => name === 'flat')!;
    const decisions = dataOf(computed.drafts, 'WindowAllocated').filter(({ risk }) => risk === 'hrp');
    flat.weights.forEach((row, index) => {
      const { sleeveReads } = decisions[index]!;
      const admitted = selected.flatMap(({ path, decisions: own }) =>
        own
          .find(({ newestRead, scope }) => scope === 'window' && newestRead === sleeveReads[path[0]!])!
          .entered.map(({ symbol }) => symbol),
      );
      const held = flat.columns.filter((_, column) => row[column]! > 0);
      expect(admitted).toEqual(expect.arrayContaining(held));
      expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    });
  });
});

describe('a future price', () => {
  test('changes no selection, no window and no decision before it', async () => {
    const plant = dataOf(computed.drafts, 'WindowAllocated')[2]!.newestRead;
    const after = await computeBacktest(selectingBacktest({ changed: (file) => changedAfter(file, plant) }), sha256);
    const upTo = ({ drafts }: Computed) => ({
      selections: dataOf(drafts, 'SleeveSelected').map(({ decisions }) => decisions.filter(({ newestRead }) => newestRead <= plant)),
      decisions: dataOf(drafts, 'WindowAllocated').filter(({ newestRead }) => newestRead <= plant),
    });
    expect(upTo(computed).selections.map((decisions) => decisions.length)).toEqual([expect.any(Number), expect.any(Number)]);
    expect(upTo(computed).selections[0]!.length).toBeGreaterThan(3);
    expect(upTo(after)).toEqual(upTo(computed));
    expect(dataOf(after.drafts, 'SleeveSelected')).not.toEqual(selected);
  });
});

describe('a static universe', () => {
  test('is selected once, and says that its windows look ahead', async () => {
    const { drafts } = await computeBacktest(selectingBacktest({ backtest: { dynamic_universe: false } }), sha256);
    for (const { labels, decisions } of dataOf(drafts, 'SleeveSelected')) {
      expect(labels).toEqual(['selection look-ahead']);
      expect(decisions).toMatchObject([{ scope: 'static', window: null }]);
    }
    const [ended] = dataOf(drafts, 'BacktestCompleted');
    const flags = ended!.tested.map(({ risk, sleeves }) => [
      risk,
      sleeves.every((sleeve) => sleeve.flags.includes('selection_look_ahead')),
    ]);
    expect(flags).toEqual([
      ['hrp', true],
      ['equal_weight', true],
      ['market', false],
    ]);
  });
});

describe('an aborted selection', () => {
  test('leaves its window in cash: flagged, without weights, and with numbers everywhere', async () => {
    const one = await computeBacktest(selectingBacktest(), sha256, {
      ...runnerHere,
      selection: async (job) => abortedIn(selectForSleeve(job), [3, 4, 5]),
    });
    const [ended] = dataOf(one.drafts, 'BacktestCompleted');
    expect(ended!.failed).toEqual([]);
    for (const { risk, sleeves, tables, metrics, baselines } of ended!.tested) {
      expect(Number.isFinite(metrics.total)).toBe(true);
      expect(baselines.map(({ reason }) => reason)).toEqual(baselines.map(() => null));
      for (const address of [tables.returns, tables.leafWeights, tables.assetWeights, tables.trades])
        expect(tableAt(one, address.sha256).values.every((column) => column.every(Number.isFinite))).toBe(true);
      if (risk === 'market') continue;
      for (const { flags, weights } of sleeves) {
        expect(flags).toContain('cash');
        const table = tableAt(one, weights.sha256);
        const sums = table.dates.map((_, window) => table.values.reduce((sum, column) => sum + column[window]!, 0));
        sums.forEach((sum, window) => expect(sum).toBeCloseTo([3, 4, 5].includes(window) ? 0 : 1, 12));
      }
    }
    const aborted = dataOf(one.drafts, 'SleeveSelected')[0]!.decisions[3]!;
    expect(aborted).toMatchObject({ entered: [], aborted: ['veto_share'] });
  });

  test('of the live weights ends every profile of the backtest, by name and with the vetoes, and is recorded', async () => {
    const { drafts } = await computeBacktest(selectingBacktest({ selection: { min_winners: 9 } }), sha256);
    expect(drafts.map(({ type }) => type)).toEqual(['BacktestStarted', 'SleeveSelected', 'SleeveSelected', 'BacktestFailed']);
    const [failed] = dataOf(drafts, 'BacktestFailed');
    expect(failed!.failed).toMatchObject([
      {
        risk: 'hrp',
        path: ['stocks'],
        code: 'SelectionAborted',
        reason: expect.stringMatching(/^sleeve stocks: the live selection .*9 are needed/),
      },
      { risk: 'equal_weight', code: 'SelectionAborted' },
      { risk: 'market', code: 'SelectionAborted' },
    ]);
  });
});
