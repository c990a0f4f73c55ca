import type { Manifest } from '../../domain/manifest/schema.ts';
import { type RequestedOptions, optionsOf, requireAllocatable, streamsFor } from '../../domain/allocation/meta-options.ts';
import { requireSleeveGross } from '../../domain/allocation/sleeve-gross.ts';
import { requireSleeveVenues } from '../../domain/allocation/sleeve-venues.ts';
import { resolveMeta } from '../../domain/manifest/resolve-meta.ts';
import { admitAsOf, latestDateAt } from '../../domain/returns/future-dates.ts';
import { metaRunStream } from '../../domain/meta-run/stream.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import { allocatedRisks } from '../../domain/meta-run/allocation-facts.ts';
import type { SolvedMetaRun } from '../../domain/meta-run/solved-apart.ts';
import { type IdentifiedMetaRun, identifyMetaRun, type MetaRunRequest, runDefinitionHashes } from '../../domain/meta-run/identity.ts';
import type { MetaRunName } from '../../domain/run/run-names.ts';
import type { Ports } from '../ports/ports.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import { type MetaRunFacts, metaRunFacts } from '../runs/meta-run-facts.ts';
import { recordOnce } from '../runtime/record-once.ts';
import { solveMetaRun } from '../runs/solve-runs.ts';
import { recordedUnder, type RecordedUnder } from '../runs/recorded-run.ts';
import { type MetaRunEvent, metaRunEventsIn } from '../../domain/meta-run/slice.ts';
import type { Session } from '../runtime/session.ts';
import { loadSleeveRun } from '../runs/load-sleeve-run.ts';
import { waiversInStream } from '../runs/portfolio-waivers.ts';
import { sleevesInStreams } from '../runs/sleeve-sources.ts';
import { selectSleeveRuns } from '../runs/select-sleeve-runs.ts';
import { requireApprovedPortfolio } from './approved-definition.ts';

export interface FlowMeta extends RequestedOptions {
  readonly manifest: Manifest;
  readonly meta: string;
  readonly restateWhy: string | null;
}

/** The outcome of a meta run, according to its facts: just recorded, or recorded long ago. */
export interface MetaRunOutcome extends MetaRunFacts {
  readonly runId: string;
  readonly already: boolean;
  readonly request: MetaRunRequest;
}

type Found = RecordedUnder<MetaRunName>;

/** The run that a request names, where it is recorded: under its newest name, or under an older one by the same definition. */
export async function recordedMetaRun(
  ports: Pick<Ports, 'store' | 'artifacts' | 'crypto'>,
  { names }: IdentifiedMetaRun,
): Promise<Found | null> {
  const { definitionHash } = names[0];
  return recordedUnder(ports.store, 'metaRun', names, async ([opened]) => {
    if (opened.type !== 'MetaRunOpened') return false;
    const { definition, options } = opened.data;
    const node = await loadDocument(ports.artifacts, 'meta-portfolio', definition);
    return runDefinitionHashes(ports.crypto.sha256, node, options)[0] === definitionHash;
  });
}

interface Looked {
  readonly request: MetaRunRequest;
  readonly identified: IdentifiedMetaRun;
  readonly recorded: Found | null;
}

async function look(ports: Ports, request: MetaRunRequest): Promise<Looked> {
  const identified = identifyMetaRun(request, ports.crypto.sha256);
  return { request, identified, recorded: await recordedMetaRun(ports, identified) };
}

/** The next restatement of the same inputs, superseding the one before; the same reason again is the same restatement, delivered twice. */
async function restated(ports: Ports, request: MetaRunRequest, why: string): Promise<Looked> {
  let supersedes: string | null = null;
  for (let restatement = 0; ; restatement++) {
    const looked = await look(ports, { ...request, restatement, supersedes, why: restatement === 0 ? null : why });
    const { recorded, identified } = looked;
    if (recorded === null) {
      if (supersedes === null)
        throw new LedgerError('RunUnknown', 'there is nothing to restate: these inputs have not been allocated yet', {
          evidence: { runId: identified.names[0].runId },
        });
      return looked;
    }
    const [opened] = recorded.events;
    if (opened.type === 'MetaRunOpened' && opened.data.why === why) return looked;
    supersedes = recorded.name.runId;
  }
}

/** Prepares a meta run from the ledger and the manifest without recording anything. */
export async function metaRunRequest(session: Session, command: FlowMeta): Promise<MetaRunRequest> {
  const node = resolveMeta(command.manifest, command.meta);
  requireAllocatable(node);
  const options = optionsOf(node, command);
  const selected = await selectSleeveRuns(node, command.asOf, sleevesInStreams(session), (runId) =>
    loadSleeveRun(session.ports, runId, streamsFor(options)),
  );
  return {
    node,
    options,
    ...selected,
    waivers: await waiversInStream(session, node.requested),
    restatement: 0,
    supersedes: null,
    why: null,
    rules: rulesInForce,
  };
}

/** Records a computed meta run; the same inputs are recorded once. */
async function recordMetaRun(session: Session, { identified, drafts, staged }: SolvedMetaRun): Promise<{ readonly already: boolean }> {
  const { names, parity } = identified;
  const { runId } = names[0];
  const { already } = await recordOnce(
    session,
    { stream: metaRunStream.name(runId), drafts, command: ['RecordMetaRun', runId], correlation: runId },
    staged,
  );
  if (!already) session.ports.log.info({ runId, parity: parity.outcome.outcome, allocated: allocatedRisks(drafts) }, 'recorded a meta run');
  return { already };
}

export interface SettledMetaRun {
  readonly runId: string;
  readonly already: boolean;
  /** As recorded, by this process or another. */
  readonly facts: readonly MetaRunEvent[];
}

/**
 * Computes and records a run that was not found recorded; what another process recorded meanwhile is the answer as well. Errors:
 * VenueForeign, WeightsRefused and those of computing.
 */
async function computeAndRecord(
  session: Session,
  { node, leaves, options }: MetaRunRequest,
  identified: IdentifiedMetaRun,
  compute: () => Promise<SolvedMetaRun>,
  signal: AbortSignal | null,
): Promise<SettledMetaRun> {
  requireSleeveVenues(node, leaves);
  requireSleeveGross(node, leaves, streamsFor(options));
  const computed = await compute();
  await throwIfInterrupted(signal);
  const { already } = await recordMetaRun(session, computed);
  const recorded = already ? await recordedMetaRun(session.ports, identified) : null;
  return { runId: identified.names[0].runId, already, facts: recorded === null ? computed.drafts : metaRunEventsIn(recorded.events) };
}

/** Answers for a meta run: from the record where it is recorded under any of its names, else by computing and recording it. */
export async function settleMetaRun(
  session: Session,
  request: MetaRunRequest,
  compute: (identified: IdentifiedMetaRun) => Promise<SolvedMetaRun>,
): Promise<SettledMetaRun> {
  const { identified, recorded } = await look(session.ports, request);
  if (recorded !== null) return { runId: recorded.name.runId, already: true, facts: metaRunEventsIn(recorded.events) };
  return computeAndRecord(session, request, identified, () => compute(identified), null);
}

/**
 * Allocates a meta portfolio and records it, or answers with the recorded result of the same inputs. Errors: DefinitionUnapproved, and
 * those of resolving, of choosing the runs and of computing.
 */
export async function flowMeta(session: Session, command: FlowMeta, signal: AbortSignal | null = null): Promise<MetaRunOutcome> {
  const { ports } = session;
  await requireApprovedPortfolio(session, command.manifest, command.meta);
  const first = await metaRunRequest(session, command);
  const { request, identified, recorded } =
    command.restateWhy === null ? await look(ports, first) : await restated(ports, first, command.restateWhy);
  if (recorded !== null)
    return { ...(await metaRunFacts(ports, metaRunEventsIn(recorded.events))), runId: recorded.name.runId, already: true, request };
  admitAsOf(command.asOf, latestDateAt(ports.clock.now()));
  ports.progress.start(`meta ${command.meta}`, request.options.risks.length);
  let done = 0;
  const compute = async (): Promise<SolvedMetaRun> => {
    const computed = await solveMetaRun(ports, request, identified, { signal, onDone: () => ports.progress.advance(++done) });
    ports.progress.stop();
    return computed;
  };
  const { runId, already, facts } = await computeAndRecord(session, request, identified, compute, signal);
  return { ...(await metaRunFacts(ports, facts)), runId, already, request };
}
