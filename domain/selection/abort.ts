import { isHard, type Judgement, type VetoCode } from './vetoes.ts';
import type { SelectionSettings } from './settings.ts';

/** Rules by which a selection may not be used. */
export const abortRules = ['no_candidates', 'veto_share', 'min_winners'] as const;
export type AbortRule = (typeof abortRules)[number];

export interface VetoCount {
  /** First vetoes that symbols meet, counted. */
  readonly histogram: readonly { readonly code: VetoCode; readonly count: number }[];
  /** Share of the candidates whose veto counts towards the abort rule. */
  readonly share: number;
}

const tolerance = 1e-12;

/** Counts the vetoes of candidates; v4 counts those that no stage lifts, the earlier modes all, for they have no later stage. */
export function countVetoes(judgements: readonly Judgement[], { mode, reading }: Pick<SelectionSettings, 'mode' | 'reading'>): VetoCount {
  const countsAll = mode !== 'v4' || reading.veto_share === 'strict';
  const counts = new Map<VetoCode, number>();
  let counted = 0;
  for (const { vetoes } of judgements) {
    const first = vetoes[0];
    if (first !== undefined) counts.set(first.code, (counts.get(first.code) ?? 0) + 1);
    if (vetoes.some(({ code }) => countsAll || isHard(code))) counted++;
  }
  const histogram = [...counts].map(([code, count]) => ({ code, count })).toSorted((left, right) => right.count - left.count);
  return { histogram, share: judgements.length === 0 ? 0 : counted / judgements.length };
}

/** Rules that the selection meets, each by its name. */
export function rulesMet(
  candidates: number,
  winners: number,
  share: number,
  { veto_share_max: shareMax, min_winners: winnersMin }: Pick<SelectionSettings, 'veto_share_max' | 'min_winners'>,
): AbortRule[] {
  const rules: AbortRule[] = [];
  if (candidates === 0) rules.push('no_candidates');
  if (share - shareMax > tolerance) rules.push('veto_share');
  if (winners < winnersMin) rules.push('min_winners');
  return rules;
}

/** A run with more of its windows aborted has not been selected for. */
const abortedShareMax = 0.25;

/**
 * What aborted selections make of a run: an aborted window in the past holds cash and leaves the run `degraded`; the live selection, or
 * more than a quarter of the windows, fails it.
 */
export function runVerdict(
  windowAborts: readonly (readonly AbortRule[])[],
  liveAborts: readonly AbortRule[],
): 'usable' | 'degraded' | 'failed' {
  const aborted = windowAborts.filter((rules) => rules.length > 0).length;
  if (liveAborts.length > 0 || aborted - abortedShareMax * windowAborts.length > tolerance) return 'failed';
  return aborted > 0 ? 'degraded' : 'usable';
}
