import { type BacktestDetail, backtestDetailSchema } from '../../domain/backtest-run/detail.ts';
import { selectionLookAheadIn } from '../../domain/backtest-run/selection-look-ahead.ts';
import type { TestedProfileFacts } from '../../domain/backtest-run/events.ts';
import { lookAheadProof, type LookAheadProof, type ProfileEvidence } from '../../domain/backtest-run/look-ahead.ts';
import type { DocumentReference } from '../../domain/shared/artifact-reference.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { loadJson, loadTable } from '../artifacts/artifact-files.ts';
import type { Artifacts, Ports } from '../ports/ports.ts';
import { recordedRuns, type RunSelection } from '../replay/recorded-runs.ts';
import { type FinishedBacktest, finishedBacktest } from '../runs/backtest-runs.ts';

export interface VerifiedBacktest extends LookAheadProof {
  readonly runId: string;
  readonly meta: string;
  /** True where symbols were kept by their coverage of the whole range, later rows included. */
  readonly universeLookAhead: boolean;
  readonly selectionLookAhead: ReturnType<typeof selectionLookAheadIn>;
  readonly rangeEnd: string;
}

async function datesOf(artifacts: Artifacts, reference: DocumentReference): Promise<readonly string[]> {
  return (await loadTable(artifacts, reference)).dates;
}

/** Errors: ArtifactDamaged. */
export async function backtestDetail(artifacts: Artifacts, reference: DocumentReference): Promise<BacktestDetail> {
  const parsed = backtestDetailSchema.safeParse(await loadJson(artifacts, reference));
  if (parsed.success) return parsed.data;
  throw new LedgerError('ArtifactDamaged', 'the detail of a backtest does not fit its schema', { evidence: { sha256: reference.sha256 } });
}

/** What stands beside the facts of a tested profile, read from its artifacts. Errors: ArtifactMissing, ArtifactDamaged. */
async function evidenceOf(artifacts: Artifacts, { tables, detail, sleeves }: TestedProfileFacts): Promise<ProfileEvidence> {
  return {
    reported: await datesOf(artifacts, tables.returns),
    joined: await datesOf(artifacts, tables.joined),
    detail: await backtestDetail(artifacts, detail),
    streams: await Promise.all(sleeves.map(({ stream }) => datesOf(artifacts, stream))),
  };
}

/** Looks through one backtest. Errors: ArtifactMissing, ArtifactDamaged. */
export async function verifiedBacktest(
  { artifacts }: Pick<Ports, 'artifacts'>,
  { started, facts }: FinishedBacktest,
): Promise<VerifiedBacktest> {
  const evidence = new Map<string, ProfileEvidence>();
  for (const profile of dataOf(facts, 'BacktestCompleted').flatMap(({ tested }) => tested))
    evidence.set(profile.risk, await evidenceOf(artifacts, profile));
  const { runId, meta, universeLookAhead, rangeEnd } = started;
  return {
    runId,
    meta,
    universeLookAhead,
    selectionLookAhead: selectionLookAheadIn(started),
    rangeEnd,
    ...lookAheadProof(facts, evidence),
  };
}

/** Errors: those of `finishedBacktest`. An unfinished one is passed over where nobody asked for it by name. */
async function finishedUnlessAsked(ports: Ports, runId: string, selection: RunSelection): Promise<FinishedBacktest | null> {
  try {
    return await finishedBacktest(ports.store, runId);
  } catch (error) {
    if (selection.runId === null && error instanceof LedgerError && error.code === 'BacktestUnfinished') return null;
    throw error;
  }
}

export interface BacktestVerification {
  readonly backtests: readonly VerifiedBacktest[];
  /** Runs that are not recorded to their end: there is nothing to look at yet. */
  readonly unfinished: readonly string[];
}

/**
 * Looks for look-ahead in recorded backtests, one or all of them, from their events and artifacts alone. Reads only. Errors: RunUnknown,
 * NothingRecorded, Usage for a run of another kind, BacktestUnfinished for one that was asked for, ArtifactMissing, ArtifactDamaged.
 */
export async function verifyBacktests(ports: Ports, selection: RunSelection): Promise<BacktestVerification> {
  const runs = await recordedRuns(ports, selection);
  const recorded = runs.filter(({ kind }) => kind === 'backtest');
  if (recorded.length === 0) {
    const { runId } = selection;
    if (runId === null) throw new LedgerError('NothingRecorded', 'no backtest is recorded');
    throw new LedgerError('Usage', `${runId} is no backtest`, { at: { path: runId } });
  }
  const backtests: VerifiedBacktest[] = [];
  const unfinished: string[] = [];
  for (const { runId } of recorded) {
    const finished = await finishedUnlessAsked(ports, runId, selection);
    if (finished === null) unfinished.push(runId);
    else backtests.push(await verifiedBacktest(ports, finished));
  }
  return { backtests, unfinished };
}
