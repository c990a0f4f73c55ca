import type { Json } from '../shared/canonical-json.ts';

/** What became of a rule of a profile. */
export const ruleStatuses = [
  'kept',
  /** Would be broken in production; the profile is for research. */
  'kept_research',
  'broken',
  /** No data of so many rows can meet the threshold. */
  'cannot_act',
  /** No data of so many rows can pass. */
  'rejects_all',
  /** Part of the setting takes no part. */
  'left_out',
  /** The figures of the past know what came after them. */
  'look_ahead',
  /** Stands in the universe, and is vetoed. */
  'never_selected',
  /** The profile does not state it, or what it is judged by is not given. */
  'not_evaluated',
  'not_applicable',
] as const;
export type RuleStatus = (typeof ruleStatuses)[number];

/** One rule held against one profile. */
export interface LintedRule {
  readonly rule: string;
  readonly about: 'crypto' | 'selection';
  readonly status: RuleStatus;
  readonly value: Json;
  /** A value, or the rule in words. */
  readonly expected: Json;
  readonly why: string;
  /** Whether `--strict` refuses the profile for it. */
  readonly breaks: boolean;
}

type Judged = Pick<LintedRule, 'rule' | 'status' | 'value' | 'expected' | 'why'> & { readonly breaks?: boolean };

/** A rule that breaks a profile where it says so, else where it is broken or lets nobody pass. */
export function linted(about: LintedRule['about'], { breaks, ...judged }: Judged): LintedRule {
  return { ...judged, about, breaks: breaks ?? (judged.status === 'broken' || judged.status === 'rejects_all') };
}
