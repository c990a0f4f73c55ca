import type { EligibilityEvidence } from '../run/grade.ts';
import type { SelectionRecord } from '../selection/record.ts';
import { percentText } from '../shared/percent.ts';
import type { SelectionDecision, SleeveSelection } from './job.ts';

/** Which vetoes were met, the most frequent first. */
export function histogramInWords({ histogram }: Pick<SelectionRecord['vetoCount'], 'histogram'>): string {
  return histogram.map(({ code, count }) => `${code} ${count}`).join(', ') || 'no veto';
}

const ruleInWords = {
  no_candidates: () => 'there is no candidate',
  veto_share: ({ vetoCount, settings }: SelectionRecord) =>
    `${percentText(vetoCount.share)} of the candidates meet a veto that no stage lifts, ` +
    `${percentText(settings.veto_share_max)} are allowed`,
  min_winners: ({ winners, settings }: SelectionRecord) =>
    `${winners.length} ${winners.length === 1 ? 'symbol wins' : 'symbols win'}, ${settings.min_winners} are needed`,
} as const;

/** Why a selection may not be used, with its vetoes. */
export function abortInWords(record: SelectionRecord): string {
  const rules = record.aborts.map((rule) => `${rule}: ${ruleInWords[rule](record)}`);
  return `${rules.join('; ')} (${record.candidates} candidates; ${histogramInWords(record.vetoCount)})`;
}

function isAborted({ record }: SelectionDecision): boolean {
  return record.aborts.length > 0;
}

/**
 * What the selections count for in the grade of a run: an aborted live selection, or more than a quarter of the windows, fails it; fewer
 * aborted windows degrade it.
 */
export function selectionEvidence({ decisions, verdict }: SleeveSelection): EligibilityEvidence[] {
  const current = decisions.at(-1)!;
  const windows = decisions.filter(({ scope }) => scope === 'window');
  const aborted = windows.filter(isAborted);
  const { record } = current;
  const ofWindows = `${aborted.length} of ${windows.length} windows aborted`;
  const first = aborted[0];
  const detail = isAborted(current)
    ? `the ${current.scope} selection of ${current.newestRead} was aborted: ${abortInWords(record)}`
    : verdict === 'failed'
      ? `${ofWindows}, a quarter is allowed; the first on ${first!.newestRead}: ${abortInWords(first!.record)}`
      : `${record.settings.mode}: ${record.winners.length} of ${record.candidates} candidates won`;
  const selection: EligibilityEvidence = { check: 'selection', status: verdict === 'failed' ? 'failed' : 'passed', detail };
  if (first === undefined || verdict === 'failed') return [selection];
  const held = `${ofWindows} and held cash; the first on ${first.newestRead}: ${abortInWords(first.record)}`;
  return [selection, { check: 'selection_windows', status: 'failed', detail: held }];
}
