import type { Admission, Contestant } from './stages.ts';

/** Why a symbol won, or did not. */
export type Standing =
  | { readonly kind: 'won'; readonly stage: number; readonly isQuotaWaived: boolean; readonly isWalkover: boolean }
  /** Takes part in every cross-section, and is no candidate. */
  | { readonly kind: 'benchmark' }
  /** Kept out by a setting before any stage. */
  | { readonly kind: 'excluded'; readonly because: 'cash_like' | 'score_rank' }
  | { readonly kind: 'vetoed' }
  /** The recent return of its stream is below the gate. */
  | { readonly kind: 'gated' }
  | { readonly kind: 'identity_taken'; readonly by: number }
  /** Better scores used up the quota of its account. */
  | { readonly kind: 'outscored'; readonly by: readonly number[] };

export interface Field {
  /** Best score first; benchmarks and excluded symbols are not among them. */
  readonly ranked: readonly Contestant[];
  readonly admissions: readonly Admission[];
  readonly isBenchmark: (symbol: number) => boolean;
  readonly excluded: ReadonlyMap<number, 'cash_like' | 'score_rank'>;
  /** A cluster with a single member has no battle. */
  readonly isAlone: (symbol: number) => boolean;
}

function whyLost(contestant: Contestant, winners: readonly Contestant[]): Standing {
  if (contestant.isVetoed) return { kind: 'vetoed' };
  if (!contestant.passesGate) return { kind: 'gated' };
  const twin = winners.find(({ identity }) => identity === contestant.identity);
  if (twin !== undefined) return { kind: 'identity_taken', by: twin.symbol };
  return { kind: 'outscored', by: winners.filter(({ account }) => account === contestant.account).map(({ symbol }) => symbol) };
}

/** The standing of each of so many symbols. */
export function standingsOf(symbols: number, { ranked, admissions, isBenchmark, excluded, isAlone }: Field): Standing[] {
  const admitted = new Map(admissions.map((admission) => [admission.symbol, admission]));
  const contestants = new Map(ranked.map((contestant) => [contestant.symbol, contestant]));
  const winners = ranked.filter(({ symbol }) => admitted.has(symbol));
  return Array.from({ length: symbols }, (_, symbol): Standing => {
    const admission = admitted.get(symbol);
    if (admission !== undefined)
      return { kind: 'won', stage: admission.stage, isQuotaWaived: admission.isQuotaWaived, isWalkover: isAlone(symbol) };
    if (isBenchmark(symbol)) return { kind: 'benchmark' };
    const because = excluded.get(symbol);
    return because === undefined ? whyLost(contestants.get(symbol)!, winners) : { kind: 'excluded', because };
  });
}
