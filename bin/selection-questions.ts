import {
  explainSelection,
  selectionBattles,
  selectionDeepDive,
  selectionDiff,
  selectionFunnel,
  type SelectionQuestion,
} from '../handlers/queries/selections.ts';
import type { Ports } from '../handlers/ports/ports.ts';
import type { AnyRun, RunTime } from '../handlers/runs/named-run.ts';
import type { WhichDecision } from '../handlers/runs/recorded-selections.ts';

const now = { asOf: null, knownAt: null } as const;

/** Which decision of a run, and the time as of which is asked. */
export interface DecisionAsked extends Partial<RunTime> {
  readonly decision?: WhichDecision;
}

const selectionAsked = (run: AnyRun, asked: DecisionAsked): SelectionQuestion => ({
  ...now,
  decision: 'current',
  ...asked,
  ...(typeof run === 'string' ? { runId: run } : run),
});

/** What recorded selections can be asked: of the live or the static decision where none is named. */
export function selectionQuestionsOf(ports: Ports) {
  return {
    /** Why a symbol won or did not, in one decision of a sleeve run. */
    explainSelection: (run: AnyRun, symbol: string, asked: DecisionAsked = {}) =>
      explainSelection(ports, selectionAsked(run, asked), symbol),
    selectionBattles: (run: AnyRun, asked: DecisionAsked = {}) => selectionBattles(ports, selectionAsked(run, asked)),
    selectionFunnel: (run: AnyRun, asked: DecisionAsked = {}) => selectionFunnel(ports, selectionAsked(run, asked)),
    selectionDiff: (before: AnyRun, after: AnyRun, asked: DecisionAsked & { readonly against?: WhichDecision } = {}) => {
      const { against, ...first } = asked;
      const second = against === undefined ? first : { ...first, decision: against };
      return selectionDiff(ports, selectionAsked(before, first), selectionAsked(after, second));
    },
    /** Everything about one decision. */
    selectionDeepDive: (run: AnyRun, asked: DecisionAsked = {}) => selectionDeepDive(ports, selectionAsked(run, asked)),
  };
}
