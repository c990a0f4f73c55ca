import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { EventData } from '../../../domain/catalogue.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import type { ReturnSeries } from '../../../domain/returns/series.ts';
import { sleeveImport } from '../../../presentation/cli/verbs/sleeve-import.ts';
import type { Outcome, VerbContext } from '../../../presentation/cli/verb.ts';
import { type FlowMeta, flowMeta, type MetaRunOutcome } from '../../../handlers/commands/flow-meta.ts';
import { grantParityWaiver } from '../../../handlers/commands/grant-parity-waiver.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { parsePickledFrame } from '../../../infra/pickle/pickled-returns.ts';
import { dailyReturns, memorySession, wholeRun } from '../../support/imported-run.ts';
import { needs } from '../../support/needs.ts';
import { manifestWithEvidence } from '../../support/parity-evidence.ts';
import { sharedDirectory } from '../../support/reference.ts';
import { type PortfolioAsset, type RunDirectoryContent, writeRunDirectory } from '../../support/run-directory.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const describeWithShared = needs('reference data').describe;

const scratch = scratchDirectory();
let directories = 0;

function importInto(session: Session, content: RunDirectoryContent, flags: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const run = writeRunDirectory(join(scratch, `run-${++directories}`), content);
  const context = {
    tools: session.ports,
    reading: async () => Promise.resolve(session),
    writing: async () => Promise.resolve(session),
    signal: new AbortController().signal,
  } as unknown as VerbContext;
  return sleeveImport.run(context, { args: [], flags: { run, ...flags } });
}

const manifest = parseManifest(
  JSON.stringify({
    profiles: {
      long_all: {},
      short_all: {},
      meta_benchmark: {
        sleeves: [
          { id: 'long_all', profile: 'long_all' },
          { id: 'short_all', profile: 'short_all' },
        ],
        meta_allocation: { engine: 'custom', profile: 'hrp', min_weight: 0.05, max_weight: 0.95 },
      },
    },
  }),
  'manifest.json',
);

function flow(session: Session, change: Partial<FlowMeta> = {}): Promise<MetaRunOutcome> {
  return flowMeta(session, {
    manifest,
    meta: 'meta_benchmark',
    risks: null,
    join: null,
    projection: null,
    proxies: null,
    asOf: null,
    restateWhy: null,
    ...change,
  });
}

function dataOf<Type extends 'SleeveWeightsOptimised' | 'GuardrailsApplied' | 'PortfolioFlattened'>(
  run: MetaRunOutcome,
  type: Type,
): EventData<Type> {
  return run.drafts.find((draft) => draft.type === type)!.data as EventData<Type>;
}

describe('the verb sleeve import', () => {
  test('answers as flow production does, with the source chain', async () => {
    const session = memorySession();
    const outcome = await importInto(session, wholeRun(1, 'long_all'));
    const result = outcome.result as Readonly<Record<string, unknown>>;
    expect(result).toMatchObject({
      eligibility: 'CERTIFIED',
      sourceChain: 'verified',
      asOf: '2024-03-30',
      already: false,
      reasons: [],
      integrity: { errors: 0 },
    });
    expect((result['profiles'] as unknown[])[1]).toMatchObject({
      risk: 'hrp',
      status: 'imported',
      weights: [
        { symbol: 'BINANCE:BTCUSDT', weight: 0.6 },
        { symbol: 'BINANCE:ETHUSDT', weight: -0.4 },
      ],
      oos: { rows: 90, first: '2024-01-01', last: '2024-03-30' },
    });
    expect(outcome.failure).toBeNull();
    expect((await importInto(session, wholeRun(1, 'long_all'))).result).toMatchObject({ already: true, runId: result['runId'] });
  });

  test('exits 1 for an ineligible run, and refuses flags that mean nothing', async () => {
    const session = memorySession();
    expect(await importInto(session, { ...wholeRun(), flattened: null, audit: null })).toMatchObject({
      failure: { code: 'SleeveRunIneligible', exitStatus: 1 },
      result: { eligibility: 'INELIGIBLE', sourceChain: 'absent' },
    });
    await expect(importInto(session, wholeRun(), { profile: '../x' })).rejects.toMatchObject({ code: 'Usage' });
    await expect(importInto(session, wholeRun(), { map: 'engine=unheard' })).rejects.toMatchObject({ code: 'Usage' });
  });
});

describe('a meta portfolio over imported sleeves', () => {
  test('is allocated for every profile, short holdings staying short', async () => {
    const session = memorySession();
    await importInto(session, wholeRun(1, 'long_all'));
    await importInto(session, wholeRun(50, 'short_all'));
    const run = await flow(session, { risks: ['hrp', 'min_variance'] });
    expect(run.parity.verdict.verdict).toBe('CONFORMANT');
    expect(run.allocations.map(({ risk }) => risk)).toEqual(['min_variance', 'hrp']);
    // Both sleeves hold .6 and -.4, whatever they weigh.
    const { weights } = dataOf(run, 'PortfolioFlattened');
    expect(weights['BINANCE:BTCUSDT']).toBeCloseTo(0.6, 12);
    expect(weights['BINANCE:ETHUSDT']).toBeCloseTo(-0.4, 12);
  });

  test('is rejected where the manifests that came with the runs differ', async () => {
    const session = memorySession();
    const settings = { ...manifestWithEvidence, selection: { selection_mode: 'v4' } };
    await importInto(session, { ...wholeRun(1, 'long_all'), manifest: settings });
    await importInto(session, {
      ...wholeRun(50, 'short_all'),
      manifest: { ...settings, backtest: { ...settings.backtest, train_window: 90 }, features: { feat_short_costs: true } },
    });
    const { verdict } = (await flow(session)).parity;
    // Nothing is filled in from our defaults: what no file writes is absent everywhere.
    expect([verdict.verdict, verdict.rejectedPaths]).toEqual(['NON_CONFORMANT', ['backtest.train_window', 'features.feat_short_costs']]);
    expect(verdict.leaves.filter(({ status }) => status === 'equal').map(({ path }) => path)).toContain('selection.selection_mode');
    expect(verdict.leaves.find(({ path }) => path === 'backtest.benchmark_symbols')!.status).toBe('absent_everywhere');
    expect(verdict.mandated.find(({ path }) => path === 'selection_mode')).toMatchObject({ status: 'met' });
  });

  test('is UNKNOWN where the manifests state too little, and goes on only under a waiver of all that is missing', async () => {
    const session = memorySession();
    const vague = { backtest: { train_window: 60 }, selection: { selection_mode: 'none' } };
    await importInto(session, { ...wholeRun(1, 'long_all'), manifest: vague });
    await importInto(session, { ...wholeRun(50, 'short_all'), manifest: vague });
    const { verdict, outcome } = (await flow(session)).parity;
    const missing = [
      'data.lookback_days',
      'backtest.test_window',
      'backtest.step_size',
      'backtest.backtest_simulator',
      'backtest.backtest_slippage',
      'backtest.backtest_commission',
    ];
    expect([verdict.verdict, outcome.outcome, outcome.uncovered]).toEqual(['UNKNOWN', 'rejected', missing]);
    await grantParityWaiver(session, { meta: 'meta_benchmark', paths: missing, until: '2024-12-31', why: 'both ran in one process' });
    expect((await flow(session)).parity.outcome.outcome).toBe('waived');
  });

  test('a sleeve without the profile fails it by name', async () => {
    const session = memorySession();
    await importInto(session, wholeRun(1, 'long_all'));
    await importInto(session, { ...wholeRun(50, 'short_all'), returns: { 'hrp.csv': dailyReturns(50, 90) } });
    const run = await flow(session, { risks: ['barbell', 'hrp'] });
    expect(run.allocations.map(({ risk }) => risk)).toEqual(['hrp']);
    expect(run.failures).toMatchObject([{ risk: 'barbell', code: 'ProfileNotAvailable' }]);
  });
});

/** A strategy atom as its sleeve holds it: long, whichever way the stream is turned. */
function coin(direction: 'LONG' | 'SHORT'): PortfolioAsset {
  return { Symbol: `BINANCE:BTCUSDT_rating_all_${direction}_1d`, Weight: 1, Net_Weight: 1, Direction: 'LONG' };
}

describeWithShared('the origin’s own two sleeves', () => {
  test('come out of real pandas returns with the reference’s hrp weights', async () => {
    const file = join(sharedDirectory!, 'data/meta_returns_meta_benchmark_hrp.pkl');
    const frame = parsePickledFrame(readFileSync(file), file);
    const series = (name: string): ReturnSeries => ({ dates: frame.dates, values: frame.values[frame.columns.indexOf(name)]! });
    const session = memorySession();
    await importInto(session, {
      profile: 'long_all',
      returns: { 'custom_vectorbt_hrp.pkl': series('long_all') },
      optimized: { hrp: [coin('LONG')] },
    });
    await importInto(session, {
      profile: 'short_all',
      returns: { 'hrp.parquet': series('short_all') },
      optimized: { hrp: [coin('SHORT')] },
    });
    const run = await flow(session);
    const { weights, parameters, solve } = dataOf(run, 'SleeveWeightsOptimised');
    // reference/origin_profiles.json, crypto_meta_2sleeve: computed with numpy and scipy, six printed digits.
    const { crypto_meta_2sleeve: reference } = JSON.parse(
      readFileSync(join(sharedDirectory!, 'reference/origin_profiles.json'), 'utf8'),
    ) as {
      crypto_meta_2sleeve: { n_obs: number; A: number; lw_shrinkage: number; weights: { hrp_ward: { w: [number, number] } } };
    };
    expect(run.allocations[0]!.joined.matrix.rows).toBe(reference.n_obs);
    expect(parameters.annualisationDays).toBe(reference.A);
    expect(Math.abs(solve.estimate!.ledoitWolfIntensity! - reference.lw_shrinkage)).toBeLessThan(1e-9);
    expect(Math.abs(weights['long_all']! - reference.weights.hrp_ward.w[0])).toBeLessThan(1e-6);
    expect(Math.abs(weights['short_all']! - reference.weights.hrp_ward.w[1])).toBeLessThan(1e-6);
    // The bounds .05 and .95 bind nothing; what the long sleeve buys the short one sells.
    const bounded = dataOf(run, 'GuardrailsApplied').weights;
    expect(bounded).toEqual(weights);
    expect(dataOf(run, 'PortfolioFlattened').weights['BINANCE:BTCUSDT']).toBeCloseTo(bounded['long_all']! - bounded['short_all']!, 12);
  });
});
