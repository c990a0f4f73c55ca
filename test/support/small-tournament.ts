/** A tournament of one small sleeve on simulated prices. */
import { judgedGrid } from '../../domain/allocation/sleeve/allocation.ts';
import { scopeOf } from '../../domain/allocation/sleeve/scope.ts';
import { resolveProfile } from '../../domain/manifest/resolve.ts';
import { parseManifest } from '../../domain/manifest/validate.ts';
import { annualisationDays, calendarsOf } from '../../domain/returns/calendar.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import type { TournamentAxes } from '../../domain/tournament/entrant.ts';
import type { TournamentInput } from '../../domain/tournament-run/identity.ts';
import type { TournamentPool } from '../../domain/tournament/entrant-job.ts';
import { priceFile, simulatedPrices } from './prices.ts';
import { backtestOptions } from './small-backtest.ts';
import { smallManifest, smallSleeves } from './small-market.ts';

export const smallAxes: TournamentAxes = {
  profiles: ['hrp', 'equal_weight', 'market'],
  estimators: ['sample'],
  linkages: ['ward', 'single'],
  windows: [{ train: 30, test: 10, step: 10 }],
  costs: [{ slippage: 0.0005, commission: 0.0001 }],
  simulators: ['window', 'daily'],
};

export function smallTournament(change: Partial<TournamentInput> = {}): TournamentInput {
  const resolved = resolveProfile(parseManifest(smallManifest(), 'small.json'), 'funds');
  const files = [
    priceFile('funds.csv', simulatedPrices({ symbols: smallSleeves.funds, first: '2022-04-01', last: '2022-12-30', seed: 7 })),
  ];
  return {
    sleeve: 'funds',
    resolved,
    axes: smallAxes,
    options: backtestOptions,
    files,
    leftOut: [],
    sourceRunId: null,
    imported: [],
    rules: rulesInForce,
    ...change,
  };
}

export function smallPool(): TournamentPool {
  const input = smallTournament();
  const { resolved, options, rules } = input;
  const scope = scopeOf(input);
  const grid = judgedGrid({ resolved, options, scope, rules }).grid!;
  return {
    grid,
    blocks: resolved.blocks,
    annualisationDays: annualisationDays(calendarsOf(grid.kept)),
    givenOrder: scope.universe.asGiven,
    rules,
  };
}
