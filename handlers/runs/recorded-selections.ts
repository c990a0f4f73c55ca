import type { SelectionRecord } from '../../domain/selection/record.ts';
import { selectionIn } from '../../domain/selection/recorded-selection.ts';
import type { ExplainedSelection } from '../../domain/selection/select.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { decisionSummary, type DecisionSummary, isSelectionFact, type SelectionFact } from '../../domain/sleeve-run/selection-summary.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import type { Ports } from '../ports/ports.ts';
import { runEvents } from './load-sleeve-run.ts';
import { requestedRun, type RunQuestion } from './run-of.ts';

/** Which decision of a run: that of a window, the live one, the static one; `current` is the live or the static one, whichever there is. */
export type WhichDecision = number | 'live' | 'static' | 'current';

/** A decision of a recorded run, with every number that decided. */
export interface RecordedSelection {
  readonly runId: string;
  readonly sleeve: string;
  readonly decision: DecisionSummary;
  readonly record: SelectionRecord;
  readonly selection: ExplainedSelection;
}

/** The facts of one run on who enters, in order. */
export interface RunSelections {
  readonly runId: string;
  readonly sleeve: string;
  readonly facts: readonly SelectionFact[];
}

/** Errors: RunUnknown, SelectionNotRecorded for a run that selects nothing; those of naming a run. */
export async function selectionsOf(ports: Ports, question: RunQuestion): Promise<RunSelections> {
  const { runId, name } = await requestedRun(ports, question, 'sleeve');
  const facts = (await runEvents(ports, 'sleeveRun', runId)).filter(isSelectionFact);
  if (facts.length > 0) return { runId, sleeve: name, facts };
  throw new LedgerError('SelectionNotRecorded', `run ${runId} of ${name} selects nothing: every symbol of its universe enters`, {
    evidence: { runId, sleeve: name },
    at: { path: runId },
  });
}

function factOf({ facts, runId }: RunSelections, which: WhichDecision): SelectionFact {
  const windows = facts.filter(({ data }) => data.scope === 'window').length;
  const found = facts.find(({ data: { scope, window } }) =>
    typeof which === 'number' ? window === which : which === 'current' ? scope !== 'window' : scope === which,
  );
  if (found !== undefined) return found;
  const asked = typeof which === 'number' ? `window ${which}` : `${which} decision`;
  const there = windows === 0 ? 'it decided once, for all windows (--static)' : `it has windows 0 to ${windows - 1}, and the live decision`;
  throw new LedgerError('SelectionNotRecorded', `run ${runId} has no ${asked}: ${there}`, {
    evidence: { runId, windows },
    at: { path: typeof which === 'number' ? '--window' : `--${which}` },
  });
}

/** One decision with its document. Errors: SelectionNotRecorded, ArtifactMissing, ArtifactDamaged. */
export async function decisionIn(ports: Ports, run: RunSelections, which: WhichDecision): Promise<RecordedSelection> {
  const fact = factOf(run, which);
  const record = await loadDocument(ports.artifacts, 'selection', fact.data.record);
  return { runId: run.runId, sleeve: run.sleeve, decision: decisionSummary(fact), record, selection: selectionIn(record) };
}
