import { type AtomicSleeve, atomicSleeves } from '../manifest/resolve-meta.ts';
import type { MetaNode } from '../manifest/resolved-meta-schema.ts';
import { pathKey } from '../run/delivered-run.ts';
import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits } from '../shared/order.ts';

/** An accepted run that a portfolio may consume. */
export interface ChosenRun {
  readonly runId: string;
  readonly asOf: string;
}

/** What a sleeve offers to one portfolio. */
export interface OfferedRun {
  readonly quarantinedWhy: string | null;
  /**
   * The run that the portfolio pins, if the sleeve has it; else the run that counts, of those with no later as-of date than was asked
   * for.
   */
  readonly run: ChosenRun | null;
  /** Where there is no such run, the run that counts of all: evidence of the refusal. */
  readonly instead: ChosenRun | null;
}

export interface ChosenRuns {
  /** By path. */
  readonly runs: ReadonlyMap<string, ChosenRun>;
  readonly asOf: string;
}

function pinnedRun({ path, sleeve }: AtomicSleeve, runId: string, { run, instead }: OfferedRun, asOf: string | null): ChosenRun {
  const where = pathKey(path);
  if (run === null) {
    throw new LedgerError('SleeveRunMissing', `sleeve ${where} is pinned to run ${runId}, which ${sleeve.requested} does not have`, {
      evidence: { path: [...path], pinned: runId, latest: instead?.runId ?? null },
      at: { path: `${where}.run_id` },
    });
  }
  if (asOf !== null && run.asOf > asOf) {
    throw new LedgerError('SleeveRunMissing', `sleeve ${where} is pinned to run ${runId}, whose as-of date ${run.asOf} is after ${asOf}`, {
      evidence: { path: [...path], pinned: runId, runAsOf: run.asOf, asOf },
      at: { path: `${where}.run_id` },
    });
  }
  return run;
}

/** The run that a sleeve delivers: the pinned one or none, else the newest accepted. Errors: SleeveRunMissing, SleeveQuarantined. */
export function chooseRun(atomic: AtomicSleeve, offered: OfferedRun, asOf: string | null): ChosenRun {
  const { path, sleeve } = atomic;
  const where = pathKey(path);
  const { quarantinedWhy, run, instead } = offered;
  if (quarantinedWhy !== null) {
    throw new LedgerError('SleeveQuarantined', `sleeve ${where} (${sleeve.requested}) is quarantined: ${quarantinedWhy}`, {
      evidence: { path: [...path], why: quarantinedWhy },
    });
  }
  if (sleeve.runId !== null) return pinnedRun(atomic, sleeve.runId, offered, asOf);
  if (run !== null) return run;
  const until = asOf === null ? '' : ` as of ${asOf} or before`;
  throw new LedgerError('SleeveRunMissing', `sleeve ${where} has no accepted run of ${sleeve.requested}${until}`, {
    evidence: { path: [...path], profile: sleeve.requested, latest: instead?.runId ?? null },
  });
}

/**
 * Chooses the run of every declared sleeve, at every depth, or refuses: none is skipped. `offerOf` answers for each of them; `asOf` null
 * takes the date of the newest run. Errors: SleeveRunMissing, SleeveQuarantined.
 */
export function chooseRuns(node: MetaNode, asOf: string | null, offerOf: (sleeve: AtomicSleeve) => OfferedRun): ChosenRuns {
  const runs = new Map(atomicSleeves(node).map((sleeve) => [pathKey(sleeve.path), chooseRun(sleeve, offerOf(sleeve), asOf)]));
  const newest =
    asOf ??
    [...runs.values()]
      .map((run) => run.asOf)
      .toSorted(byCodeUnits)
      .at(-1)!;
  return { runs, asOf: newest };
}
