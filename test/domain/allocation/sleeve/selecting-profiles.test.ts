/** Every profile of a sleeve that selects, window by window: solved again here from what the run has recorded. */
import { describe, expect, test } from '@jest/globals';
import { allocateSleeve, type SleeveAllocation } from '../../../../domain/allocation/sleeve/allocation.ts';
import type { SolvedProfile } from '../../../../domain/allocation/sleeve/profile.ts';
import type { RegimeReading } from '../../../../domain/regime/regime.ts';
import type { AggressorTable } from '../../../../domain/regime/schemas.ts';
import type { ReturnMatrix } from '../../../../domain/returns/series.ts';
import { capsDetermineFlag, solveClustered } from '../../../../domain/risk/clustered/solve-clustered.ts';
import { type MatrixRiskProfile, riskProfiles, type SolveResult } from '../../../../domain/risk/schemas.ts';
import type { SelectionDecision } from '../../../../domain/sleeve-selection/job.ts';
import { byCodeUnits } from '../../../../domain/shared/order.ts';
import { stormyPrices } from '../../sleeve-selection/shaped-prices.ts';
import { type SelectingSettings, selectingInput } from '../../sleeve-selection/sleeves.ts';

const benchmark = 'AMEX:SPY';
const longOnly = riskProfiles.filter((risk) => risk !== 'market_neutral');
const listing = (risks: readonly string[], more: object = {}): SelectingSettings => ({ backtest: { profiles: [...risks], ...more } });

type Formed = NonNullable<SleeveAllocation['formed']>;

/** Total weight of the barbell's aggressors, as the documents have it. */
const fractions = {
  code: { QUIET: 0.15, NORMAL: 0.1, TURBULENT: 0.05, CRISIS: 0.03 },
  specification: { QUIET: 0.15, NORMAL: 0.1, TURBULENT: 0.08, CRISIS: 0.05 },
} as const;

/** What the documents solve in a quadrant. */
const byQuadrant = {
  EXPANSION: 'max_sharpe',
  INFLATIONARY_TREND: 'barbell',
  STAGNATION: 'min_variance',
  CRISIS: 'hrp',
  NORMAL: 'max_sharpe',
} as const;

/** Rows of the grid that a decision read, as the streams of its winners: -min(r, 1) for a short one. */
function winnersStreams({ grid }: Formed, { record, first, newestRead }: SelectionDecision): ReturnMatrix {
  const { dates, columns, values } = grid.returns;
  const [start, end] = [dates.indexOf(first), dates.indexOf(newestRead) + 1];
  const atoms = record.settings.short_direction;
  const streams = record.winners.map((at) => {
    const [symbol, direction] = [record.symbols[at]!, record.directions[at]!];
    return { symbol, isShort: direction === 'SHORT', name: atoms ? `${symbol}_trend_following_${direction}` : symbol };
  });
  const of = (row: number): number[] =>
    streams.map(({ symbol, isShort }) => {
      const simple = values[(start + row) * columns.length + columns.indexOf(symbol)]!;
      return isShort ? -Math.min(simple, 1) : simple;
    });
  const read = dates.slice(start, end);
  return { dates: read, columns: streams.map(({ name }) => name), values: Float64Array.from(read.flatMap((_, row) => of(row))) };
}

/** Mean of the candidates' long returns over the rows of a decision. */
function rawPool({ grid }: Formed, { first, newestRead }: SelectionDecision): Float64Array {
  const { dates, columns, values } = grid.returns;
  const candidates = [...columns.keys()].filter((column) => columns[column] !== benchmark);
  const rows = dates.flatMap((date, row) => (first <= date && date <= newestRead ? [row] : []));
  return Float64Array.from(
    rows,
    (row) => candidates.reduce((sum, column) => sum + values[row * columns.length + column]!, 0) / candidates.length,
  );
}

interface Resolving {
  readonly formed: Formed;
  readonly profile: SolvedProfile;
  readonly table: AggressorTable;
}

/** The solve of a decision, made again from its recorded selection and regime. */
function solvedAgain({ formed, profile, table }: Resolving, risk: MatrixRiskProfile, decision: SelectionDecision, reading: RegimeReading) {
  const { cluster_lookbacks: lookbacks, correlation_shrinkage: shrinkage, threshold } = decision.record.settings;
  const follows = profile.risk === 'barbell' || profile.risk === 'adaptive';
  const { parameters } = profile;
  return solveClustered({
    risk,
    training: winnersStreams(formed, decision),
    parameters: follows ? { ...parameters, aggressorFraction: fractions[table][reading.label] } : parameters,
    clustering: { lookbacks, shrinkage, threshold },
    clusterCap: 0.25,
    regime: follows ? { label: reading.label, table } : null,
    pool: risk === 'market_neutral' ? rawPool(formed, decision) : null,
  });
}

/** Every solve of a profile with its decision: those of the windows, and the live one. */
function decided({ formed, profile }: Resolving) {
  const { decisions } = formed.selection!;
  const { windows, live } = formed.regimes!;
  const decisionOf = (index: number): SelectionDecision => (decisions.length === 1 ? decisions[0]! : decisions[index]!);
  return [
    ...profile.walked.solutions.map(({ result }, index) => ({
      result,
      decision: decisionOf(index),
      reading: windows[index]!.decision.reading,
    })),
    { result: profile.live, decision: decisions.at(-1)!, reading: live.decision.reading },
  ];
}

function allocated(settings: SelectingSettings, prices: Parameters<typeof selectingInput>[1]) {
  const { formed } = allocateSleeve(selectingInput(settings, prices));
  const profiles = new Map(
    formed!.profiles.map((outcome) => {
      if (outcome.status !== 'solved') throw new Error(`${outcome.risk} is ${outcome.status}`);
      return [outcome.risk, outcome] as const;
    }),
  );
  return { formed: formed!, profiles };
}

/** Few enough enter that each window has winners of its own. */
const picky = { min_winners: 2, top_n: 1, threshold: 0.6 };
const storm = { feat_spectral_regimes: true, spectral: 'origin', efficiency_min_threshold: 0.1 };
const cases: readonly [string, AggressorTable, ReturnType<typeof allocated>][] = [
  ['long only, through a storm', 'code', allocated({ ...listing(longOnly), selection: picky, features: storm }, [stormyPrices()])],
  [
    'long only, by the table of the specification',
    'specification',
    allocated({ ...listing(['barbell', 'adaptive']), features: storm, risk: { aggressor_table: 'specification' } }, [stormyPrices()]),
  ],
  ['that may be short', 'code', allocated({ ...listing(riskProfiles), features: { feat_short_direction: true } }, undefined)],
];

describe.each(cases)('a sleeve that selects %s', (_, table, { formed, profiles }) => {
  const solvedOf = [...profiles.values()].map((profile) => ({ formed, profile, table }));
  const onWinners = solvedOf.filter(({ profile: { risk } }) => !['market', 'raw_pool_ew', 'adaptive'].includes(risk));

  test('holds in each window what its profile gives on the streams of the winners alone, to the last bit', () => {
    for (const one of onWinners) {
      const { risk } = one.profile;
      for (const { result, decision, reading } of decided(one)) {
        const again = solvedAgain(one, risk as MatrixRiskProfile, decision, reading);
        expect([risk, result!.weights]).toEqual([risk, again.weights]);
        expect([risk, result!.clustering]).toEqual([risk, again.clustering]);
      }
    }
  });

  test('walks with the weights of its solves, and with none outside them', () => {
    for (const { profile } of solvedOf) {
      const { columns, walked } = profile;
      walked.windows.forEach(({ weights }, index) => {
        const bySymbol = new Map(walked.solutions[index]!.result!.weights.map(({ symbol, weight }) => [symbol, weight]));
        expect([...weights]).toEqual(columns.map((symbol) => bySymbol.get(symbol) ?? 0));
      });
    }
  });

  test('takes the aggressors of its barbell from the regime of the window', () => {
    const barbell = solvedOf.find(({ profile: { risk } }) => risk === 'barbell')!;
    for (const { result, reading } of decided(barbell)) {
      const aggressorFraction = fractions[table][reading.label];
      expect(result!.detail).toMatchObject({ aggressorFraction, regime: reading.label, regimeAssumed: false, aggressorTable: table });
      const { aggressors } = result!.detail as { aggressors: string[] };
      const held = result!.weights.flatMap(({ symbol, weight }) => (aggressors.includes(symbol) ? [weight] : []));
      expect(Math.abs(held.reduce((sum, weight) => sum + weight, 0) - aggressorFraction)).toBeLessThanOrEqual(1e-12);
    }
  });

  test('adapts to the quadrant of the window: label, score and profile are logged, and the weights are those of the profile', () => {
    const adaptive = solvedOf.find(({ profile: { risk } }) => risk === 'adaptive')!;
    for (const { result, decision, reading } of decided(adaptive)) {
      const { label, score, quadrant } = reading;
      const chosen = byQuadrant[quadrant];
      expect(result!.adaptive).toEqual({ profile: chosen, mapping: 'quadrant', label, score, quadrant, fallbackBecause: null });
      expect(result!.weights).toEqual(solvedAgain(adaptive, chosen, decision, reading).weights);
    }
  });
});

describe('a sleeve that selects through a storm', () => {
  const [, , { formed, profiles }] = cases[0]!;

  test('meets regimes enough to tell one reading from another', () => {
    const readings = formed.regimes!.windows.map(({ decision }) => decision.reading);
    expect([...new Set(readings.map(({ label }) => label))].toSorted()).toEqual(['CRISIS', 'QUIET', 'TURBULENT']);
    expect(new Set(readings.map(({ quadrant }) => byQuadrant[quadrant])).size).toBe(4);
  });

  test('holds every candidate of the raw pool, whoever wins, and the market on its benchmark', () => {
    const pool = formed.grid.returns.columns.filter((symbol) => symbol !== benchmark);
    const all: readonly (SolveResult | null)[] = [
      ...profiles.get('raw_pool_ew')!.walked.solutions.map(({ result }) => result),
      profiles.get('raw_pool_ew')!.live,
    ];
    for (const result of all) {
      expect(result!.weights.map(({ symbol }) => symbol)).toEqual(pool);
      for (const { weight } of result!.weights) expect(Math.abs(weight - 1 / pool.length)).toBeLessThanOrEqual(1e-15);
    }
    const entered = formed.selection!.decisions.map(({ record: { winners, symbols } }) =>
      winners.map((at) => symbols[at]!).toSorted(byCodeUnits),
    );
    expect(Math.max(...entered.map((winners) => winners.length))).toBeLessThan(pool.length);
    expect(new Set(entered.map(String)).size).toBeGreaterThan(5);
    expect(profiles.get('market')!.columns).toEqual([benchmark]);
  });
});

describe('caps that leave one allocation', () => {
  test('are said of every optimised profile, and of no other', () => {
    const { profiles } = allocated({ ...listing(['hrp', 'min_variance', 'barbell', 'benchmark']), selection: { threshold: 9 } }, undefined);
    const flagged = [...profiles.values()].map(({ risk, flags }) => [risk, flags.includes(capsDetermineFlag)]);
    expect(Object.fromEntries(flagged)).toMatchObject({ hrp: true, min_variance: true, benchmark: false });
    const loose = allocated(listing(['hrp', 'min_variance']), undefined);
    expect([...loose.profiles.values()].flatMap(({ flags }) => flags)).not.toContain(capsDetermineFlag);
  });
});
