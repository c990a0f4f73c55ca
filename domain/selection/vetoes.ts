import type { FeatureColumns, StreamFeature } from './features.ts';
import type { SymbolFacts } from './pool.ts';
import type { SelectionSettings } from './settings.ts';

/** Vetoes in the order in which they are asked; the first that a symbol meets is the one counted. */
export const vetoCodes = [
  'stable_coin',
  'survival',
  'entropy',
  'entropy_band',
  'efficiency',
  'hurst_zone',
  'hurst_falling',
  'metadata',
  'eci',
  'kurtosis',
  'vol',
  'roc',
  'volatility_d',
] as const;
export type VetoCode = (typeof vetoCodes)[number];

/** Vetoes that a later stage may lift. */
const softVetoes: ReadonlySet<VetoCode> = new Set(['entropy', 'entropy_band', 'efficiency', 'hurst_zone', 'hurst_falling']);

export const isHard = (code: VetoCode): boolean => !softVetoes.has(code);

/** A veto with what was found against what is allowed. */
export interface Veto {
  readonly code: VetoCode;
  readonly values: readonly number[];
  readonly thresholds: readonly number[];
  /** Fields of the metadata that are missing. */
  readonly missing: readonly string[];
}

export interface Judgement {
  readonly vetoes: readonly Veto[];
  /** Vetoes that could not be asked. */
  readonly notEvaluated: readonly VetoCode[];
}

export type VetoSettings = Pick<
  SelectionSettings,
  | 'mode'
  | 'predictability_vetoes'
  | 'entropy_max'
  | 'entropy_acceptance'
  | 'efficiency_min'
  | 'hurst_random_walk'
  | 'eci_hurdle'
  | 'min_momentum_score'
> & { readonly reading: Pick<SelectionSettings['reading'], 'entropy_band'> };

/** What one symbol is judged by; NaN and null are not evaluated. */
export type Judged = Readonly<Record<Exclude<StreamFeature, 'skew' | 'tail_gain' | 'cvar' | 'acf1_abs' | 'ret60'>, number>> &
  Omit<SymbolFacts, 'identity' | 'adx' | 'recommendAll' | 'recommendMa'>;

/** A threshold is only violated beyond rounding. */
const tolerance = 1e-12;
const below = (value: number, threshold: number): boolean => threshold - value > tolerance;
const above = (value: number, threshold: number): boolean => value - threshold > tolerance;

const survivalMin = 0.1;
const fallingHurst = 0.55;
export const kurtosisMax = 20;
const volatilityMax = 2.5;
const rateOfChangeRange = [-80, 100] as const;
const dailyVolatilityMax = 100;
const tradedReference = 1e6;
const metadataFields = ['tick_size', 'lot_size', 'price_precision'] as const;

/** Least momentum after the cost of trading; a negative gate of momentum lowers it. */
export function costHurdle({
  eci_hurdle: hurdle,
  min_momentum_score: gate,
}: Pick<VetoSettings, 'eci_hurdle' | 'min_momentum_score'>): number {
  return gate < 0 ? Math.min(hurdle, gate - 0.05) : hurdle;
}

/** Momentum less what trading an illiquid, volatile symbol costs: vol √(1e6 / traded value a day). */
export function momentumAfterCost(momentum: number, volatility: number, averageDailyValue: number): number {
  return averageDailyValue > 0 ? momentum - volatility * Math.sqrt(tradedReference / averageDailyValue) : -Infinity;
}

/** A strong trend is exempt from the hurdle if it clears it by a quarter, which only a negative hurdle leaves room for. */
function isExempt(momentum: number, net: number, hurdle: number): boolean {
  return above(momentum, 1) && !below(net, 1.25 * hurdle);
}

/** What became of a veto: `not asked` where mode or settings leave it out. */
export type VetoOutcome = 'met' | 'passed' | 'not evaluated' | 'not asked';

/** A veto as it was asked of one symbol, met or not. */
export interface AskedVeto extends Veto {
  readonly outcome: VetoOutcome;
}

type Answer = Omit<AskedVeto, 'code'>;

const without = (outcome: VetoOutcome): Answer => ({ outcome, values: [], thresholds: [], missing: [] });
const notAsked = without('not asked');
const notEvaluated = without('not evaluated');

function limit(value: number | null, isViolated: (value: number) => boolean, ...thresholds: number[]): Answer {
  if (value === null || Number.isNaN(value)) return { ...notEvaluated, thresholds };
  return { outcome: isViolated(value) ? 'met' : 'passed', values: [value], thresholds, missing: [] };
}

function predictability(code: VetoCode, judged: Judged, settings: VetoSettings): Answer {
  if (!settings.predictability_vetoes) return notAsked;
  const { entropy_raw: entropy, efficiency, hurst_raw: exponent, momentum } = judged;
  const { entropy_max: most, efficiency_min: least, hurst_random_walk: zone, entropy_acceptance: band } = settings;
  if (code === 'entropy') return limit(entropy, (value) => above(value, most), most);
  if (code === 'efficiency') return limit(efficiency, (value) => below(value, least), least);
  if (code === 'entropy_band') {
    if (band === null || settings.reading.entropy_band === 'record') return notAsked;
    return limit(entropy, (value) => below(value, band[0]) || above(value, band[1]), ...band);
  }
  if (code === 'hurst_zone') return limit(exponent, (value) => above(value, zone[0]) && below(value, zone[1]), ...zone);
  const falling = limit(exponent, (value) => above(value, fallingHurst) && below(momentum, 0), fallingHurst, 0);
  return falling.outcome === 'not evaluated' ? falling : { ...falling, values: [exponent, momentum] };
}

function costVeto({ momentum, vol, averageDailyValue }: Judged, settings: VetoSettings): Answer {
  if (averageDailyValue === null || Number.isNaN(vol)) return notEvaluated;
  const net = momentumAfterCost(momentum, vol, averageDailyValue);
  const hurdle = costHurdle(settings);
  return limit(net, (value) => below(value, hurdle) && !isExempt(momentum, value, hurdle), hurdle);
}

function metadataVeto({ metadata }: Judged): Answer {
  if (metadata === null) return notEvaluated;
  const missing = metadataFields.filter((field) => metadata[field] === undefined);
  return { ...without(missing.length === 0 ? 'passed' : 'met'), missing };
}

function ofFourthMode(code: VetoCode, judged: Judged, mode: VetoSettings['mode']): Answer {
  if (mode !== 'v4') return notAsked;
  const [least, most] = rateOfChangeRange;
  if (code === 'kurtosis') return limit(judged.kurtosis, (value) => above(value, kurtosisMax), kurtosisMax);
  if (code === 'vol') return limit(judged.vol, (value) => above(value, volatilityMax), volatilityMax);
  if (code === 'roc') return limit(judged.rateOfChange, (value) => above(value, most) || below(value, least), least, most);
  return limit(judged.dailyVolatility, (value) => above(value, dailyVolatilityMax), dailyVolatilityMax);
}

function asked(code: VetoCode, judged: Judged, settings: VetoSettings): Answer {
  switch (code) {
    case 'stable_coin':
      return without(judged.stableCoin === null ? 'passed' : 'met');
    case 'survival':
      return limit(judged.survival, (value) => below(value, survivalMin), survivalMin);
    case 'metadata':
      return metadataVeto(judged);
    case 'eci':
      return costVeto(judged, settings);
    case 'entropy':
    case 'entropy_band':
    case 'efficiency':
    case 'hurst_zone':
    case 'hurst_falling':
      return predictability(code, judged, settings);
    case 'kurtosis':
    case 'vol':
    case 'roc':
    case 'volatility_d':
      return ofFourthMode(code, judged, settings.mode);
    default: {
      const unreachable: never = code;
      return unreachable;
    }
  }
}

/** Every veto in order, with what was found against what is allowed. Benchmarks are exempt from all. */
export function askAll(judged: Judged, settings: VetoSettings): AskedVeto[] {
  return vetoCodes.map((code) => ({ code, ...(judged.isBenchmark ? notAsked : asked(code, judged, settings)) }));
}

/** All vetoes that a symbol meets, in order, and those that could not be asked. Benchmarks are exempt from all. */
export function judge(judged: Judged, settings: VetoSettings): Judgement {
  const answers = askAll(judged, settings);
  return {
    vetoes: answers.flatMap(({ outcome, ...veto }) => (outcome === 'met' ? [veto] : [])),
    notEvaluated: answers.flatMap(({ outcome, code }) => (outcome === 'not evaluated' ? [code] : [])),
  };
}

/** Thresholds of the second stage: entropy 1.2 times as high (at most 1), efficiency .8 times; nothing else moves. */
export function relaxedSettings(settings: VetoSettings): VetoSettings {
  return { ...settings, entropy_max: Math.min(1, settings.entropy_max * 1.2), efficiency_min: settings.efficiency_min * 0.8 };
}

/** One symbol's row of the features and facts. */
export function judgedAt(features: FeatureColumns<StreamFeature>, facts: readonly SymbolFacts[], symbol: number): Judged {
  return {
    ...facts[symbol]!,
    momentum: features.momentum[symbol]!,
    vol: features.vol[symbol]!,
    entropy_raw: features.entropy_raw[symbol]!,
    efficiency: features.efficiency[symbol]!,
    hurst_raw: features.hurst_raw[symbol]!,
    kurtosis: features.kurtosis[symbol]!,
  };
}
