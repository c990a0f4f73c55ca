/** Which tables a run has by its kind, and how a profile is asked for. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { profileMissing, requireNoRisk, riskOf, runSeries } from '../../../handlers/series/run-series.ts';
import { combinationSeries } from '../../../handlers/series/combination-series.ts';
import { tournamentSeries } from '../../../handlers/series/tournament-series.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import type { RunRow } from '../../../projections/run-directory.ts';
import { combinationFacts } from '../../support/backtest-facts.ts';
import { keepDocument, keepJson, keepTable, recordHistory, tableOfRows } from '../../support/fact-ledger.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { refusalOf } from '../../support/refusal.ts';
import { tournamentFacts } from '../../support/tournament-facts.ts';

const ports = createMemoryStore();
const row = (kind: RunRow['kind'], risks: RunRow['risks'] = []): RunRow => ({
  number: 0,
  runId: `${kind}1`,
  kind,
  name: 'desk',
  asOf: '2024-01-10',
  recordedAt: '2026-01-02T03:04:05.678Z',
  status: 'tested',
  grade: null,
  risks,
  failed: [],
  consumed: [],
  supersedes: null,
  why: null,
});

beforeAll(async () => {
  const table = await keepDocument(ports, 'combination-table', {
    assets: ['ES'],
    sleeves: ['tsmom'],
    contributions: [[1]],
    total: [1],
    projection: [0],
    weights: [1],
  });
  const cup = tournamentFacts.completed('tournament1');
  const stream = await keepTable(ports, tableOfRows(['net'], { '2024-01-05': [0.5] }));
  const history = new FactHistory()
    .add('combination-combination1', 'PositionsCombined', combinationFacts.combined('combination1', { table }))
    .add('tournament-tournament1', 'TournamentStarted', tournamentFacts.started('tournament1'))
    .add('tournament-tournament1', 'TournamentCompleted', {
      ...cup,
      entrants: cup.entrants.map((entrant) => ({ ...entrant, held: { ...entrant.held, stream } })),
      pairs: { ...cup.pairs, table: await keepJson(ports, []) },
    });
  await recordHistory(ports, history);
});

describe('the series of a run', () => {
  test('of a combination and of a tournament are theirs, without a profile', async () => {
    const combined = await runSeries(ports, row('combination'), null);
    expect(combined.map(({ name }) => name)).toEqual(['weights', 'contributions', 'exposures', 'budgets']);
    expect(combined).toEqual(await combinationSeries(ports, 'combination1'));
    const ranked = await runSeries(ports, row('tournament'), null);
    expect(ranked.map(({ name }) => name)).toEqual(['ranks', 'returns', 'pairs']);
    expect(ranked).toEqual(await tournamentSeries(ports, 'tournament1'));
  });

  test.each([
    ['combination', 'combination1 is a combination, which has no risk profiles'],
    ['tournament', 'tournament1 is a tournament: its tables hold every entrant'],
  ] as const)('of a %s are refused with a profile', async (kind, message) => {
    await expect(runSeries(ports, row(kind), 'hrp')).rejects.toMatchObject({ code: 'Usage', message, at: { path: '--risk' } });
    expect(refusalOf(() => requireNoRisk(row(kind), 'hrp'))).toMatchObject({ code: 'Usage', message, at: { path: '--risk' } });
    expect(requireNoRisk(row(kind), null)).toBeUndefined();
  });

  test.each(['sleeve', 'meta', 'backtest'] as const)('of a %s need a profile', async (kind) => {
    await expect(runSeries(ports, row(kind, ['hrp', 'market']), null)).rejects.toMatchObject({
      code: 'Usage',
      message: `--risk says which profile of the ${kind} run ${kind}1: it has hrp, market`,
      at: { path: '--risk' },
    });
    await expect(runSeries(ports, row(kind), 'hrp')).rejects.toMatchObject({ code: 'RunUnknown' });
  });
});

test('a profile that is asked for is that one, and of a run without any the refusal says that there are none', () => {
  expect(riskOf(row('meta', ['hrp']), 'market')).toBe('market');
  expect(refusalOf(() => riskOf(row('meta'), null)).message).toBe('--risk says which profile of the meta run meta1: it has none');
  expect(profileMissing(row('meta'), 'market', ['hrp', 'max_sharpe'])).toMatchObject({
    code: 'ProfileNotAvailable',
    message: 'run meta1 has no market; it has hrp, max_sharpe',
    evidence: { risks: ['hrp', 'max_sharpe'] },
  });
  expect(profileMissing(row('meta'), 'market', [])).toMatchObject({
    message: 'run meta1 has no market; it has none',
    evidence: { risks: [] },
  });
});
