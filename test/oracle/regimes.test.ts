/*
 * The oracle of this file is test/oracle/{regime,regime_windows}.py: statsmodels' unit-root test and autocorrelation, PyWavelets' Haar
 * transform, antropy's entropy, scipy's moments, and hmmlearn's Baum-Welch, on the windows of real prices. Components and scores agree to
 * 1e-9 relative, hidden states to 1e-6; labels, quadrants and lags exactly.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { RegimeReading } from '../../domain/regime/regime.ts';
import type { SpectralFlag } from '../../domain/regime/schemas.ts';
import { type WindowRegimes, windowRegimes } from '../../domain/regime/window-regimes.ts';
import { marketOf } from '../../domain/selection/pool.ts';
import { planWindows } from '../../domain/walk-forward/walk-forward.ts';
import { parseCsvPrices } from '../../infra/csv/csv-prices.ts';
import { needs } from '../support/needs.ts';
import { sharedDirectory } from '../support/reference.ts';

const { describe: describeWithShared } = needs('reference data');

const figures = [
  ...(['vr', 'turb', 'acf', 'pe', 'hurst', 'hurst_corrected', 'adf', 'adf_statistic', 'adf_lag', 'kurtosis'] as const),
  ...(['recent', 'whole', 'raw', 'growth', 'stress'] as const),
];
type Figure = (typeof figures)[number];

/** What the second implementation read. */
interface Reading extends Readonly<Record<Figure, number | null>> {
  readonly rows: number;
  readonly labels: Readonly<Record<SpectralFlag, string>>;
  readonly score: number;
  readonly quadrant: string;
  readonly hidden: {
    readonly last: number;
    readonly likelihood: number;
    readonly rounds: number;
    readonly means: readonly number[];
    readonly variances: readonly number[];
    readonly transitions: readonly number[];
  };
}

interface Golden {
  readonly file: string;
  readonly sha256: string;
  readonly first: string;
  readonly last: string;
  readonly train: number;
  readonly step: number;
  readonly A: number;
  readonly symbols: readonly string[];
  readonly windows: readonly { readonly decision: Reading; readonly realised: Reading }[];
  readonly live: Reading;
}

const goldenOf = (name: string): Golden =>
  JSON.parse(readFileSync(new URL(`../golden/regime/${name}.json`, import.meta.url), 'utf8')) as Golden;

/** Without a spectral flag in every window, and under each flag in every fourth one. */
function regimesOf({ file, first, last, train, step, A, symbols }: Golden): Record<SpectralFlag, WindowRegimes> {
  const { table } = parseCsvPrices(readFileSync(join(sharedDirectory ?? '', 'data', file)), file);
  const rows = table.dates.flatMap((date, row) => (date >= first && date <= last ? [row] : []));
  const closes = symbols.map((symbol) => table.closes[table.symbols.indexOf(symbol)]!);
  const values = Float64Array.from(rows.slice(1).flatMap((row, at) => closes.map((column) => column[row]! / column[rows[at]!]! - 1)));
  const dates = rows.slice(1).map((row) => table.dates[row]!);
  const plan = { trainWindow: train, testWindow: step, stepSize: step, rebalanceMode: 'window', costFraction: 0 } as const;
  const market = marketOf({ dates, columns: symbols, values });
  const { windows } = planWindows(dates.length, plan);
  const some = windows.filter((_, k) => k % 4 === 0);
  const under = (spectral: SpectralFlag): WindowRegimes =>
    windowRegimes({ market, dates, windows: spectral === 'off' ? windows : some, annualisationDays: A, spectral });
  return { off: under('off'), noise: under('noise'), origin: under('origin') };
}

/** Figures beside those of the second implementation, each with the tolerance that it is held to. */
class Comparison {
  readonly #far: object[] = [];
  figures = 0;

  hold(found: number | null, expected: number | null, tolerance: number, name: string): void {
    this.figures++;
    if (found === null || expected === null) {
      if (found !== expected) this.#far.push({ name, found, expected });
      return;
    }
    const gap = Math.abs(found - expected) / Math.max(1e-3, Math.abs(expected));
    if (!(gap <= tolerance)) this.#far.push({ name, found, expected, gap });
  }

  get far(): readonly object[] {
    return this.#far;
  }
}

function compareComponents(
  compared: Comparison,
  { components, rawScore, growth, stress }: RegimeReading,
  expected: Reading,
  where: string,
): void {
  const { hurst, dickeyFuller } = components!;
  const found: Readonly<Record<Figure, number | null>> = {
    vr: components!.volatilityRatio,
    turb: components!.turbulence,
    acf: components!.autocorrelation,
    pe: components!.permutationEntropy,
    hurst: hurst?.uncorrected ?? null,
    hurst_corrected: hurst?.corrected ?? null,
    adf: dickeyFuller!.pValue,
    adf_statistic: dickeyFuller!.statistic,
    adf_lag: dickeyFuller!.lag,
    kurtosis: components!.excessKurtosis,
    recent: components!.recentDeviation,
    whole: components!.deviation,
    raw: rawScore,
    growth,
    stress,
  };
  for (const name of figures) compared.hold(found[name], expected[name], 1e-9, `${name}, ${where}`);
}

function compareHidden(compared: Comparison, { hiddenMarkov }: RegimeReading, { hidden }: Reading, where: string): void {
  const { means, variances, transitions, lastProbability, logLikelihood, rounds } = hiddenMarkov!;
  compared.hold(rounds, hidden.rounds, 0, `rounds, ${where}`);
  const found = [lastProbability, logLikelihood, ...means, ...variances, ...transitions.flat()];
  const expected = [hidden.last, hidden.likelihood, ...hidden.means, ...hidden.variances, ...hidden.transitions];
  found.forEach((value, i) => compared.hold(value, expected[i]!, 1e-6, `hidden states ${i}, ${where}`));
}

function compare(compared: Comparison, reading: RegimeReading, expected: Reading, where: string): void {
  const { rows, label, quadrant } = reading;
  expect({ where, rows, label, quadrant }).toEqual({ where, rows: expected.rows, label: expected.labels.off, quadrant: expected.quadrant });
  compared.hold(reading.score, expected.score, 1e-9, `score, ${where}`);
  compareComponents(compared, reading, expected, where);
  compareHidden(compared, reading, expected, where);
}

describeWithShared.each(['etfs', 'coins', 'stocks'])('the regimes of %s', (name) => {
  const golden = goldenOf(name);

  test('are read from the file of the second implementation', () => {
    const bytes = readFileSync(join(sharedDirectory ?? '', 'data', golden.file));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(golden.sha256);
  });

  test('are those of the second implementation in every window, for the decision, for what was realised, and now', () => {
    const found = regimesOf(golden);
    const compared = new Comparison();
    expect(found.off.windows).toHaveLength(golden.windows.length);
    expect(golden.windows.length).toBeGreaterThan(15);
    golden.windows.forEach(({ decision, realised }, k) => {
      const window = found.off.windows[k]!;
      compare(compared, window.decision.reading, decision, `decision ${k}`);
      compare(compared, window.realised.reading, realised, `realised ${k}`);
    });
    compare(compared, found.off.live.decision.reading, golden.live, 'live');
    expect(compared.far).toEqual([]);
    expect(compared.figures).toBe((2 * golden.windows.length + 1) * 27);
    for (const flag of ['noise', 'origin'] as const) {
      const labels = found[flag].windows.map((window) => [window.decision.reading.label, window.realised.reading.label]);
      const expected = golden.windows.filter((_, k) => k % 4 === 0);
      expect(labels).toEqual(expected.map(({ decision, realised }) => [decision.labels[flag], realised.labels[flag]]));
    }
  });
});
