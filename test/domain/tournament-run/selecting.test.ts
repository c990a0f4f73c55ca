/** Tournaments of a sleeve that selects: one selection for each choice of windows, and the raw pool beside it. */
import { describe, expect, test } from '@jest/globals';
import { runSleeveJob, type SleeveWalk } from '../../../domain/backtest/sleeve-job.ts';
import { dataOf } from '../../../domain/shared/facts.ts';
import { selectForSleeve } from '../../../domain/sleeve-selection/job.ts';
import type { TournamentAxes } from '../../../domain/tournament/entrant.ts';
import { computeTournament, type WalkRunner } from '../../../domain/tournament-run/computed-run.ts';
import type { TournamentInput } from '../../../domain/tournament-run/identity.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { smallAxes } from '../../support/small-tournament.ts';
import { type SelectingChange, selectingBacktest } from '../../support/selecting-backtest.ts';

const { sha256 } = createNodeCrypto();

const axes: TournamentAxes = {
  ...smallAxes,
  linkages: ['ward'],
  windows: [
    { train: 20, test: 10, step: 10 },
    { train: 30, test: 10, step: 10 },
  ],
};

function tournament(change: SelectingChange = {}, asked = axes): TournamentInput {
  const { sleeves, rules } = selectingBacktest(change);
  const { sleeve, options, files, leftOut, sourceRunId } = sleeves[0]!;
  return { sleeve: 'stocks', resolved: sleeve.resolved, axes: asked, options, files, leftOut, sourceRunId, imported: [], rules };
}

async function played(input: TournamentInput) {
  const selections: number[] = [];
  const walks: SleeveWalk[] = [];
  const runner: WalkRunner = {
    lanes: 1,
    selection: async (job) => {
      selections.push(job.plan.trainWindow);
      return selectForSleeve(job);
    },
    sleeve: async (job) => {
      const walk = runSleeveJob(job);
      if (walk.status === 'walked') walks.push(walk);
      return walk;
    },
  };
  const { drafts } = await computeTournament(input, sha256, runner);
  return { drafts, selections, walks };
}

const usual = await played(tournament());

describe('a tournament of a sleeve that selects', () => {
  test('selects once for each choice of windows, whatever else entrants differ in, and says who entered', () => {
    expect(usual.selections).toEqual([20, 30]);
    const selected = dataOf(usual.drafts, 'EntrantsSelected');
    expect(selected.map(({ windows }) => windows.train)).toEqual([20, 30]);
    expect(selected[0]!.decisions.length).toBe(selected[1]!.decisions.length + 1);
    expect(usual.drafts.map(({ type }) => type)).toEqual([
      'TournamentStarted',
      'EntrantsSelected',
      'EntrantsSelected',
      'TournamentCompleted',
    ]);
  });

  test('holds the winners of each window at equal weights, and in the raw pool every candidate', () => {
    const { windows } = dataOf(usual.drafts, 'EntrantsSelected')[0]!;
    const entered = dataOf(usual.drafts, 'EntrantsSelected')[0]!.decisions.map((decision) => decision.entered.length);
    const held = usual.walks
      .filter(({ windows: own, risk }) => risk === 'equal_weight' && own[0]!.firstRow === windows.train)
      .map((walk) => walk.windows.map(({ weights }) => weights.filter((weight) => weight > 0).length));
    // Two simulators each, the raw pool behind the profile.
    expect(held[0]).toEqual(entered.slice(0, -1));
    expect(held.at(-1)).toEqual(entered.slice(0, -1).map(() => 8));
    expect(Math.min(...entered)).toBeLessThan(8);
  });

  test('measures every entrant against the raw pool of its own conditions', () => {
    const [completed] = dataOf(usual.drafts, 'TournamentCompleted');
    for (const { profile, againstRawPool, window, simulator } of completed!.entrants) {
      if (profile === 'raw_pool_ew') continue;
      expect(againstRawPool!.id).toContain(`${window!.train}/10/10`);
      expect(againstRawPool!.id.endsWith(simulator!)).toBe(true);
      expect(Number.isFinite(againstRawPool!.z)).toBe(true);
    }
  });

  test('ends its selecting entrants where the selection fails, by name, and keeps the raw pool', async () => {
    const { drafts } = await played(tournament({ selection: { min_winners: 9 } }));
    const [completed] = dataOf(drafts, 'TournamentCompleted');
    expect(completed!.entrants.map(({ profile }) => profile)).toEqual(completed!.entrants.map(() => 'raw_pool_ew'));
    expect(completed!.failed.map(({ code }) => code)).toEqual(completed!.failed.map(() => 'SelectionAborted'));
    expect(completed!.failed[0]!.reason).toMatch(/^sleeve stocks: .*9 are needed/);
  });

  test('ends no more than the entrants of a window that is longer than the history', async () => {
    const long = { train: 500, test: 10, step: 10 };
    const { drafts } = await played(tournament({}, { ...axes, windows: [axes.windows[0]!, long], simulators: ['window'] }));
    const [completed] = dataOf(drafts, 'TournamentCompleted');
    expect(completed!.entrants.every(({ window }) => window!.train === 20)).toBe(true);
    expect(completed!.failed.map(({ code }) => code)).toEqual(completed!.failed.map(() => 'HistoryTooShort'));
  });
});
