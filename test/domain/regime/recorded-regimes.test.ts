/** Readings of regimes and what they are made of are as they were recorded, bit for bit. */
import { expect, test } from '@jest/globals';
import { adaptiveChoice, aggressorFraction, parametersAt, profileAt, solveAdaptive } from '../../../domain/regime/adaptive.ts';
import { dickeyFuller, mackinnonPValue } from '../../../domain/regime/augmented-dickey-fuller.ts';
import { absoluteAutocorrelation } from '../../../domain/regime/autocorrelation.ts';
import { regimeComponents, regimeTerms, stressComponents } from '../../../domain/regime/components.ts';
import { adjustedExcessKurtosis } from '../../../domain/regime/excess-kurtosis.ts';
import { detailEnergyShare, haarDecomposition } from '../../../domain/regime/haar.ts';
import { hiddenMarkov } from '../../../domain/regime/hidden-markov.ts';
import { countOrdinalPatterns, permutationEntropy, reachablePermutationEntropy } from '../../../domain/regime/permutation-entropy.ts';
import { quadrantOf } from '../../../domain/regime/quadrant.ts';
import { detectRegime, marketQuadrant, unreachableLabels } from '../../../domain/regime/regime.ts';
import { regimeSummary, wasRead } from '../../../domain/regime/regime-summary.ts';
import { anisLloyd, hurst } from '../../../domain/regime/rescaled-range.ts';
import { windowRegimes } from '../../../domain/regime/window-regimes.ts';
import { defaultSolveParameters } from '../../../domain/risk/profiles.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { seeded } from '../../support/figures.ts';
import { bitsOfCases, outcomeOf, recordedBits } from '../../support/recorded-bits.ts';

/** Calm, turbulent, trending, still and jumping markets. */
function market(rows: number, seed: number, kind: number): Float64Array {
  const random = seeded(seed);
  let before = 0;
  return Float64Array.from({ length: rows }, (_, row) => {
    const bell = random() + random() + random() - 1.5;
    const recent = row >= rows - 10;
    if (kind === 0) return 0.01 * bell;
    if (kind === 1) return (recent ? 0.05 : 0.005) * bell - 0.002;
    if (kind === 2) return (before = 0.9 * before + 0.002 * bell) + 0.001;
    if (kind === 3) return 0.001;
    if (kind === 4) return recent ? 0.00001 * bell : 0.02 * bell;
    if (kind === 5) return row % 50 === 0 ? 0.2 * bell : 0.001 * bell + 0.002;
    if (kind === 6) return Math.round(3 * bell) / 100;
    if (kind === 7) return row % 2 === 0 ? 0.01 : -0.01;
    if (kind === 8) return recent ? 0.2 * bell - 0.05 : 0.0001 * bell;
    if (kind === 9) return row < rows / 2 ? 0 : 0.01 * bell;
    return recent ? 0.0021 * bell : 0.01 * bell;
  });
}

const kinds = Array.from({ length: 11 }, (_, kind) => kind);
const lengths = [0, 1, 2, 3, 4, 5, 7, 9, 10, 12, 19, 20, 21, 25, 29, 30, 31, 32, 40, 63, 64, 65, 100, 128, 251, 252, 253, 300];
const markets = lengths.flatMap((rows) => kinds.map((kind) => market(rows, rows + kind, kind)));
const readable = markets.filter(({ length }) => length >= 20);
const ofSome =
  (least: number, compute: (values: Float64Array) => unknown): (() => unknown) =>
  () =>
    markets.filter(({ length }) => length >= least).map(compute);

const shorter = kinds.flatMap((kind) => [20, 64, 252].map((rows) => market(rows, 3 * rows + kind, kind)));
const readings = shorter.map((values) => detectRegime(values, 252, 'noise'));
const settings = { spectral: 'noise', aggressorTable: 'code', adaptive: { mapping: 'quadrant', fallback: 'hrp' } } as const;
const solved = (risk: string) => ({ risk }) as unknown as ReturnType<typeof solveAdaptive>;

const cases: Readonly<Record<string, () => unknown>> = {
  readings: () =>
    readable
      .filter((_, k) => k % 5 === 0)
      .map((values) => (['off', 'noise', 'origin'] as const).map((flag) => detectRegime(values, 365, flag))),
  'readings of few rows': () => markets.filter(({ length }) => length < 20).map((values) => detectRegime(values, 252, 'off')),
  quadrants: () => [
    markets.filter(({ length }) => length > 0).map((values) => marketQuadrant(values, 252)),
    [-0.06, -0.05, -0.04, 0.05, 0.051].flatMap((growth) =>
      [1, 11 / 7, 2].map((volatilityRatio) =>
        quadrantOf(Float64Array.of(growth), { volatilityRatio, recentDeviation: 1, deviation: 1, turbulence: null }, 1),
      ),
    ),
  ],
  'labels out of reach': () =>
    lengths
      .concat([170, 171, 172, 180, 200, 240])
      .map((rows) => (['off', 'noise', 'origin'] as const).map((flag) => unreachableLabels(rows, flag))),
  components: ofSome(10, (values) => [stressComponents(values), regimeTerms(regimeComponents(values))]),
  'hidden states': () => markets.filter((_, k) => k % 3 === 0).map(hiddenMarkov),
  'unit roots': ofSome(0, dickeyFuller),
  'p-values': () => [-20, -18.83, -18, -5, -1.62, -1.61, -1.6, 0, 2.74, 2.75, 3].map(mackinnonPValue),
  exponents: ofSome(0, hurst),
  'expected ranges': () => [2, 3, 4, 8, 9, 64].map(anisLloyd),
  autocorrelations: ofSome(1, absoluteAutocorrelation),
  kurtoses: ofSome(0, adjustedExcessKurtosis),
  wavelets: ofSome(0, (values) => {
    const found = haarDecomposition(values);
    return found && [found, detailEnergyShare(found)];
  }),
  entropies: ofSome(0, (values) => [2, 3, 4].map((order) => permutationEntropy(values, order))),
  patterns: () =>
    [3, 4].map((order) => {
      const counts = new Float64Array(24).fill(7);
      return [
        countOrdinalPatterns(market(60, 9, 6), order, counts),
        counts,
        [2, 3, 8, 30].map((rows) => reachablePermutationEntropy(rows, order)),
      ];
    }),
  choices: () =>
    readings.map((reading) => [
      (['quadrant', 'regime'] as const).flatMap((mapping) =>
        (['QUIET', 'NORMAL', 'TURBULENT', 'CRISIS'] as const).map((label) =>
          adaptiveChoice({ ...reading, label }, mapping, 'equal_weight'),
        ),
      ),
      (['EXPANSION', 'INFLATIONARY_TREND', 'STAGNATION', 'CRISIS', 'NORMAL'] as const).map((quadrant) =>
        adaptiveChoice({ ...reading, rows: 30, quadrant }, 'quadrant', 'barbell'),
      ),
      [29, 30].map((rows) => profileAt('adaptive', { ...reading, rows }, settings)),
      profileAt('hrp', reading, settings),
      parametersAt(defaultSolveParameters, reading, settings),
      wasRead(reading),
    ]),
  fractions: () =>
    (['QUIET', 'NORMAL', 'TURBULENT', 'CRISIS'] as const).flatMap((label) =>
      (['code', 'specification'] as const).map((table) => aggressorFraction(label, table)),
    ),
  'adaptive solves': () =>
    readings.flatMap((reading) =>
      (['SolverFailed', 'HistoryTooShort', 'SchemaViolation', 'Internal', null] as const).map((code) =>
        outcomeOf(() =>
          solveAdaptive(reading, settings, (risk) => {
            if (code !== null && risk !== 'hrp') throw new LedgerError(code, `${risk} has none`, { evidence: {} });
            return solved(risk);
          }),
        ),
      ),
    ),
  'windows of a walk': () => {
    const long = Float64Array.from([...market(150, 1, 0), ...market(60, 2, 8), ...market(90, 3, 4)]);
    const dates = Array.from(long, (_, row) => `day ${row}`);
    const windows = [0, 1, 2, 3, 4, 5].map((k) => ({ testFirst: 15 + 45 * k, testEnd: 15 + 45 * k + (k % 2 === 0 ? 45 : 12) }));
    return (['off', 'noise', 'origin'] as const).map((spectral) => {
      const found = windowRegimes({ market: long, dates, windows, annualisationDays: 252, spectral });
      return [found, regimeSummary(found), regimeSummary({ ...found, windows: [] })];
    });
  },
};

test('every regime is read as it was recorded, bit for bit', () => {
  const found = bitsOfCases(cases);
  expect(found).toEqual(recordedBits('regimes', found));
});
