import type { z } from 'zod';
import type { AbortRule } from '../selection/abort.ts';
import { type SelectionStability, stabilityOf } from '../selection/stability.ts';
import type { assetsSelectedSchema, selectionAbortedSchema } from './events.ts';

type AssetsSelected = z.infer<typeof assetsSelectedSchema>;
type SelectionAborted = z.infer<typeof selectionAbortedSchema>;
export type SelectionFact =
  | { readonly type: 'AssetsSelected'; readonly data: AssetsSelected }
  | { readonly type: 'SelectionAborted'; readonly data: SelectionAborted };

/** One decision on who enters, as its fact tells it. */
export interface DecisionSummary extends Pick<
  AssetsSelected,
  'scope' | 'window' | 'first' | 'newestRead' | 'rows' | 'mode' | 'candidates' | 'target' | 'afterStage' | 'quadrant' | 'vetoes'
> {
  /** How many won, also where the selection may not be used. */
  readonly won: number;
  /** Best score first; null where the selection was aborted. */
  readonly winners: AssetsSelected['winners'] | null;
  /** Rules by which it was aborted. */
  readonly rules: readonly AbortRule[];
  readonly labels: readonly string[];
}

/** The selections of a sleeve run. */
export interface SelectionSummary {
  /** The live decision, or the static one. */
  readonly current: DecisionSummary;
  /** Of a static universe none. */
  readonly windows: readonly DecisionSummary[];
  /** Windows that hold cash. */
  readonly aborted: readonly DecisionSummary[];
  /** Null of a static universe. */
  readonly stability: SelectionStability | null;
}

export function isSelectionFact<Fact extends { readonly type: string }>(fact: Fact): fact is Fact & SelectionFact {
  return fact.type === 'AssetsSelected' || fact.type === 'SelectionAborted';
}

export function decisionSummary(fact: SelectionFact): DecisionSummary {
  const { scope, window, first, newestRead, rows, mode, candidates, target, afterStage, quadrant, vetoes } = fact.data;
  const decided = { scope, window, first, newestRead, rows, mode, candidates, target, afterStage, quadrant, vetoes };
  return fact.type === 'AssetsSelected'
    ? { ...decided, won: fact.data.winners.length, winners: fact.data.winners, rules: [], labels: fact.data.labels }
    : { ...decided, won: fact.data.winners, winners: null, rules: fact.data.rules, labels: [] };
}

/** What the facts of a run say of its selections; null of a run that selects nothing. */
export function selectionSummary(facts: readonly { readonly type: string }[]): SelectionSummary | null {
  const decisions = facts.filter(isSelectionFact).map(decisionSummary);
  const current = decisions.find(({ scope }) => scope !== 'window');
  if (current === undefined) return null;
  const windows = decisions.filter(({ scope }) => scope === 'window');
  return {
    current,
    windows,
    aborted: windows.filter(({ winners }) => winners === null),
    stability: windows.length === 0 ? null : stabilityOf(windows.map(({ winners }) => winners?.map(({ symbol }) => symbol) ?? null)),
  };
}
