/** Which recorded runs a replay finds: by what they begin with, by their market time, and by what was known of them. */
import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { Ports } from '../../../handlers/ports/ports.ts';
import { metaRunOf } from '../../../handlers/replay/meta-run-of.ts';
import { envelopeOf, recordedRuns, type RunSelection } from '../../../handlers/replay/recorded-runs.ts';
import { backtestFacts, combinationFacts } from '../../support/backtest-facts.ts';
import { memorySession } from '../../support/imported-run.ts';
import { FactHistory, portfolioFacts } from '../../support/portfolio-events.ts';
import { metaOpened } from '../../support/opened-meta-run.ts';
import { storeOf } from '../../support/recorded-facts.ts';
import { refusalOf } from '../../support/refusal.ts';
import { keptAudit, recordedScan } from '../../support/scan-facts.ts';
import { selectionFacts } from '../../support/selection-facts.ts';
import { tournamentFacts } from '../../support/tournament-facts.ts';

const firstDay = '2026-01-02T03:04:05.678Z';
const secondDay = '2026-01-03T03:04:05.678Z';

/** Runs of every kind, at the positions 7, 14, 21, ... of the store in memory; those from the meta run on are recorded a day later. */
const history = new FactHistory()
  .add('backtest-t1', 'BacktestStarted', backtestFacts.started('t1', { asOf: '2024-01-10' }))
  .add('backtest-t1', 'BacktestFailed', backtestFacts.failed('t1', [['hrp', 'no rows']]))
  .portfolio('PublicationHalted', { meta: 'desk', number: 1, who: 'ann', why: 'outage' })
  .add('combination-c1', 'PositionsCombined', combinationFacts.combined('c1', { asOf: '2025-07-17' }))
  .add('combination-c2', 'CombinationRefused', combinationFacts.refused('c2'))
  .add('tournament-m1', 'TournamentStarted', tournamentFacts.started('m1'))
  .add('sleeveRun-p1', 'SleeveRunOpened', selectionFacts.opened('p1'))
  .add('metaRun-x1', 'MetaRunOpened', metaOpened('x1'), secondDay)
  .add('scan-trend', 'ScanRecorded', { ...recordedScan(), number: 1 }, secondDay)
  .add('scan-trend', 'ScanRecorded', { ...recordedScan({ asOf: '2026-05-02' }), number: 2 }, secondDay)
  .add('scan-audits', 'ScanAudited', { ...keptAudit([]), number: 1 }, secondDay);

const t1 = { runId: 't1', kind: 'backtest', name: 'desk', asOf: '2024-01-10', stream: 'backtest-t1' };
const c1 = { runId: 'c1', kind: 'combination', name: 'futures', asOf: '2025-07-17', stream: 'combination-c1' };
const c2 = { runId: 'c2', kind: 'combination', name: 'futures', asOf: null, stream: 'combination-c2' };
const m1 = { runId: 'm1', kind: 'tournament', name: 'bonds', asOf: '2024-01-10', stream: 'tournament-m1' };
const p1 = { runId: 'p1', kind: 'sleeve', name: 'bonds', asOf: '2024-01-10', stream: 'sleeveRun-p1' };
const x1 = { runId: 'x1', kind: 'meta', name: 'desk', asOf: '2024-03-01', stream: 'metaRun-x1' };
const trend = { runId: 'trend', kind: 'scan', name: 'trend', asOf: '2026-05-01', stream: 'scan-trend' };
const audits = { runId: 'audits', kind: 'scan audit', name: 'audits', asOf: null, stream: 'scan-audits' };

async function portsOf(facts: FactHistory = history): Promise<Ports> {
  return { ...memorySession().ports, store: await storeOf(facts) };
}

const none: RunSelection = { runId: null, asOf: null, knownAt: null };

/** The runs that are found, or the refusal. */
async function found(selection: Partial<RunSelection>, facts?: FactHistory): Promise<unknown> {
  try {
    return await recordedRuns(await portsOf(facts), { ...none, ...selection });
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const { code, message, at, evidence } = error;
    return { code, message, at, evidence };
  }
}

const nothing = (message: string) => ({ code: 'NothingRecorded', message, at: {}, evidence: {} });
const unknown = (runId: string, message: string) => ({ code: 'RunUnknown', message, at: { path: runId }, evidence: {} });

describe('recorded runs', () => {
  test('are found in ledger order, each by its opening, and scanners by their first scan', async () => {
    expect(await found({})).toEqual([t1, c1, c2, m1, p1, x1, trend, audits]);
  });

  test.each([
    ['2024-01-09', nothing('no run is recorded as of 2024-01-09 or before')],
    ['2024-01-10', [t1, m1, p1]],
    ['2024-03-01', [t1, m1, p1, x1]],
    ['2025-07-16', [t1, m1, p1, x1]],
    ['2025-07-17', [t1, c1, m1, p1, x1]],
    ['2026-04-30', [t1, c1, m1, p1, x1]],
    ['2026-05-01', [t1, c1, m1, p1, x1, trend]],
  ])('of a market time of %s leave out later ones, and those of no date', async (asOf, expected) => {
    expect(await found({ asOf })).toEqual(expected);
  });

  test.each([
    ['7', [t1]],
    ['27', [t1]],
    ['28', [t1, c1]],
    ['35', [t1, c1, c2]],
    [secondDay, [t1, c1, c2, m1, p1, x1, trend, audits]],
    [firstDay, [t1, c1, c2, m1, p1]],
    ['2026-01-02T03:04:05.677Z', nothing('no run is recorded, known at 2026-01-02T03:04:05.677Z')],
  ])('that were known at %s are those recorded by then', async (knownAt, expected) => {
    expect(await found({ knownAt })).toEqual(expected);
  });

  test.each([
    [{ runId: 'c2' }, [c2]],
    [{ runId: 'trend' }, [trend]],
    [{ runId: 'audits' }, [audits]],
    [{ runId: 'x1', knownAt: '56' }, [x1]],
    [{ runId: 'x1', knownAt: '55' }, unknown('x1', 'no run x1 is recorded, known at 55')],
    [{ runId: 'x1', knownAt: firstDay }, unknown('x1', `no run x1 is recorded, known at ${firstDay}`)],
    [{ runId: 'x1', asOf: '2024-03-01' }, [x1]],
    [
      { runId: 'x1', asOf: '2024-02-29', knownAt: secondDay },
      unknown('x1', `no run x1 is recorded as of 2024-02-29 or before, known at ${secondDay}`),
    ],
    [{ runId: 'nobody' }, unknown('nobody', 'no run nobody is recorded')],
    [{ runId: 'no such name' }, unknown('no such name', 'no run no such name is recorded')],
  ])('are looked for by name and time: %j', async (selection, expected) => {
    expect(await found(selection)).toEqual(expected);
  });

  test('of one name and two kinds are both found', async () => {
    const both = new FactHistory()
      .add('backtest-m1', 'BacktestStarted', backtestFacts.started('m1'))
      .add('tournament-m1', 'TournamentStarted', tournamentFacts.started('m1'));
    expect(await found({ runId: 'm1' }, both)).toMatchObject([{ kind: 'backtest' }, { kind: 'tournament' }]);
  });

  test('are none in a ledger without any, and none where the stream of a run begins otherwise', async () => {
    expect(await found({}, new FactHistory().portfolio('AllocationPublished', portfolioFacts.published('desk', 1)))).toEqual(
      nothing('no run is recorded'),
    );
    const otherwise = new FactHistory().add('backtest-t1', 'BacktestFailed', backtestFacts.failed('t1', [['hrp', 'no rows']]));
    expect(await found({ runId: 't1' }, otherwise)).toEqual(unknown('t1', 'no run t1 is recorded'));
  });
});

describe('the bytes of a recorded event', () => {
  test('that are none any more are a broken chain, with the place where they stand', () => {
    const [stored] = history.stored;
    const { code, message, evidence, cause } = refusalOf(() => envelopeOf({ ...stored!, bytes: new TextEncoder().encode('{') }));
    expect({ code, message, evidence }).toEqual({
      code: 'ChainBroken',
      message: 'the bytes of event 0 of backtest-t1 are not an event any more',
      evidence: { stream: 'backtest-t1', revision: '0', position: '1' },
    });
    expect(cause).toBeDefined();
  });
});

describe('a recorded meta run', () => {
  test('is read with its events', async () => {
    const { runId, opened, events } = await metaRunOf(await portsOf(), { ...none, runId: 'x1' });
    expect({ runId, opened, types: events.map(({ type }) => type) }).toEqual({
      runId: 'x1',
      opened: metaOpened('x1'),
      types: ['MetaRunOpened'],
    });
  });

  test('is not one of another kind, and not one that nobody recorded', async () => {
    await expect(metaRunOf(await portsOf(), { ...none, runId: 't1' })).rejects.toMatchObject({ code: 'Usage' });
    await expect(metaRunOf(await portsOf(), { ...none, runId: 'nobody' })).rejects.toMatchObject({ code: 'RunUnknown' });
  });
});
