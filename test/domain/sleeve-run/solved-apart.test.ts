import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { computeSleeveRun, identifySleeveRun, type SleeveRunRequest } from '../../../domain/sleeve-run/produced-run.ts';
import {
  beginSleeveRun,
  completeSleeveRun,
  selectedSleeveRun,
  type SelectedSleeveRun,
  solveSleeveProfile,
} from '../../../domain/sleeve-run/solved-apart.ts';
import { windowRegimes } from '../../../domain/regime/window-regimes.ts';
import { selectForSleeve } from '../../../domain/sleeve-selection/job.ts';
import { defaultRunOptions, prices, stocks, symbols } from '../allocation/sleeve/stocks.ts';
import { leapingPrices, ralliedPrices, stormyPrices } from '../sleeve-selection/shaped-prices.ts';
import { selecting, type SelectingSettings } from '../sleeve-selection/sleeves.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

const base: SleeveRunRequest = {
  sleeve: 'desk',
  resolved: stocks(({ defaults }) => void (defaults['backtest']!['profiles'] = 'hrp,market,risk_parity,min_variance')),
  options: defaultRunOptions,
  correction: 0,
  rules: rulesInForce,
  files: [prices()],
  leftOut: [],
};
const still = prices();
const cases: readonly [string, SleeveRunRequest][] = [
  ['whose profiles are all solved', base],
  ['without its benchmark, which leaves a profile absent', { ...base, files: [prices(symbols.slice(0, 3))] }],
  [
    'of a symbol that never moves, which fails profiles',
    {
      ...base,
      files: [
        {
          ...still,
          table: { ...still.table, closes: still.table.closes.map((closes, index) => (index === 0 ? closes.map(() => 10) : closes)) },
        },
      ],
    },
  ],
  [
    'whose prices fail their audit',
    {
      ...base,
      files: [
        {
          ...still,
          table: { ...still.table, closes: still.table.closes.map((closes) => closes.map((close, row) => (row === 50 ? -close : close))) },
        },
      ],
    },
  ],
  ['of the rules before', { ...base, rules: 1 }],
];

const following = 'hrp,barbell,raw_pool_ew,adaptive';
const selectingRun = (settings: SelectingSettings, file = stormyPrices()): SleeveRunRequest => ({
  ...base,
  resolved: selecting({ ...settings, backtest: { profiles: following, ...settings.backtest } }),
  files: [file],
});
const shorting = { feat_short_direction: true };

const selectingCases: readonly [string, SleeveRunRequest][] = [
  ['that selects again in each window', selectingRun({})],
  ['that selects once', selectingRun({ backtest: { dynamic_universe: false } })],
  ['of which one window is aborted', selectingRun({}, leapingPrices())],
  ['whose selection fails', selectingRun({ selection: { min_winners: 13 } })],
  ['that may be short', selectingRun({ features: shorting })],
  [
    'without feasible weights in some windows',
    selectingRun({ features: shorting, backtest: { profiles: 'market_neutral,hrp' } }, ralliedPrices()),
  ],
  [
    'that selects nothing and adapts',
    { ...base, resolved: stocks(({ defaults }) => void (defaults['backtest']!['profiles'] = following)) },
  ],
];

function selectedApart(request: SleeveRunRequest): SelectedSleeveRun {
  const begun = beginSleeveRun(request, identifySleeveRun(request, sha256));
  const { selectionJob, regimesJob } = begun;
  const selection = selectionJob === null ? null : structuredClone(selectForSleeve(structuredClone(selectionJob)));
  const regimes = regimesJob === null ? null : structuredClone(windowRegimes(structuredClone(regimesJob)));
  return selectedSleeveRun(begun, { selection, regimes });
}

/** Begun here, solved elsewhere: whatever crosses is cloned, and the profiles are solved from the last to the first. */
function solvedApart(request: SleeveRunRequest) {
  const selected = selectedApart(request);
  const solved = structuredClone(selected.jobs)
    .toReversed()
    .map((job) => structuredClone(solveSleeveProfile(job, sha256)))
    .toReversed();
  return completeSleeveRun(selected, solved, sha256);
}

describe('a sleeve run whose profiles are solved apart', () => {
  test.each([...cases, ...selectingCases])('%s is the run that is computed in one go, its artifacts in the same order', (_, request) => {
    const whole = computeSleeveRun(request, sha256);
    const apart = solvedApart(request);
    expect(JSON.stringify(apart.drafts)).toBe(JSON.stringify(whole.drafts));
    expect(apart.staged.contents().map((bytes) => Buffer.from(bytes).toString('utf8'))).toEqual(
      whole.staged.contents().map((bytes) => Buffer.from(bytes).toString('utf8')),
    );
    const { runId, names, asOf, payloadHash, grade, reasons, acceptance } = whole;
    expect(apart).toMatchObject({ runId, names, asOf, payloadHash, grade, reasons, acceptance });
  });

  test('tells each case by facts of its own', () => {
    const types = cases.map(([, request]) => [...new Set(solvedApart(request).drafts.map(({ type }) => type))]);
    expect(types.map((found) => found.filter((type) => /Absent|Failed|Solved/.test(type)))).toEqual([
      ['SleeveProfileSolved'],
      ['SleeveProfileSolved', 'SleeveProfileAbsent'],
      expect.any(Array),
      ['IntegrityFailed'],
      ['SleeveProfileSolved'],
    ]);
  });

  test('tells the cases of selecting sleeves by what they select, read and solve', () => {
    const counts = selectingCases.map(([, request]) => {
      const types = solvedApart(request).drafts.map(({ type }) => type);
      return ['AssetsSelected', 'SelectionAborted', 'RegimesDetected', 'SleeveProfileSolved', 'SleeveProfileAbsent'].map(
        (kind) => types.filter((type) => type === kind).length,
      );
    });
    expect(counts).toEqual([
      [11, 0, 1, 4, 0],
      [1, 0, 1, 4, 0],
      [10, 1, 1, 4, 0],
      [0, 11, 1, 0, 0],
      [11, 0, 1, 4, 0],
      [11, 0, 1, 2, 0],
      [0, 0, 1, 3, 0],
    ]);
  });

  test('gives its jobs the settings that they compute with, and no more', () => {
    const { jobs } = selectedApart(base);
    expect(jobs.map(({ risk }) => risk)).toEqual(['min_variance', 'hrp', 'risk_parity', 'market']);
    for (const { resolved } of jobs)
      expect(resolved).toEqual({ blocks: { backtest: base.resolved.blocks.backtest, risk: { cluster_cap: 0.25 } } });
  });

  test('is not completed with the answers of other profiles', () => {
    const begun = selectedApart(base);
    const [first, second] = begun.jobs.map((job) => solveSleeveProfile(job, sha256));
    expect(() => completeSleeveRun(begun, [second!, first!], sha256)).toThrow(expect.objectContaining({ code: 'Internal' }));
    expect(() => completeSleeveRun(begun, [first!], sha256)).toThrow(expect.objectContaining({ code: 'Internal' }));
  });
});
