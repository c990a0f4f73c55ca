import type { CrossSection } from './cross-section.ts';
import type { SymbolFacts } from './pool.ts';
import { rankProbabilities } from './maps.ts';
import { quotaAccount } from './quotas.ts';
import type { SelectionSettings } from './settings.ts';
import type { Contestant } from './stages.ts';
import { isHard, judge, judgedAt, type Judgement, relaxedSettings } from './vetoes.ts';

/** Who may win, and what each is judged by. */
export interface Contest {
  readonly judgements: readonly Judgement[];
  readonly gates: readonly boolean[];
  /** Annualised volatility below .01: shown, and not vetoed. */
  readonly cashLike: readonly boolean[];
  readonly excluded: ReadonlyMap<number, 'cash_like' | 'score_rank'>;
  /** Neither benchmarks nor excluded, best score first; equal scores in the order of their names. */
  readonly ranked: readonly Contestant[];
}

const tolerance = 1e-12;
const cashVolatility = 0.01;
const noiseEntropy = 0.999;

/** Symbols that a setting keeps out before any stage. */
function excludedBy(settings: SelectionSettings, cashLike: readonly boolean[], score: Float64Array): Contest['excluded'] {
  const excluded = new Map<number, 'cash_like' | 'score_rank'>();
  const least = settings.min_score_rank;
  // Ranks come as .01 + .99 of the share of symbols below.
  const ranks = rankProbabilities(score).map((rank) => (rank - 0.01) / 0.99);
  cashLike.forEach((isCashLike, symbol) => {
    if (settings.exclude_cash_like && isCashLike) excluded.set(symbol, 'cash_like');
    else if (least - ranks[symbol]! > tolerance) excluded.set(symbol, 'score_rank');
  });
  return excluded;
}

/** The account of a symbol: its cluster, or its side of the cluster. */
export function accountAt({ clusters, directions }: CrossSection, symbol: number, { reading }: SelectionSettings): string {
  return quotaAccount(clusters.labels[symbol]!, directions[symbol]!, reading.quota_per);
}

/** Judges every symbol and ranks those that may win. */
export function contestOf(section: CrossSection, facts: readonly SymbolFacts[], settings: SelectionSettings): Contest {
  const { features, scores, clusters, gateReturns } = section;
  const relaxed = relaxedSettings(settings);
  const judged = facts.map((_, i) => judgedAt(features, facts, i));
  const judgements = judged.map((one) => judge(one, settings));
  const gates = Array.from(gateReturns, (gained) => settings.min_momentum_score - gained <= tolerance);
  const cashLike = Array.from(features.vol, (vol) => vol < cashVolatility);
  const excluded = excludedBy(settings, cashLike, scores.score);
  const ranked = [...facts.keys()]
    .filter((i) => !facts[i]!.isBenchmark && !excluded.has(i))
    .toSorted((left, right) => scores.score[right]! - scores.score[left]! || left - right)
    .map((i): Contestant => ({
      symbol: i,
      cluster: clusters.labels[i]!,
      account: accountAt(section, i, settings),
      identity: facts[i]!.identity,
      isVetoed: judgements[i]!.vetoes.length > 0,
      isVetoedRelaxed: judge(judged[i]!, relaxed).vetoes.length > 0,
      isVetoedHard: judgements[i]!.vetoes.some(({ code }) => isHard(code)),
      passesGate: gates[i]!,
      isNoise: features.entropy_raw[i]! > noiseEntropy,
    }));
  return { judgements, gates, cashLike, excluded, ranked };
}
