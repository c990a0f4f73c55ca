/** A portfolio of the adaptive profile: each level chooses by the regime of its own joined streams. */
import { describe, expect, test } from '@jest/globals';
import { allocateMeta, isAllocated, type ProfileAllocation } from '../../../domain/allocation/meta-allocation.ts';
import { defaultOptions, optionsOf } from '../../../domain/allocation/meta-options.ts';
import type { NodeAllocation } from '../../../domain/allocation/node.ts';
import { type Deciding, decideLevel, type Learned } from '../../../domain/backtest/decisions.ts';
import { solveParametersOf } from '../../../domain/manifest/solve-parameters.ts';
import { parityOf } from '../../../domain/parity/comparison.ts';
import { detectRegime } from '../../../domain/regime/regime.ts';
import { rowsOf } from '../../../domain/returns/matrix.ts';
import { solveProfile } from '../../../domain/risk/profiles.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { marketOf } from '../../../domain/selection/pool.ts';
import { nestedPortfolio, runsOf, type SyntheticRun, syntheticSeries } from '../../support/delivered-runs.ts';

const everywhere = { stocks: true, funds: true, coins: true };
const adaptive = nestedPortfolio({}, { backtest: { profiles: 'hrp,adaptive' } }, everywhere);
const adapted: SyntheticRun = { risks: ['hrp', 'adaptive'] };

function outcomesOf(runs: Readonly<Record<string, SyntheticRun>>, node = adaptive) {
  const leaves = runsOf(node, runs);
  const options = optionsOf(node, { ...defaultOptions, risks: 'all' });
  const parity = parityOf({ node, leaves, waivers: [], rules: rulesInForce, asOf: '2024-06-17' });
  return allocateMeta({ node, leaves, options, rules: rulesInForce }, parity).profiles;
}

const throughout = outcomesOf({ stocks: adapted, funds: adapted, coins: adapted });

function allocatedAs(risk: string): ProfileAllocation {
  const found = throughout.find((outcome) => outcome.risk === risk);
  if (found === undefined || !isAllocated(found)) throw new Error(`${risk} was not allocated`);
  return found;
}

describe('an adaptive portfolio over adaptive sleeves', () => {
  test('is solved at each level as the profile of the regime of its own streams', () => {
    const { root } = allocatedAs('adaptive');
    for (const level of [root, ...root.below] satisfies NodeAllocation[]) {
      const { matrix } = level.join;
      const reading = detectRegime(marketOf(matrix), level.parameters.annualisationDays, 'off');
      const { label, quadrant, score } = reading;
      expect(level.solve.adaptive).toMatchObject({ mapping: 'quadrant', label, quadrant, score, fallbackBecause: null });
      const chosen = level.solve.adaptive!.profile;
      expect(level.solve.weights).toEqual(solveProfile({ risk: chosen, training: matrix, parameters: level.parameters }).weights);
    }
    expect(root.below).toHaveLength(1);
  });

  test('leaves the other profiles as they are: none of them says that it adapted', () => {
    expect(allocatedAs('hrp').root.solve).not.toHaveProperty('adaptive');
  });

  test('takes the mapping and the fallback of the portfolio, not of its sleeves', () => {
    const node = nestedPortfolio(
      {},
      { backtest: { profiles: 'adaptive' }, features: { adaptive_mapping: 'regime', adaptive_fallback_profile: 'min_variance' } },
      everywhere,
    );
    const [outcome] = outcomesOf({ stocks: adapted, funds: adapted, coins: adapted }, node);
    if (outcome === undefined || !isAllocated(outcome)) throw new Error('adaptive was not allocated');
    expect(outcome.root.solve.adaptive).toMatchObject({ mapping: 'regime' });
    expect(outcome.root.below[0]!.solve.adaptive).toMatchObject({ mapping: 'quadrant' });
  });

  test('fails by name where a sleeve that lists the profile has delivered no stream of it', () => {
    const [hrp, failed] = outcomesOf({ stocks: adapted, funds: adapted, coins: { risks: ['hrp'] } });
    expect([hrp!.status, failed]).toMatchObject([
      'allocated',
      { status: 'failed', risk: 'adaptive', error: { code: 'ProfileNotAvailable' } },
    ]);
  });
});

describe('the decisions of a backtest that adapts', () => {
  const learned: Learned[] = ['listed', 'stocks'].map((id, seed) => ({
    id,
    series: syntheticSeries(seed + 1, 300),
    reads: ['2024-01-02'],
  }));
  const parameters = solveParametersOf(adaptive.blocks, 252);
  const work: Deciding = { risk: 'adaptive', options: { join: null, projection: null }, rules: rulesInForce, parameters };
  const { level } = decideLevel(work, adaptive, learned);

  test('read up to 252 joined rows before them, though they solve on 60', () => {
    expect(level.decisions.length).toBeGreaterThan(10);
    level.decisions.forEach(({ adaptive: choice, trainRows }, index) => {
      const before = marketOf(rowsOf(level.join.matrix, 0, level.windows[index]!.testFirst));
      const { label, quadrant, score } = detectRegime(before, 252, 'off');
      expect([choice, trainRows]).toEqual([expect.objectContaining({ label, quadrant, score }), 60]);
    });
  });

  test('are the same whatever comes after them', () => {
    const window = 5;
    const planted = level.windows[window]!.testFirst;
    const changed = learned.map(({ id, series, reads }) => ({
      id,
      series: { ...series, values: series.values.map((value, row) => (row >= planted ? -value * 3 : value)) },
      reads,
    }));
    const after = decideLevel(work, adaptive, changed).level.decisions;
    expect(after.slice(0, window + 1)).toEqual(level.decisions.slice(0, window + 1));
    expect(after.slice(window + 1)).not.toEqual(level.decisions.slice(window + 1));
  });

  test('say nothing of adapting under another profile', () => {
    const { decisions } = decideLevel({ ...work, risk: 'hrp' }, adaptive, learned).level;
    expect(decisions.filter((decision) => 'adaptive' in decision)).toEqual([]);
  });
});
