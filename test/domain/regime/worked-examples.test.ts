/*
 * Worked examples of the reference (regime.json, tables.json): statsmodels' ADF, PyWavelets' Haar transform and a second implementation of
 * the hidden Markov model stand behind their numbers. Closed formulas agree to 1e-9 relative, the hidden Markov model to 1e-6.
 */
import { describe, expect, test } from '@jest/globals';
import { adaptiveChoice } from '../../../domain/regime/adaptive.ts';
import { mackinnonPValue } from '../../../domain/regime/augmented-dickey-fuller.ts';
import { haarDecomposition } from '../../../domain/regime/haar.ts';
import { detectRegime, type RegimeReading } from '../../../domain/regime/regime.ts';
import { anisLloyd } from '../../../domain/regime/rescaled-range.ts';
import { expectClose, workedExample } from '../../support/worked-example.ts';

interface Expected {
  readonly label: string;
  readonly label_without_spectral: string;
  readonly label_spectral_ruled: string;
  readonly hurst_corrected: number;
  readonly score: number;
  readonly raw: number;
  readonly components: Readonly<Record<string, number>>;
  readonly hmm: {
    readonly crisis: boolean;
    readonly p_last: number;
    readonly means: number[];
    readonly variances: number[];
    readonly trans: number[][];
    readonly start: number[];
    readonly iterations: number;
    readonly loglik: number;
  };
  readonly quadrant: string;
  readonly growth: number;
  readonly stress: number;
}

interface Case {
  readonly name: string;
  readonly A: number;
  readonly input: number[];
  readonly expected: Expected;
  readonly haar: { readonly rows: number; readonly approx: number[]; readonly detail_energy: number[]; readonly approx_energy: number };
  readonly by_quadrant: { readonly profile: string };
  readonly by_regime: { readonly profile: string };
}

const { cases } = workedExample('regime') as { readonly cases: readonly Case[] };
const whole = cases.filter(({ expected }) => expected.components !== null);

const series = ({ input }: Case): Float64Array => Float64Array.from(input);
const read = (one: Case, flag: 'off' | 'noise' | 'origin' = 'off'): RegimeReading => detectRegime(series(one), one.A, flag);

describe('the table of constants', () => {
  const tables = workedExample('tables') as Readonly<Record<'anis_lloyd' | 'mackinnon', Record<string, number>>>;

  // At 512 the table has the limit for large samples, √(2/πn), in place of the quotient of gammas: this is the quotient, by 40 digits.
  const exact = { ...tables.anis_lloyd, 512: 27.23382132076524 };

  test.each(Object.entries(exact))('of white noise at lag %s', (lag, expected) => {
    expectClose(anisLloyd(Number(lag)), expected, 1e-13);
  });

  test.each(Object.entries(tables.mackinnon))('of the unit-root test at a statistic of %s', (statistic, expected) => {
    expectClose(mackinnonPValue(Number(statistic)), expected, 1e-12);
  });
});

describe.each(whole.map((one) => [one.name, one] as const))('the regime of %s', (_, one) => {
  const { expected } = one;

  test('has the components of the second implementation', () => {
    const { components } = read(one);
    const found = {
      vr: components!.volatilityRatio,
      turb: components!.turbulence,
      acf: components!.autocorrelation,
      pe: components!.permutationEntropy,
      hurst: components!.hurst!.uncorrected,
      adf_p: components!.dickeyFuller!.pValue,
      adf_t: components!.dickeyFuller!.statistic,
      adf_lag: components!.dickeyFuller!.lag,
      exkurt: components!.excessKurtosis,
      std10: components!.recentDeviation,
      std_all: components!.deviation,
    };
    for (const [name, value] of Object.entries(found)) expectClose(value!, expected.components[name]!, 1e-9, name);
    expectClose(components!.hurst!.corrected, expected.hurst_corrected, 1e-9, 'corrected exponent');
  });

  test('has its score, its labels under each flag and its quadrant', () => {
    const reading = read(one);
    expectClose(reading.score, expected.score, 1e-9);
    expectClose(reading.rawScore, expected.raw, 1e-9);
    expectClose(reading.growth!, expected.growth, 1e-9);
    expectClose(reading.stress!, expected.stress, 1e-9);
    expect({
      quadrant: reading.quadrant,
      off: reading.label,
      noise: read(one, 'noise').label,
      origin: read(one, 'origin').label,
    }).toEqual({
      quadrant: expected.quadrant,
      off: expected.label_without_spectral,
      noise: expected.label_spectral_ruled,
      origin: expected.label,
    });
  });

  test('has the Haar coefficients of its last rows', () => {
    const haar = haarDecomposition(series(one))!;
    expect(haar.rows).toBe(one.haar.rows);
    haar.approximation.forEach((value, i) => expectClose(value, one.haar.approx[i]!, 1e-9));
    haar.detailEnergies.forEach((value, i) => expectClose(value, one.haar.detail_energy[i]!, 1e-9));
    expectClose(haar.approximationEnergy, one.haar.approx_energy, 1e-9);
  });

  test('has the hidden states of the second implementation', () => {
    const found = read(one).hiddenMarkov!;
    const { hmm } = expected;
    expectClose(found.lastProbability, hmm.p_last, 1e-6);
    expectClose(found.logLikelihood, hmm.loglik, 1e-6);
    found.means.forEach((value, i) => expectClose(value, hmm.means[i]!, 1e-6));
    found.variances.forEach((value, i) => expectClose(value, hmm.variances[i]!, 1e-6));
    found.transitions.flat().forEach((value, i) => expectClose(value, hmm.trans.flat()[i]!, 1e-6));
    expect(found.lastProbability > 0.5).toBe(hmm.crisis);
    expect(found.rounds).toBe(hmm.iterations);
  });

  test('chooses the profile of both mappings', () => {
    const reading = read(one, 'origin');
    expect(adaptiveChoice(reading, 'quadrant', 'risk_parity')).toMatchObject({ profile: one.by_quadrant.profile, fallbackBecause: null });
    expect(adaptiveChoice(reading, 'regime', 'risk_parity')).toMatchObject({ profile: one.by_regime.profile, fallbackBecause: null });
  });
});

/* hmmlearn 0.3.3: EM without priors from the same start ends in these optima, after as many rounds; `score` of the fitted models. */
test('the hidden states are the optima of hmmlearn', () => {
  const likelihoods = [-109.53776231030477, -17.757840887943185, -297.0643412464954, -272.75443091048606];
  whole.forEach((one, k) => expectClose(read(one).hiddenMarkov!.logLikelihood, likelihoods[k]!, 1e-9, one.name));
});

test('fifteen rows are NORMAL with a score of 1, in STAGNATION, and adaptive falls back', () => {
  const short = cases.find(({ name }) => name === '15 rows')!;
  const reading = read(short);
  expect(reading).toMatchObject({ label: 'NORMAL', score: 1, rows: 15, quadrant: 'STAGNATION', components: null });
  expect(adaptiveChoice(reading, 'quadrant', 'risk_parity')).toMatchObject({
    profile: 'risk_parity',
    fallbackBecause: '15 rows, 30 are needed',
  });
});
