import { expect, test } from '@jest/globals';
import { conditionsOf, type Entrant, entrantId, entrantsOf, type TournamentAxes } from '../../../domain/tournament/entrant.ts';

const choices = {
  window: { train: 60, test: 20, step: 10 },
  cost: { slippage: 0.0005, commission: 0 },
  simulator: 'daily',
} as const;
const entrant: Entrant = { id: 'x', profile: 'hrp', estimator: 'sample', linkage: 'ward', ...choices };

test('an entrant is named by all that it chose', () => {
  expect(entrantId(entrant)).toBe('hrp sample ward 60/20/10 0.0005+0 daily');
  expect(entrantId({ ...entrant, profile: 'market', estimator: null, linkage: null })).toBe('market 60/20/10 0.0005+0 daily');
});

test('conditions are the same for what is held under the same windows, costs and simulator, and for nothing else', () => {
  const { window, cost } = choices;
  expect(conditionsOf({ ...entrant, profile: 'market', estimator: null, linkage: null })).toBe(conditionsOf(entrant));
  const others: Entrant[] = [
    { ...entrant, window: { ...window, train: 61 } },
    { ...entrant, window: { ...window, test: 21 } },
    { ...entrant, window: { ...window, step: 11 } },
    { ...entrant, cost: { ...cost, slippage: 0 } },
    { ...entrant, cost: { ...cost, commission: 0.0005 } },
    { ...entrant, simulator: 'window' },
  ];
  expect(new Set([entrant, ...others].map(conditionsOf)).size).toBe(others.length + 1);
});

const trees = (profile: string) => [
  [profile, 'ledoit_wolf', 'ward'],
  [profile, 'ledoit_wolf', 'single'],
  [profile, 'sample', 'ward'],
  [profile, 'sample', 'single'],
];

test('which profiles read a covariance and which build a tree decides what is varied', () => {
  const axes: TournamentAxes = {
    profiles: ['hrp', 'barbell', 'min_variance', 'market', 'benchmark', 'equal_weight'],
    estimators: ['ledoit_wolf', 'sample'],
    linkages: ['ward', 'single'],
    windows: [choices.window],
    costs: [choices.cost],
    simulators: ['daily'],
  };
  const found = entrantsOf(axes).map(({ profile, estimator, linkage }) => [profile, estimator, linkage].filter((part) => part !== null));
  expect(found).toEqual([
    ...trees('hrp'),
    ...trees('barbell'),
    ['min_variance', 'ledoit_wolf'],
    ['min_variance', 'sample'],
    ['market'],
    ['benchmark'],
    ['equal_weight'],
    ['raw_pool_ew'],
  ]);
});
