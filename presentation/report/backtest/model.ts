import type { BacktestStarted, SleeveSelected } from '../../../domain/backtest-run/events.ts';
import type { LookAheadProof } from '../../../domain/backtest-run/look-ahead.ts';
import { backtestEventsIn } from '../../../domain/backtest-run/slice.ts';
import { backtestStream } from '../../../domain/backtest-run/stream.ts';
import { dataOf } from '../../../domain/shared/facts.ts';
import { verifiedBacktest } from '../../../handlers/queries/verify-backtests.ts';
import { finishedIn } from '../../../handlers/runs/backtest-runs.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { type MeasuredProfile, measuredProfiles } from '../../../handlers/tear-sheets/backtest-tear-sheets.ts';
import { type Provenance, provenanceOf } from '../model/model.ts';
import { loadRecordedRun, type RecordedRun } from '../model/sources.ts';

export interface BacktestHead {
  readonly runId: string;
  readonly meta: string;
  readonly profile: string;
  readonly asOf: string;
  readonly recordedAt: string;
  readonly actor: string;
  readonly status: 'tested' | 'partly tested' | 'not tested';
  readonly definitionSha256: string;
}

export interface FailedBacktest {
  readonly risk: string;
  readonly path: readonly string[];
  readonly code: string;
  readonly reason: string;
}

/** The report of a backtest: a pure function of the ledger's events and artifacts. */
export interface BacktestReport {
  readonly run: BacktestHead;
  readonly started: BacktestStarted;
  /** Of each sleeve that selects. */
  readonly selected: readonly SleeveSelected[];
  readonly profiles: readonly MeasuredProfile[];
  readonly failed: readonly FailedBacktest[];
  /** Whether each decision read only rows before those it earned, looked for in the events and their tables. */
  readonly proof: LookAheadProof;
  readonly provenance: Provenance;
}

function statusOf(tested: number, failed: number): BacktestHead['status'] {
  if (tested === 0) return 'not tested';
  return failed === 0 ? 'tested' : 'partly tested';
}

function headOf({ events, stored }: RecordedRun, started: BacktestStarted, status: BacktestHead['status']): BacktestHead {
  const { runId, meta, profile, asOf, definition } = started;
  return {
    runId,
    meta,
    profile,
    asOf,
    recordedAt: stored[0]!.recordedAt,
    actor: events[0]!.envelope.actor,
    status,
    definitionSha256: definition.sha256,
  };
}

/** Reads a backtest. Errors: BacktestUnfinished, ArtifactMissing, ArtifactDamaged. */
export async function backtestReport(session: Session, runId: string): Promise<BacktestReport> {
  const { ports } = session;
  const recorded = await loadRecordedRun(session, backtestStream.name(runId));
  const finished = finishedIn(runId, backtestEventsIn(recorded.events));
  const { started, facts } = finished;
  const ended = [...dataOf(facts, 'BacktestCompleted'), ...dataOf(facts, 'BacktestFailed')];
  const failed = ended.flatMap((data) => data.failed);
  const profiles = await measuredProfiles(ports.artifacts, facts);
  return {
    run: headOf(recorded, started, statusOf(profiles.length, failed.length)),
    started,
    selected: dataOf(facts, 'SleeveSelected'),
    profiles,
    failed,
    proof: await verifiedBacktest(ports, finished),
    provenance: provenanceOf(recorded),
  };
}
