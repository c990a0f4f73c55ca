import { auditLogPath } from '../../domain/audit/bundle-files.ts';
import type { AuditLine } from '../../domain/audit/entry.ts';
import { inBatches } from '../../domain/shared/append-batch.ts';
import { canonicalBytes } from '../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { keyText, verifyExport, wholeFile } from '../audit/verify-export.ts';
import { createDeliveries } from '../runtime/deliveries.ts';
import type { Tools } from '../runtime/opening.ts';
import type { EventStore, EventToAppend, OpenedArchive, Ports } from '../ports/ports.ts';
import { isRunStream } from '../runs/run-streams.ts';
import { type ReplayReport, replayRuns } from './replay-runs.ts';

export interface ReplayBundle {
  readonly file: string;
  /** C2SP verifier keys, or a file that holds them; null takes the key that the archive carries, and says so. */
  readonly verifierKey: string | null;
  /** null: every run of the bundle. */
  readonly runId: string | null;
  /** Market time: runs with later as-of dates are left out. */
  readonly asOf: string | null;
}

export interface ReplayedBundle {
  readonly report: ReplayReport;
  readonly warnings: readonly string[];
}

/** Errors: ArchiveInvalid, AuditFileInvalid with the faults. */
async function requireFaultless(tools: Tools, { file, verifierKey }: ReplayBundle): Promise<readonly string[]> {
  const key = await keyText(tools, verifierKey);
  const { faults, notes } = await verifyExport(tools, { file, checkpoint: null, verifierKey: key, ledgerKeys: [], complete: false });
  const [first] = faults;
  if (first === undefined) return notes;
  throw new LedgerError('AuditFileInvalid', `${file} has ${faults.length} faults, the first: ${first.kind}, ${first.expected}`, {
    evidence: { faults: faults.slice(0, 20) },
    at: { file, line: first.line },
  });
}

function eventOf({ envelope, data, event_hash: hash }: AuditLine): EventToAppend {
  const { id, type, contentHash, recordedAt } = envelope;
  return { id, type, contentHash, hash, recordedAt, bytes: canonicalBytes({ ...envelope, data }) };
}

/** The streams of runs, each whole, in the order in which the runs began. */
function runStreamsIn(log: string): Map<string, EventToAppend[]> {
  const streams = new Map<string, EventToAppend[]>();
  const lines = log.trimEnd().split('\n').slice(0, -1);
  for (const line of lines) {
    const parsed = JSON.parse(line) as AuditLine;
    if (!isRunStream(parsed.stream)) continue;
    const events = streams.get(parsed.stream) ?? [];
    streams.set(parsed.stream, events);
    events.push(eventOf(parsed));
  }
  return streams;
}

async function appendWhole(store: EventStore, stream: string, events: readonly EventToAppend[]): Promise<void> {
  let appended = 0n;
  for (const batch of inBatches(events)) {
    await store.append(stream, batch, { expectedRevision: appended === 0n ? 'none' : appended - 1n });
    appended += BigInt(batch.length);
  }
}

/** A ledger that ends with the process, of what the archive holds. */
async function ledgerOf(tools: Tools, archive: OpenedArchive): Promise<Ports> {
  const opened = await tools.temporaryStore();
  const ports = { ...tools, ...opened, deliveries: createDeliveries(opened.store) };
  for (const path of archive.paths) if (path.startsWith('artifacts/')) await ports.artifacts.put(archive.read(path));
  for (const [stream, events] of runStreamsIn(new TextDecoder().decode(archive.read(auditLogPath))))
    await appendWhole(ports.store, stream, events);
  return ports;
}

/**
 * Recomputes the runs of a bundle from the bundle alone, once it has been verified: no ledger is opened and none is made. Errors:
 * FileMissing, ArchiveInvalid, AuditFileInvalid, CheckpointInvalid, RunUnknown, Interrupted.
 */
export async function replayBundle(tools: Tools, request: ReplayBundle, signal: AbortSignal): Promise<ReplayedBundle> {
  const archive = await tools.archives.open(await wholeFile(tools, request.file));
  const warnings = await requireFaultless(tools, request);
  const { runId, asOf } = request;
  const report = await replayRuns(await ledgerOf(tools, archive), { runId, asOf, knownAt: null }, signal);
  return { report, warnings };
}
