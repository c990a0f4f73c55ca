/** A recorded sleeve run as a meta run consumes it, from facts that are written out by hand. */
import { describe, expect, test } from '@jest/globals';
import { StagedArtifacts } from '../../../domain/documents/staged-artifacts.ts';
import { loadSleeveRun, runEvents } from '../../../handlers/runs/load-sleeve-run.ts';
import { combinationFacts } from '../../support/backtest-facts.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { sha256 } from '../../support/sample-events.ts';
import { sleeveRunFacts } from '../../support/sleeve-run-facts.ts';

const { opened, universe, imported, graded } = sleeveRunFacts;
const leaves = {
  'backtest.train_window': 60,
  'backtest.step_size': 3,
  'backtest.partial_last_window': 'trade',
  'backtest.meta_rows': 'trailing',
  'data.lookback_days': 500,
  'risk.estimator': 'sample',
};
const series = (scale: number) => ({ dates: ['2024-01-05', '2024-01-08'], columns: ['return'], values: [Float64Array.of(scale, -scale)] });

/** A run with two profiles, `hrp` last on the 9th and `market` on the 10th. */
function world(source: 'import' | 'message' = 'import', told: Readonly<Record<string, string | number>> = leaves) {
  const staged = new StagedArtifacts(sha256);
  const origin = { system: 'desk', runId: null, ledgerId: null, runHash: null, eligibility: null };
  const definition =
    source === 'import'
      ? staged.document('imported-definition', { profile: 'coins', leaves: told, leftAside: [] })
      : staged.document('told-definition', { profile: 'coins', leaves: told, selectionMode: 'v4', origin });
  const tables = { hrp: staged.table(series(0.5), ['XNYS', 'XCRY']), market: staged.table(series(0.25), ['XNYS']) };
  const begun = new FactHistory().add(
    'sleeveRun-r1',
    'SleeveRunOpened',
    opened('r1', { source, definition, asOf: '2024-01-11', correction: 2, currency: 'EUR', currencyTreatment: 'hedged', profile: 'plain' }),
  );
  return {
    history: begun,
    tables,
    both: () =>
      begun
        .add('sleeveRun-r1', 'SleeveProfileImported', imported('market', { weights: null }, '2024-01-10', tables.market))
        .add('sleeveRun-r1', 'SleeveProfileImported', imported('hrp', {}, '2024-01-09', tables.hrp)),
    load: async (risks?: Parameters<typeof loadSleeveRun>[2]) => {
      const { ports } = await ledgerHolding(begun);
      await ports.artifacts.putAll(staged.contents());
      return loadSleeveRun(ports, 'r1', risks);
    },
  };
}

const streamOf = (scale: number, address: string, weights: unknown) => ({
  series: { dates: series(scale).dates, values: series(scale).values[0] },
  weights,
  // Four rows out of sample, by steps of three.
  partialRows: 1,
  sha256: address,
});

describe('a recorded sleeve run', () => {
  test('of a run directory is loaded with what it says, streams by profile, and where its data end by HRP', async () => {
    const run = world();
    run.both().add('sleeveRun-r1', 'SleeveRunCertified', graded());
    const { hrp, market } = run.tables;
    expect(await run.load()).toEqual({
      runId: 'r1',
      sleeve: 'bonds',
      profile: 'plain',
      asOf: '2024-01-11',
      correction: 2,
      eligibility: 'CERTIFIED',
      currency: 'EUR',
      currencyTreatment: 'hedged',
      // Those of the first profile, which has no universe to speak for it.
      calendars: ['XNYS'],
      dataEnd: { date: '2024-01-09', shortenedBy: [] },
      freshUntil: '2024-01-09',
      // Neither where a stream ends nor how a portfolio is backtested is compared.
      parityLeaves: { 'backtest.train_window': 60, 'backtest.step_size': 3, 'data.lookback_days': 500 },
      unstated: [],
      selectionMode: null,
      artifacts: [hrp.sha256, market.sha256].toSorted(),
      streams: new Map([
        ['market', streamOf(0.25, market.sha256, null)],
        ['hrp', streamOf(0.5, hrp.sha256, [{ symbol: 'NYSE:AAA', weight: 1 }])],
      ]),
    });
  });

  test('is loaded with the streams that are asked for, and still names every artifact', async () => {
    const run = world();
    run.both().add('sleeveRun-r1', 'SleeveRunDegraded', graded(['two profiles']));
    const { streams, artifacts, eligibility } = await run.load(['hrp']);
    expect([[...streams.keys()], artifacts.length, eligibility]).toEqual([['hrp'], 2, 'DEGRADED']);
    expect([...(await run.load([])).streams]).toEqual([]);
  });

  test('ends with the longest of its streams where HRP is none of them', async () => {
    const run = world();
    run.history
      .add('sleeveRun-r1', 'SleeveProfileImported', imported('market', {}, '2024-01-10', run.tables.market))
      .add('sleeveRun-r1', 'SleeveProfileImported', imported('equal_weight', {}, '2024-01-08', run.tables.hrp))
      .add('sleeveRun-r1', 'SleeveRunCertified', graded());
    expect((await run.load()).dataEnd).toEqual({ date: '2024-01-10', shortenedBy: [] });
  });

  test('has the calendars of its symbols, and the end of its grid, where it formed a universe', async () => {
    const run = world();
    run.history.add(
      'sleeveRun-r1',
      'UniverseFormed',
      universe({
        kept: [
          { symbol: 'NYSE:AAA', calendar: 'XNYS' },
          { symbol: 'BINANCE:BTCUSDT', calendar: 'XCRY' },
        ],
        shortened: { pricesLast: '2024-01-11', by: [{ symbol: 'NYSE:AAA', last: '2024-01-10' }] },
      }),
    );
    run.both().add('sleeveRun-r1', 'SleeveRunCertified', graded());
    const { calendars, dataEnd } = await run.load();
    expect({ calendars, dataEnd }).toEqual({ calendars: ['XCRY', 'XNYS'], dataEnd: { date: '2024-01-10', shortenedBy: ['NYSE:AAA'] } });
  });

  test.each([
    ['skips its last partial window, up to its as-of date', { ...leaves, 'backtest.partial_last_window': 'skip' }, '2024-01-11'],
    ['trades it, up to where its stream ends', leaves, '2024-01-09'],
  ])('by message is fresh, where it %s', async (_, told, freshUntil) => {
    const run = world('message', told);
    run.both().add('sleeveRun-r1', 'SleeveRunCertified', graded());
    expect(await run.load()).toMatchObject({
      dataEnd: { date: '2024-01-09' },
      freshUntil,
      selectionMode: 'v4',
      unstated: [],
      parityLeaves: { 'backtest.train_window': 60, 'backtest.step_size': 3, 'data.lookback_days': 500 },
    });
  });
});

describe('a run that cannot be consumed', () => {
  test('was found ineligible, and says why', async () => {
    const run = world();
    run.both().add('sleeveRun-r1', 'SleeveRunFoundIneligible', graded(['prices are wrong', 'no profile']));
    await expect(run.load()).rejects.toMatchObject({
      code: 'SleeveRunIneligible',
      message: 'run r1 is not eligible: prices are wrong; no profile',
      evidence: { runId: 'r1', reasons: ['prices are wrong', 'no profile'] },
    });
  });

  test('has no grade', async () => {
    const run = world();
    run.both();
    await expect(run.load()).rejects.toMatchObject({
      code: 'SleeveRunIneligible',
      message: 'run r1 is not eligible: the run is incomplete',
      evidence: { runId: 'r1', reasons: ['the run is incomplete'] },
    });
  });

  test('delivers no profile', async () => {
    const run = world();
    run.history.add('sleeveRun-r1', 'SleeveRunCertified', graded());
    await expect(run.load()).rejects.toThrow('an eligible run delivers a profile');
  });

  test('begins as no run does', async () => {
    const { ports } = await ledgerHolding(new FactHistory().add('sleeveRun-r1', 'SleeveRunCertified', graded()));
    await expect(loadSleeveRun(ports, 'r1')).rejects.toMatchObject({
      code: 'ChainBroken',
      message: 'run r1 begins with SleeveRunCertified',
    });
  });
});

describe('the events of a run', () => {
  const history = new FactHistory()
    .add('sleeveRun-r1', 'SleeveRunOpened', opened('r1'))
    .add('combination-c1', 'PositionsCombined', combinationFacts.combined('c1'));

  test('are those of its stream', async () => {
    const { ports } = await ledgerHolding(history);
    expect((await runEvents(ports, 'sleeveRun', 'r1')).map(({ type }) => type)).toEqual(['SleeveRunOpened']);
    expect((await runEvents(ports, 'combination', 'c1')).map(({ type }) => type)).toEqual(['PositionsCombined']);
  });

  test.each([
    ['sleeveRun', 'c1', 'Usage', 'c1 is a combination; give a sleeve run', { runId: 'c1', kind: 'combination' }],
    ['metaRun', 'r1', 'Usage', 'r1 is a sleeve run; give a meta run', { runId: 'r1', kind: 'sleeve' }],
    ['metaRun', 'r9', 'RunUnknown', 'no run r9 is recorded', {}],
    ['sleeveRun', 'r9', 'RunUnknown', 'no run r9 is recorded', {}],
    ['backtest', 'r9', 'RunUnknown', 'no backtest r9 is recorded', {}],
    ['combination', 'r9', 'RunUnknown', 'no combination r9 is recorded', {}],
    ['tournament', 'r9', 'RunUnknown', 'no tournament r9 is recorded', {}],
  ] as const)('of a %s %s are refused: %s', async (stream, runId, code, message, evidence) => {
    const { ports } = await ledgerHolding(history);
    await expect(runEvents(ports, stream, runId)).rejects.toMatchObject({ code, message, evidence, at: { path: runId } });
  });
});
