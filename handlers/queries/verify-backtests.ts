import { type BacktestDetail, backtestDetailSchema } from '../../domain/backtest-run/detail.ts';
import type { TestedProfileFacts } from '../../domain/backtest-run/events.ts';
import { lookAheadProof, type LookAheadProof, type ProfileEvidence } from '../../domain/backtest-run/look-ahead.ts';
import { backtestEventsIn } from '../../domain/backtest-run/slice.ts';
import { parseTableText } from '../../domain/returns/table-text.ts';
import type { DocumentReference } from '../../domain/shared/artifact-reference.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { loadJson } from '../artifacts/artifact-files.ts';
import type { Artifacts, Ports } from '../ports/ports.ts';
import { recordedRuns, type RunSelection } from '../replay/recorded-runs.ts';
import { readWholeStream, toDomainEvents } from '../runtime/record.ts';

export interface VerifiedBacktest extends LookAheadProof {
  readonly runId: string;
  readonly meta: string;
  /** True where symbols were kept by their coverage of the whole range, later rows included. */
  readonly universeLookAhead: boolean;
  readonly rangeEnd: string;
}

async function datesOf(artifacts: Artifacts, reference: DocumentReference): Promise<readonly string[]> {
  return parseTableText(new TextDecoder().decode(await artifacts.get(reference.sha256))).dates;
}

/** Errors: ArtifactDamaged. */
export async function backtestDetail(artifacts: Artifacts, reference: DocumentReference): Promise<BacktestDetail> {
  const parsed = backtestDetailSchema.safeParse(await loadJson(artifacts, reference));
  if (parsed.success) return parsed.data;
  throw new LedgerError('ArtifactDamaged', 'the detail of a backtest does not fit its schema', { evidence: { sha256: reference.sha256 } });
}

/** What stands beside the facts of a tested profile, read from its artifacts. Errors: ArtifactMissing, ArtifactDamaged. */
export async function evidenceOf(artifacts: Artifacts, { tables, detail, sleeves }: TestedProfileFacts): Promise<ProfileEvidence> {
  return {
    reported: await datesOf(artifacts, tables.returns),
    joined: await datesOf(artifacts, tables.joined),
    detail: await backtestDetail(artifacts, detail),
    streams: await Promise.all(sleeves.map(({ stream }) => datesOf(artifacts, stream))),
  };
}

async function verified({ store, artifacts }: Ports, stream: string): Promise<VerifiedBacktest> {
  const facts = backtestEventsIn(toDomainEvents(await readWholeStream(store, stream)));
  const [started] = dataOf(facts, 'BacktestStarted');
  if (started === undefined)
    throw new LedgerError('ChainBroken', `${stream} does not begin with BacktestStarted`, { evidence: { stream } });
  const evidence = new Map<string, ProfileEvidence>();
  for (const profile of dataOf(facts, 'BacktestCompleted').flatMap(({ tested }) => tested))
    evidence.set(profile.risk, await evidenceOf(artifacts, profile));
  const { runId, meta, universeLookAhead, rangeEnd } = started;
  return { runId, meta, universeLookAhead, rangeEnd, ...lookAheadProof(facts, evidence) };
}

/**
 * Looks for look-ahead in recorded backtests, one or all of them, from their events and artifacts alone. Reads only. Errors: RunUnknown,
 * NothingRecorded, Usage for a run of another kind, ArtifactMissing, ArtifactDamaged.
 */
export async function verifyBacktests(ports: Ports, selection: RunSelection): Promise<VerifiedBacktest[]> {
  const runs = await recordedRuns(ports, selection);
  const backtests = runs.filter(({ kind }) => kind === 'backtest');
  if (backtests.length === 0) {
    const { runId } = selection;
    if (runId === null) throw new LedgerError('NothingRecorded', 'no backtest is recorded');
    throw new LedgerError('Usage', `${runId} is no backtest`, { at: { path: runId } });
  }
  const answers: VerifiedBacktest[] = [];
  for (const { stream } of backtests) answers.push(await verified(ports, stream));
  return answers;
}
