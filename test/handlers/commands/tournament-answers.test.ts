/** What a tournament answers: computed and recorded once, then from the record; and what it cannot be run on. */
import { describe, expect, test } from '@jest/globals';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { runTournament, type RunTournament } from '../../../handlers/commands/run-tournament.ts';
import { firstDeflated } from '../../../handlers/robustness/sleeve-trials.ts';
import { type LazyLedger, openedLedger, type Session } from '../../../handlers/runtime/session.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { priceFile, simulatedPrices } from '../../support/prices.ts';
import { smallManifest, smallSleeves } from '../../support/small-market.ts';
import { sleeveRunFacts } from '../../support/sleeve-run-facts.ts';

const prices = [priceFile('funds.csv', simulatedPrices({ symbols: smallSleeves.funds, first: '2022-04-01', last: '2022-09-30', seed: 7 }))];
const own = { profiles: null, estimators: null, linkages: null, windows: null, costs: null, simulators: null };
const noLedger: LazyLedger = {
  existing: async () => null,
  writing: () => {
    throw new Error('nothing is recorded');
  },
};

const command = (change: Partial<RunTournament> = {}): RunTournament => ({
  manifest: parseManifest(smallManifest(), 'small.json'),
  profile: 'funds',
  axes: { ...own, profiles: ['equal_weight', 'market'] },
  importRuns: [],
  prices,
  from: '2022-04-01',
  asOf: null,
  repair: null,
  ...change,
});

/** The tools of a session, and what they were told. */
function watched({ ports }: Session) {
  const told: unknown[] = [];
  const progress = {
    start: (...given: unknown[]) => void told.push(['start', ...given]),
    advance: (done: number) => void told.push(['advance', done]),
    stop: () => void told.push(['stop']),
  };
  return { told, tools: { ...ports, progress: progress as unknown as typeof ports.progress } };
}

describe('a tournament', () => {
  test('is computed and recorded once, and then answered from the record', async () => {
    const session = await ledgerHolding(new FactHistory());
    const { told, tools } = watched(session);
    const answer = await runTournament(tools, openedLedger(session), command());
    const { runId, facts } = answer;
    expect([answer.already, facts.map(({ type }) => type)]).toEqual([false, ['TournamentStarted', 'TournamentCompleted']]);
    const [started, completed] = facts.map(({ data }) => data as unknown as Record<string, unknown>);
    expect(started).toMatchObject({ runId, sleeve: 'funds', profile: 'funds', entrants: 3, sourceRunId: null });
    const entrants = completed!['entrants'] as { readonly id: string; readonly rank: number; readonly identicalTo: string | null }[];
    // The raw pool competes in any case.
    expect(entrants).toHaveLength(3);
    expect(answer.first).toMatchObject({ id: entrants.find(({ rank, identicalTo }) => rank === 1 && identicalTo === null)!.id });
    expect(answer.first).toEqual(await firstDeflated(session.ports, facts));
    expect(told).toEqual([['start', 'tournament funds', 3], ['advance', 1], ['advance', 2], ['advance', 3], ['stop']]);
    const recorded = await session.ports.store.readStream(`tournament-${runId}`, { from: 0n, direction: 'forwards', maxCount: 10 });
    expect(recorded.map(({ type }) => type)).toEqual(['TournamentStarted', 'TournamentCompleted']);
    told.length = 0;
    const again = await runTournament(tools, openedLedger(session), command());
    expect([again.already, again.runId, again.first, told]).toEqual([true, runId, answer.first, []]);
    expect(again.facts.map(({ data }) => data)).toEqual(facts.map(({ data }) => data));
  });

  test('that is interrupted records nothing', async () => {
    const session = await ledgerHolding(new FactHistory());
    const { told, tools } = watched(session);
    await expect(runTournament(tools, openedLedger(session), command(), AbortSignal.abort())).rejects.toMatchObject({
      code: 'Interrupted',
    });
    expect([await session.ports.store.head(), told.at(-1)]).toEqual([null, ['stop']]);
  });

  test.each<[string, Partial<RunTournament>, LazyLedger | null, object]>([
    [
      'without prices and without a ledger',
      { prices: null },
      noLedger,
      { code: 'LedgerMissing', message: 'there is no ledger with recorded runs: give the prices with --prices' },
    ],
    [
      'without prices and without a run of the sleeve',
      { prices: null },
      null,
      { code: 'NothingRecorded', message: 'no run of funds is recorded' },
    ],
    [
      'with runs of other programs and without a ledger',
      { importRuns: ['i1'] },
      noLedger,
      { code: 'LedgerMissing', message: 'there is no ledger with imported runs' },
    ],
    ['with a run of another program that is none', { importRuns: ['s1'] }, null, { code: 'Usage', at: { path: '--import-run' } }],
    ['as of a date to come', { asOf: '2999-01-01' }, null, { code: 'DateInFuture' }],
  ])('is not run %s', async (_, change, ledger, error) => {
    const ours = sleeveRunFacts.opened('s1', { source: 'production', sleeve: 'stocks' });
    const session = await ledgerHolding(new FactHistory().add('sleeveRun-s1', 'SleeveRunOpened', ours));
    await expect(runTournament(session.ports, ledger ?? openedLedger(session), command(change))).rejects.toMatchObject(error);
  });
});
