/** What goes into the file of a run: its own stream, and everything that it rests on, each event once and in ledger order. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { draftEvent, type EventData } from '../../../domain/catalogue.ts';
import type { DraftEvent } from '../../../domain/shared/envelope.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { everything, runWithItsSources } from '../../../handlers/audit/selection.ts';
import type { Ports } from '../../../handlers/ports/ports.ts';
import { backtestFacts, combinationFacts } from '../../support/backtest-facts.ts';
import { appendBatch } from '../../support/grown-ledger.ts';
import { memorySession } from '../../support/imported-run.ts';
import { metaOpened } from '../../support/opened-meta-run.ts';
import { portfolioFacts, sleeveFacts } from '../../support/portfolio-events.ts';
import { selectionFacts } from '../../support/selection-facts.ts';
import { tournamentFacts } from '../../support/tournament-facts.ts';

const { ports, ledger } = memorySession();
const graded: EventData<'SleeveRunCertified'> = {
  policy: { name: 'sleeve-run-eligibility', version: 1 },
  reasons: [],
  evidence: [{ check: 'rows', status: 'passed', detail: 'enough' }],
};
const waiver = (waiverId: string): EventData<'ParityWaiverGranted'> => ({
  waiverId,
  meta: 'desk',
  who: 'ann',
  why: 'a test',
  paths: ['backtest.slippage'],
  until: '2030-12-31',
});
const consumed = (runId: string) => ({ ...metaOpened('x1').consumed[0]!, runId });
const publication = (number: number, runId: string): DraftEvent =>
  draftEvent('AllocationPublished', portfolioFacts.published('desk', number, { runId }));

/** A ledger in which runs of every kind stand among events that have nothing to do with them. */
const batches: readonly (readonly [string, ...DraftEvent[]])[] = [
  ['sleeve-bonds', draftEvent('SleeveDefined', sleeveFacts.defined('bonds'))],
  ['sleeveRun-p1', draftEvent('SleeveRunOpened', selectionFacts.opened('p1')), draftEvent('SleeveRunCertified', graded)],
  ['sleeveRun-p2', draftEvent('SleeveRunOpened', selectionFacts.opened('p2')), draftEvent('SleeveRunDegraded', graded)],
  ['sleeveRun-p3', draftEvent('SleeveRunOpened', selectionFacts.opened('p3')), draftEvent('SleeveRunFoundIneligible', graded)],
  [
    'sleeve-bonds',
    draftEvent('SleeveRunAccepted', sleeveFacts.accepted('bonds', 'other', '2024-01-09')),
    draftEvent('SleeveRunAccepted', sleeveFacts.accepted('bonds', 'p1', '2024-01-10')),
    draftEvent('SleeveRunAccepted', sleeveFacts.accepted('bonds', 'p3', '2024-01-10')),
  ],
  ['backtest-t1', draftEvent('BacktestStarted', backtestFacts.started('t1', {}, ['p2', null, 'p1', 'p2']))],
  ['tournament-m1', draftEvent('TournamentStarted', tournamentFacts.started('m1', { sourceRunId: 'p1' }))],
  ['tournament-m2', draftEvent('TournamentStarted', tournamentFacts.started('m2'))],
  ['combination-c1', draftEvent('PositionsCombined', combinationFacts.combined('c1'))],
  [
    'metaPortfolio-desk',
    draftEvent('MetaPortfolioDefined', portfolioFacts.defined('desk', ['bonds'])),
    draftEvent('ParityWaiverGranted', waiver('w1')),
    draftEvent('ParityWaiverGranted', waiver('w2')),
    publication(1, 'x0'),
  ],
  [
    'metaRun-x1',
    draftEvent('MetaRunOpened', metaOpened('x1', { consumed: [consumed('p2'), consumed('p1'), consumed('p2')], waivers: [waiver('w2')] })),
  ],
  ['metaPortfolio-desk', publication(2, 'x1'), publication(3, 'x2')],
  ['backtest-t1', draftEvent('BacktestFailed', backtestFacts.failed('t1', [['hrp', 'no rows']]))],
  ['metaRun-x9', draftEvent('MetaRunOpened', metaOpened('x9'))],
];

beforeAll(async () => {
  for (const [stream, ...drafts] of batches) await appendBatch(ports.store, { stream, drafts }, '2026-11-21T08:00:00.000Z');
});

async function selected(runId: string, knownAt: string | null = null, asked: Ports = ports) {
  const { selection, events, sleeveRuns } = await runWithItsSources({ ports: asked, ledger }, runId, knownAt);
  expect(selection).toEqual({ run: runId });
  return { events: events.map(({ stream, revision }) => `${stream}@${revision}`), sleeveRuns };
}

const p1 = ['sleeveRun-p1@0', 'sleeveRun-p1@1'];
const p2 = ['sleeveRun-p2@0', 'sleeveRun-p2@1'];
const accepted = 'sleeve-bonds@2';

describe('the file of a run holds', () => {
  test.each([
    ['a sleeve run that was accepted, with its acceptance', 'p1', [...p1, accepted], []],
    ['a sleeve run that nobody accepted', 'p2', p2, []],
    ['a sleeve run that was not eligible, whoever says that he accepted it', 'p3', ['sleeveRun-p3@0', 'sleeveRun-p3@1'], []],
    ['a combination', 'c1', ['combination-c1@0'], []],
    ['a tournament with the run whose prices it read', 'm1', [...p1, accepted, 'tournament-m1@0'], ['p1']],
    ['a tournament of prices that were given', 'm2', ['tournament-m2@0'], []],
    ['a backtest with each run whose prices it read', 't1', [...p1, ...p2, accepted, 'backtest-t1@0', 'backtest-t1@1'], ['p1', 'p2']],
    [
      'a meta run with the runs that it consumes, the waivers that it cites, and what was decided about it',
      'x1',
      [
        ...p1,
        ...p2,
        accepted,
        'metaPortfolio-desk@0',
        'metaPortfolio-desk@2',
        'metaPortfolio-desk@3',
        'metaRun-x1@0',
        'metaPortfolio-desk@4',
      ],
      ['p1', 'p2'],
    ],
    ['a meta run about which nothing was decided', 'x9', [...p1, accepted, 'metaRun-x9@0'], ['p1']],
  ])('%s', async (_, runId, events, sleeveRuns) => {
    expect(await selected(runId)).toEqual({ events, sleeveRuns });
  });

  test('no run that is not recorded, or was not known by then', async () => {
    await expect(selected('nobody')).rejects.toMatchObject({ code: 'RunUnknown' });
    await expect(selected('c1', '7')).rejects.toMatchObject({ code: 'RunUnknown' });
  });
});

test('the file of everything rests on no runs of its own', () => {
  expect(everything).toEqual({ selection: 'all', sleeveRuns: [] });
});

test('a stream of a run that was consumed and is not there begins no run', async () => {
  const lost = memorySession().ports;
  await appendBatch(
    lost.store,
    { stream: 'metaRun-x1', drafts: [draftEvent('MetaRunOpened', metaOpened('x1'))] },
    '2026-11-21T08:00:00.000Z',
  );
  const refusal = selected('x1', null, lost);
  await expect(refusal).rejects.toBeInstanceOf(LedgerError);
  await expect(refusal).rejects.toMatchObject({ code: 'ChainBroken', message: 'a run begins with nothing', evidence: { type: null } });
});
