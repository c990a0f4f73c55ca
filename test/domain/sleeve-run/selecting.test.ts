/** Runs of sleeves that select and follow regimes: what they record, and that nothing later decides it. */
import { describe, expect, test } from '@jest/globals';
import { aggressorFraction } from '../../../domain/regime/adaptive.ts';
import type { WindowRegimes } from '../../../domain/regime/window-regimes.ts';
import type { SolveResult } from '../../../domain/risk/schemas.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { dataOf } from '../../../domain/shared/facts.ts';
import { toHex } from '../../../domain/shared/hashing.ts';
import { computeSleeveRun, type SleeveRunRequest } from '../../../domain/sleeve-run/produced-run.ts';
import type { PriceFile } from '../../../domain/returns/price-file.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { defaultRunOptions, stocks } from '../allocation/sleeve/stocks.ts';
import { stormyPrices } from '../sleeve-selection/shaped-prices.ts';
import { changedAfter, selecting, twelve } from '../sleeve-selection/sleeves.ts';

const { sha256 } = createNodeCrypto();
const following = ['hrp', 'barbell', 'adaptive'];
const storm = { feat_spectral_regimes: true, spectral: 'origin', efficiency_min_threshold: 0.1 };
const picky = { min_winners: 2, top_n: 1, threshold: 0.6 };
const selects = selecting({ selection: picky, features: storm, backtest: { profiles: following } });
const selectsNothing = stocks(({ profiles }) => {
  const profile = profiles['stocks']!;
  profile['data'] = { ...(profile['data'] as object), symbols: twelve };
  profile['features'] = storm;
  profile['backtest'] = { ...(profile['backtest'] as object), profiles: following };
});

function computed(resolved: SleeveRunRequest['resolved'], file: PriceFile = stormyPrices(), rules: number = rulesInForce) {
  const request = { sleeve: 'desk', resolved, options: defaultRunOptions, correction: 0, rules, files: [file], leftOut: [] };
  return computeSleeveRun(request, sha256);
}

type Computed = ReturnType<typeof computed>;

function documentAt({ staged }: Computed, { sha256: address }: { readonly sha256: string }): unknown {
  const bytes = staged.contents().find((content) => toHex(sha256(content)) === address)!;
  return JSON.parse(new TextDecoder().decode(bytes));
}

interface WalkDocument {
  readonly windows: readonly { readonly testFirst: string; readonly solve: SolveResult | null }[];
}

function walkOf(run: Computed, named: string): WalkDocument {
  return documentAt(run, dataOf(run.drafts, 'SleeveProfileSolved').find(({ risk }) => risk === named)!.walkForward.detail) as WalkDocument;
}

function regimesOf(run: Computed): WindowRegimes {
  const [fact, ...more] = dataOf(run.drafts, 'RegimesDetected');
  expect(more).toEqual([]);
  return documentAt(run, fact!.detail) as WindowRegimes;
}

const whole = computed(selects);
const plain = computed(selectsNothing);

describe('a run that follows regimes', () => {
  test.each([
    ['of a sleeve that selects', whole],
    ['of a sleeve that selects nothing', plain],
  ])('%s records them once, and every window was solved by the one that was read for it', (_, run) => {
    const { windows, live } = regimesOf(run);
    const adaptive = walkOf(run, 'adaptive');
    expect(adaptive.windows.map(({ solve }) => solve!.adaptive)).toMatchObject(
      windows.map(({ decision: { reading } }) => ({ label: reading.label, score: reading.score, quadrant: reading.quadrant })),
    );
    const [solved] = dataOf(run.drafts, 'SleeveProfileSolved').filter(({ risk }) => risk === 'adaptive');
    expect(solved!.solve.adaptive).toMatchObject({ label: live.decision.reading.label, score: live.decision.reading.score });
    expect(new Set(adaptive.windows.map(({ solve }) => solve!.adaptive!.profile)).size).toBe(4);
    expect(adaptive.windows.map(({ testFirst }) => testFirst)).toEqual(windows.map(({ realised }) => realised.first));
  });

  test('takes the barbell of a sleeve that selects from the regime, and leaves that of another as it was', () => {
    const { windows } = regimesOf(whole);
    const detailsOf = (run: Computed, named: string) => walkOf(run, named).windows.map(({ solve }) => solve!.detail);
    expect(detailsOf(whole, 'barbell')).toMatchObject(
      windows.map(({ decision: { reading } }) => ({
        regime: reading.label,
        regimeAssumed: false,
        aggressorFraction: aggressorFraction(reading.label, 'code'),
      })),
    );
    const barbells = walkOf(plain, 'adaptive').windows.flatMap(({ solve }) =>
      solve!.adaptive!.profile === 'barbell' ? [solve!.detail] : [],
    );
    expect(barbells.length).toBeGreaterThan(0);
    for (const detail of [...barbells, ...detailsOf(plain, 'barbell')])
      expect(detail).toMatchObject({ regime: 'NORMAL', regimeAssumed: true, aggressorFraction: 0.1 });
  });

  test('is none under the rules before: no regime, no profile of these, and the others as without them', () => {
    const before = computed(selectsNothing, stormyPrices(), 1);
    expect(before.drafts.map(({ type }) => type)).not.toContain('RegimesDetected');
    const solved = dataOf(before.drafts, 'SleeveProfileSolved');
    expect(solved.map(({ risk }) => risk).toSorted()).toEqual(['barbell', 'hrp']);
    expect(dataOf(before.drafts, 'UniverseFormed')[0]!.notApplied).toContainEqual(
      expect.objectContaining({ path: 'backtest.profiles', value: ['adaptive'] }),
    );
  });
});

describe('prices behind a date', () => {
  const plant = dataOf(whole.drafts, 'AssetsSelected')[5]!.newestRead;
  const after = computed(selects, changedAfter(stormyPrices(), plant));

  /** Everything that was decided by the date, to the byte. */
  function decidedBy(run: Computed) {
    const first = regimesOf(run);
    return {
      selections: dataOf(run.drafts, 'AssetsSelected').filter(({ newestRead }) => newestRead <= plant),
      regimes: first.windows.filter(({ decision }) => decision.last <= plant).map(({ decision }) => decision),
      windows: following.map((named) =>
        walkOf(run, named)
          .windows.slice(0, 6)
          .map((window) => ({ solve: window.solve, weights: (window as { weights?: unknown }).weights })),
      ),
    };
  }

  test('change no selection, no regime and no weight that was decided by it', () => {
    const before = decidedBy(whole);
    expect([before.selections.length, before.regimes.length]).toEqual([6, 6]);
    expect(JSON.stringify(decidedBy(after))).toBe(JSON.stringify(before));
    expect(before.windows.flat().every(({ weights }) => Array.isArray(weights))).toBe(true);
  });

  test('change what is decided later', () => {
    expect(dataOf(after.drafts, 'AssetsSelected').slice(6)).not.toEqual(dataOf(whole.drafts, 'AssetsSelected').slice(6));
    expect(regimesOf(after).live).not.toEqual(regimesOf(whole).live);
  });
});
