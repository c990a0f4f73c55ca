import { expect, test } from '@jest/globals';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { type AskedAxes, axesOf, notComputed, requireEntrants } from '../../../domain/tournament/axes.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { refusalOf } from '../../support/refusal.ts';
import { smallManifest } from '../../support/small-market.ts';

const profiles = 'adaptive,hrp,raw_pool_ew,equal_weight';
const manifest = parseManifest(
  smallManifest((loose) => {
    loose.profiles['stocks'] = { backtest: { profiles, backtest_slippage: 0.002, backtest_commission: 0.001 } };
  }),
  'small.json',
);
const { blocks } = resolveProfile(manifest, 'stocks');
const own: AskedAxes = { profiles: null, estimators: null, linkages: null, windows: null, costs: null, simulators: null };

test('what is not asked for is the setting of the sleeve, and profiles that nobody computes are named', () => {
  expect(axesOf(own, blocks)).toEqual({
    profiles: ['hrp', 'equal_weight'],
    estimators: ['sample'],
    linkages: ['ward'],
    windows: [{ train: 30, test: 10, step: 10 }],
    costs: [{ slippage: 0.002, commission: 0.001 }],
    simulators: ['window'],
  });
  expect(notComputed(blocks)).toEqual(['adaptive']);
});

test('the same choices are the same tournament in whichever order and however often they are given', () => {
  const [short, long] = [
    { train: 20, test: 5, step: 5 },
    { train: 60, test: 20, step: 10 },
  ];
  const [free, dear] = [
    { slippage: 0, commission: 0.001 },
    { slippage: 0.01, commission: 0 },
  ];
  const asked: AskedAxes = {
    profiles: ['max_sharpe', 'hrp', 'hrp'],
    estimators: ['sample', 'ledoit_wolf'],
    linkages: ['complete', 'ward', 'single'],
    windows: [long, short, long],
    costs: [dear, free, dear],
    simulators: ['daily', 'window'],
  };
  const { profiles: risks, estimators, linkages, windows, costs, simulators } = asked;
  const reversed: AskedAxes = {
    profiles: risks!.toReversed(),
    estimators: estimators!.toReversed(),
    linkages: linkages!.toReversed(),
    windows: windows!.toReversed(),
    costs: costs!.toReversed(),
    simulators: simulators!.toReversed(),
  };
  expect(axesOf(asked, blocks)).toEqual(axesOf(reversed, blocks));
  expect(axesOf(asked, blocks)).toMatchObject({ profiles: ['hrp', 'max_sharpe'], windows: [short, long], costs: [free, dear] });
});

const window = (train: number, held: number, step: number) => ({ train, test: held, step });

test('windows stand by training, test and step, costs by slippage and commission, and the others as their lists have them', () => {
  const windows = [window(30, 10, 10), window(30, 10, 5), window(30, 5, 5), window(20, 20, 20)];
  const costs = [
    { slippage: 0.01, commission: 0 },
    { slippage: 0, commission: 0.002 },
    { slippage: 0, commission: 0.001 },
  ];
  const found = axesOf({ ...own, windows, costs, linkages: ['complete', 'average', 'single', 'ward'], profiles: ['equal_weight'] }, blocks);
  expect(found).toEqual({
    profiles: ['equal_weight'],
    estimators: ['sample'],
    linkages: ['ward', 'single', 'average', 'complete'],
    windows: windows.toReversed(),
    costs: costs.toReversed(),
    simulators: ['window'],
  });
});

test('a step of the whole test window is none too long, and as many entrants as may compete do', () => {
  expect(axesOf({ ...own, windows: [{ train: 20, test: 5, step: 5 }] }, blocks).windows).toHaveLength(1);
  const { tournamentEntrantsMax } = limits;
  expect(() => requireEntrants(tournamentEntrantsMax)).not.toThrow();
  const { code, message, evidence } = refusalOf(() => requireEntrants(tournamentEntrantsMax + 1));
  expect([code, message, evidence]).toEqual([
    'LimitExceeded',
    'the tournament has 301 entrants, at most 300 compete',
    { entrants: 301, tournamentEntrantsMax: 300 },
  ]);
  const gaps = [
    { train: 20, test: 5, step: 5 },
    { train: 20, test: 5, step: 6 },
  ];
  expect(refusalOf(() => axesOf({ ...own, windows: gaps }, blocks)).message).toBe(
    'windows 20/5/6: a step longer than the test leaves days unheld',
  );
});

test('a step beyond the test window and too many entrants are refused', () => {
  const gaps = { ...own, windows: [{ train: 20, test: 5, step: 6 }] };
  expect(() => axesOf(gaps, blocks)).toThrow(expect.objectContaining({ code: 'Usage', at: { path: '--windows' } }));
  const windows = Array.from({ length: 101 }, (_, index) => ({ train: 20 + index, test: 5, step: 5 }));
  expect(() => axesOf({ ...own, windows }, blocks)).toThrow(
    expect.objectContaining({ code: 'LimitExceeded', message: 'the tournament has 303 entrants, at most 300 compete' }),
  );
});
