import { expect, test } from '@jest/globals';
import { runSleeveJob, type SleeveWalk } from '../../../domain/backtest/sleeve-job.ts';
import { commonRiskProfiles } from '../../../domain/risk/schemas.ts';
import { type Entrant, entrantsOf } from '../../../domain/tournament/entrant.ts';
import { entrantJob, everySymbol } from '../../../domain/tournament/entrant-job.ts';
import { smallAxes, smallPool } from '../../support/small-tournament.ts';

const pool = smallPool();

function walked(entrant: Entrant): SleeveWalk {
  const job = entrantJob(pool, entrant, everySymbol(pool));
  const walk = 'status' in job ? job : runSleeveJob(job);
  if (walk.status === 'failed') throw new Error(walk.message);
  return walk;
}

const everyProfile = entrantsOf({ ...smallAxes, profiles: commonRiskProfiles, simulators: ['window'] });

const netOf = (profile: string): number[] => [...walked(everyProfile.find((entrant) => entrant.profile === profile)!).net];

test('a choice that is no part of an entrant does not change its stream', () => {
  const unread = everyProfile.filter(({ estimator, linkage }) => estimator === null || linkage === null);
  expect(unread.length).toBeGreaterThan(5);
  for (const entrant of unread) {
    const { estimator, linkage } = entrant;
    const other = walked({ ...entrant, estimator: estimator ?? 'ledoit_wolf', linkage: linkage ?? 'complete' });
    expect([...other.net]).toEqual([...walked(entrant).net]);
  }
});

test('without a selection the raw pool is the equal weight of the sleeve, and market holds the benchmarks alone', () => {
  expect(netOf('raw_pool_ew')).toEqual(netOf('equal_weight'));
  expect(netOf('market')).not.toEqual(netOf('equal_weight'));
});

test('windows, costs and the simulator of an entrant are those of its walk-forward', () => {
  const [entrant] = everyProfile;
  const base = walked(entrant!);
  const free = walked({ ...entrant!, cost: { slippage: 0, commission: 0 } });
  expect([...free.gross]).toEqual([...base.gross]);
  expect([...free.net]).toEqual([...free.gross]);
  const shorter = walked({ ...entrant!, window: { train: 20, test: 5, step: 5 } });
  expect(shorter.windows[0]).toMatchObject({ firstRow: 20, rows: 5 });
  expect([...walked({ ...entrant!, simulator: 'daily' }).gross]).not.toEqual([...base.gross]);
});

test('market has no walk-forward without a benchmark, and says why', () => {
  const grid = { ...pool.grid, benchmarkReturns: null, benchmarks: { present: [], absent: [{ symbol: 'AMEX:SPY', reason: 'no prices' }] } };
  const market = everyProfile.find(({ profile }) => profile === 'market')!;
  expect(entrantJob({ ...pool, grid }, market, everySymbol(pool))).toMatchObject({ status: 'failed', code: 'ProfileNotAvailable' });
});
