import { expect, test } from '@jest/globals';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { type AskedAxes, axesOf, notComputed } from '../../../domain/tournament/axes.ts';
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

test('a step beyond the test window and too many entrants are refused', () => {
  const gaps = { ...own, windows: [{ train: 20, test: 5, step: 6 }] };
  expect(() => axesOf(gaps, blocks)).toThrow(expect.objectContaining({ code: 'Usage', at: { path: '--windows' } }));
  const windows = Array.from({ length: 101 }, (_, index) => ({ train: 20 + index, test: 5, step: 5 }));
  expect(() => axesOf({ ...own, windows }, blocks)).toThrow(
    expect.objectContaining({ code: 'LimitExceeded', message: 'the tournament has 303 entrants, at most 300 compete' }),
  );
});
