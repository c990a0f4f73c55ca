import type { Account, AccountedVeto, NamedStanding } from '../../../domain/selection/account.ts';
import type { Standing } from '../../../domain/selection/standing.ts';
import { isHard, type VetoCode } from '../../../domain/selection/vetoes.ts';
import type { DecisionSummary, SelectionSummary } from '../../../domain/sleeve-run/selection-summary.ts';
import { enumerated } from '../../../domain/shared/suggest.ts';
import { histogramInWords } from '../../../domain/sleeve-selection/evidence.ts';
import { percent } from './document.ts';

/** A figure of a selection: four digits behind the point, tiny ones in powers of ten. */
export function figure(value: number | null): string {
  if (value === null) return '-';
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(3) : value.toFixed(4);
}

export const figures = (values: readonly number[]): string => values.map(figure).join(' and ');

/** What each stage asks for (docs/explanation/selection.md#stages). */
const stageWords: Readonly<Record<number, string>> = {
  1: 'stage 1, strict',
  2: 'stage 2, entropy and efficiency relaxed',
  3: 'stage 3, best of a cluster without a winner',
  4: 'stage 4, soft vetoes lifted while its cluster has room',
  5: 'stage 5, quotas waived to reach the fewest winners',
};

export const stageInWords = (stage: number): string => stageWords[stage] ?? `stage ${stage}`;

const namesShownMax = 6;

function otherStandingWords(standing: Exclude<NamedStanding, { readonly kind: 'won' }>): string {
  switch (standing.kind) {
    case 'benchmark':
      return 'a benchmark: takes part in every cross-section, and never wins';
    case 'excluded':
      return standing.because === 'cash_like' ? 'kept out as cash-like' : 'kept out by the rank of its score';
    case 'vetoed':
      return 'lost by its vetoes';
    case 'gated':
      return 'lost at the gate: its recent return is too low';
    case 'identity_taken':
      return `lost to ${standing.by}, which is the same bet`;
    case 'outscored':
      return standing.by.length === 0
        ? 'lost: the winners were complete before its turn'
        : `lost to better scores of its cluster: ${enumerated(standing.by, namesShownMax)}`;
  }
}

/** Why a symbol won or did not. */
export function standingInWords(standing: NamedStanding): string {
  if (standing.kind !== 'won') return otherStandingWords(standing);
  const beside = [
    ...(standing.isWalkover ? ['a walkover: alone in its cluster'] : []),
    ...(standing.isQuotaWaived ? ['above the quota of its cluster'] : []),
  ];
  return [`won in ${stageInWords(standing.stage)}`, ...beside].join('; ');
}

/** The same in a table: one or two words. */
export function shortStanding(standing: Standing | NamedStanding): string {
  if (standing.kind === 'won') return `won, stage ${standing.stage}${standing.isQuotaWaived ? ', quota waived' : ''}`;
  return {
    benchmark: 'benchmark',
    excluded: 'excluded',
    vetoed: 'vetoed',
    gated: 'gated',
    identity_taken: 'same bet',
    outscored: 'outscored',
  }[standing.kind];
}

/** What a threshold of a veto means. */
export function thresholdInWords({ code, thresholds, missing }: AccountedVeto): string {
  const [first, second] = thresholds;
  if (code === 'metadata') return missing.length === 0 ? 'tick size, lot size, price precision' : `missing: ${missing.join(', ')}`;
  if (code === 'stable_coin') return 'a stable coin';
  if (first === undefined) return '';
  if (code === 'entropy_band' || code === 'roc') return `outside ${figure(first)} to ${figure(second!)}`;
  if (code === 'hurst_zone') return `inside ${figure(first)} to ${figure(second!)}`;
  if (code === 'hurst_falling') return `above ${figure(first)} with momentum below ${figure(second!)}`;
  const isLeast: readonly VetoCode[] = ['survival', 'efficiency', 'eci'];
  return `${isLeast.includes(code) ? 'below' : 'above'} ${figure(first)}`;
}

export function outcomeInWords({ code, outcome }: Pick<AccountedVeto, 'code' | 'outcome'>): string {
  return outcome === 'met' ? `MET (${isHard(code) ? 'hard' : 'soft'})` : outcome;
}

const hurstRowsOfNoise = 120;

/** What a reader has to know of the exponent and of thresholds on so few rows. */
export function caveatsOf({ rows, reach }: Pick<Account, 'rows' | 'reach'>): string[] {
  return [
    ...reach.map(({ setting, status, why }) => {
      const what = status === 'cannot_act' ? 'cannot act' : status === 'rejects_all' ? 'rejects everything' : 'is left out in part';
      return `! ${setting} ${what}: ${why}`;
    }),
    ...(rows <= hurstRowsOfNoise
      ? [
          `! hurst: on ${rows} rows the exponent is mostly noise (of white noise it deviates by .16 on 60 rows), ` +
            'so a zone of .04 is a lottery',
        ]
      : []),
  ];
}

export function decisionInWords({ scope, window, first, newestRead, rows, mode }: DecisionSummary): string {
  const which = scope === 'window' ? `window ${window}` : scope === 'live' ? 'the live decision' : 'the one decision of a static universe';
  return `${which}: ${mode} on ${rows} rows, ${first} to ${newestRead}`;
}

function wonWords({ won, candidates, rules, vetoes, mode }: DecisionSummary): string {
  const counted = `${won} of ${candidates} candidates won`;
  return rules.length === 0 ? `${mode}: ${counted}` : `${mode}: aborted (${rules.join(', ')}), ${counted}; ${histogramInWords(vetoes)}`;
}

/** What a reader of several sleeves wants to know of the selections of one. */
export interface SelectionGlance {
  readonly won: number;
  readonly candidates: number;
  readonly windows: number;
  /** Numbers of the windows that hold cash. */
  readonly cashWindows: readonly number[];
  /** The first veto that candidates met most often, over all decisions; null where nobody met one. */
  readonly commonestVeto: { readonly code: VetoCode; readonly count: number } | null;
}

export function selectionGlance({ current, windows, aborted }: SelectionSummary): SelectionGlance {
  const counts = new Map<VetoCode, number>();
  for (const { vetoes } of [...windows, current])
    for (const { code, count } of vetoes.histogram) counts.set(code, (counts.get(code) ?? 0) + count);
  const [commonest] = [...counts].map(([code, count]) => ({ code, count })).toSorted((left, right) => right.count - left.count);
  const { won, candidates } = current;
  const cashWindows = aborted.flatMap(({ window }) => (window === null ? [] : [window]));
  return { won, candidates, windows: windows.length, cashWindows, commonestVeto: commonest ?? null };
}

export function glanceInWords({ won, candidates, windows, cashWindows, commonestVeto }: SelectionGlance): string {
  const past =
    windows === 0
      ? 'selected once, with look-ahead'
      : cashWindows.length === 0
        ? `none of ${windows} windows holds cash`
        : `${cashWindows.length} of ${windows} windows hold cash (${enumerated(cashWindows.map(String), namesShownMax)})`;
  const veto = commonestVeto === null ? 'no veto was met' : `commonest veto ${commonestVeto.code}, met ${commonestVeto.count} times`;
  return `${won} of ${candidates} candidates won; ${past}; ${veto}`;
}

/** What a run says of its selections: how many won, which windows held cash, and why. */
export function summaryLines({ current, windows, aborted, stability }: SelectionSummary): string[] {
  const which = current.scope === 'static' ? 'static (selection look-ahead)' : 'live';
  return [
    `Selection, ${which}: ${wonWords(current)}.`,
    ...(windows.length === 0
      ? []
      : [
          `Selection by window: ${windows.length - aborted.length} of ${windows.length} selected` +
            (stability?.meanJaccard === null || stability === null
              ? '.'
              : `; from one to the next ${percent(stability.meanJaccard)} of the winners of either are those of both (Jaccard).`),
        ]),
    ...(aborted.length === 0
      ? []
      : [
          `  aborted, in cash unless the run failed: ` +
            enumerated(
              aborted.map(({ window, newestRead }) => `window ${window} (${newestRead})`),
              namesShownMax,
            ),
          `  the first of them: ${wonWords(aborted[0]!)}`,
        ]),
  ];
}
