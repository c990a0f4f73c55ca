import { canonicalJson, type JsonObject } from '../shared/canonical-json.ts';
import type { Envelope } from '../shared/envelope.ts';
import { LedgerError } from '../shared/errors.ts';
import { type Sha256, toHex, zeroHash } from '../shared/hashing.ts';
import type { AuditFault, ReportAuditFault } from './audit-faults.ts';
import { type AuditLine, type AuditStep, eventHashesOf } from './entry.ts';
import { createMerkleTree, type MerkleTree } from './merkle.ts';
import { misplaced } from './own-places.ts';
import type { AuditSelection } from './trailer.ts';

/** The steps that a projection derives from an event, in their order: one line each. */
export type DeriveSteps = (envelope: Envelope) => readonly AuditStep[];

/** An event seen in the file: where, which leaf, and its recomputed hash. */
export interface SeenEvent {
  readonly line: number;
  readonly lines: number;
  readonly eventId: string;
  readonly leafIndex: number;
  readonly hash: Uint8Array;
  readonly recordedHash: string;
  readonly stream: string;
  readonly revision: number;
  readonly schemaVersion: number;
}

/** Checks the events that the lines carry: hashes, the chain of each stream, leaf order, derived steps. */
export interface AuditEvents {
  readonly tree: MerkleTree;
  readonly seen: readonly SeenEvent[];
  /** Addresses of artifacts that the events name, with the first line that does. */
  readonly artifacts: ReadonlyMap<string, number>;
  /** `dataText`: the RFC 8785 text of the line's data. */
  add(lineNumber: number, line: AuditLine, dataText: string): void;
  /** Closes the last event; answers the gaps, which are faults only where the selection promises completeness. */
  finish(selection: AuditSelection | null): readonly AuditFault[];
}

interface OpenEvent {
  line: number;
  lines: number;
  eventId: string;
  leafIndex: number;
  hash: Uint8Array;
  recordedHash: string;
  stream: string;
  revision: number;
  schemaVersion: number;
  steps: Set<string>;
  derived: readonly AuditStep[] | null;
}

interface Gap {
  /** The stream that has the gap; null for a gap among the leaves. */
  readonly stream: string | null;
  readonly fault: AuditFault;
}

const shownCharsMax = 200;
const derivedMembers = ['step', 'params', 'status', 'context', 'input_hashes', 'output_hashes'] as const;

function compareColumns(report: ReportAuditFault, lineNumber: number, line: AuditLine): void {
  const { envelope } = line;
  const columns = [
    ['ts', envelope.recordedAt, line.ts],
    ['type', envelope.type, line.type],
    ['stream', envelope.stream, line.stream],
    ['revision', String(envelope.revision), String(line.revision)],
    ['event_id', envelope.id, line.event_id],
  ] as const;
  for (const [column, expected, actual] of columns) {
    if (expected !== actual) report(lineNumber, 'column_mismatch', `${column} ${expected}`, `${column} ${actual}`);
  }
}

function compareDerived(report: ReportAuditFault, lineNumber: number, line: AuditLine, step: AuditStep | undefined): void {
  if (step === undefined) {
    report(lineNumber, 'derived_mismatch', 'no further step of this event', line.step);
    return;
  }
  for (const member of derivedMembers) {
    const expected = canonicalJson(step[member]);
    const actual = canonicalJson(line[member]);
    if (expected !== actual)
      report(
        lineNumber,
        'derived_mismatch',
        `${member} ${expected.slice(0, shownCharsMax)}`,
        `${member} ${actual.slice(0, shownCharsMax)}`,
      );
  }
}

function deriveSteps(
  report: ReportAuditFault,
  derive: DeriveSteps | undefined,
  lineNumber: number,
  line: AuditLine,
): readonly AuditStep[] | null {
  if (derive === undefined) return null;
  try {
    return derive({ ...line.envelope, data: line.data as JsonObject });
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    report(lineNumber, 'derived_mismatch', 'steps derived from the event', error.message);
    return null;
  }
}

/** Whether the selection promises every event of this stream from revision 0 on. */
function isComplete(selection: AuditSelection | null, stream: string | null): boolean {
  if (selection === 'all') return true;
  return selection !== null && stream !== null && stream.endsWith(`-${selection.run}`);
}

function openEvent(lineNumber: number, line: AuditLine, hash: Uint8Array, derived: readonly AuditStep[] | null): OpenEvent {
  const { stream, revision, schemaVersion } = line.envelope;
  const { event_id: eventId, leaf_index: leafIndex, event_hash: recordedHash } = line;
  return { line: lineNumber, lines: 0, eventId, leafIndex, hash, recordedHash, stream, revision, schemaVersion, steps: new Set(), derived };
}

function placeInTree(report: ReportAuditFault, gaps: Gap[], lineNumber: number, { leaf_index: leaf }: AuditLine, before: number): void {
  const next = before + 1;
  if (leaf < next) report(lineNumber, 'leaf_order', `leaf ${next} or later`, `leaf ${leaf}`);
  else if (leaf > next)
    gaps.push({ stream: null, fault: { line: lineNumber, kind: 'leaf_order', expected: `leaf ${next}`, actual: `leaf ${leaf}` } });
}

function noteArtifacts(artifacts: Map<string, number>, derived: readonly AuditStep[], lineNumber: number): void {
  for (const { input_hashes: inputs, output_hashes: outputs } of derived)
    for (const address of [...Object.values(inputs), ...Object.values(outputs)])
      if (typeof address === 'string' && !artifacts.has(address)) artifacts.set(address, lineNumber);
}

export function createAuditEvents(sha256: Sha256, report: ReportAuditFault, derive: DeriveSteps | undefined): AuditEvents {
  const tree = createMerkleTree(sha256);
  const tails = new Map<string, { revision: number; hash: string }>();
  const seen: SeenEvent[] = [];
  const gaps: Gap[] = [];
  const artifacts = new Map<string, number>();
  let open: OpenEvent | null = null;

  const close = (): void => {
    if (open === null) return;
    const { steps: _, derived, ...event } = open;
    const { line, lines } = event;
    seen.push(event);
    if (derived !== null && lines < derived.length) {
      report(line + lines - 1, 'derived_mismatch', `${derived.length} steps of this event`, `${lines}`);
    }
    open = null;
  };

  const placeInStream = (lineNumber: number, line: AuditLine): void => {
    const { stream, revision, prevHash } = line.envelope;
    const tail = tails.get(stream) ?? { revision: -1, hash: zeroHash };
    if (revision <= tail.revision) {
      const again = revision === tail.revision && line.event_hash === tail.hash;
      report(lineNumber, again ? 'duplicate' : 'stream_chain', `${stream} revision ${tail.revision + 1} or later`, `revision ${revision}`);
      return;
    }
    if (revision > tail.revision + 1) {
      const expected = `${stream} revision ${tail.revision + 1}`;
      gaps.push({ stream, fault: { line: lineNumber, kind: 'stream_chain', expected, actual: `revision ${revision}` } });
    } else if (prevHash !== tail.hash) {
      report(lineNumber, 'stream_chain', tail.hash, prevHash);
    }
    tails.set(stream, { revision, hash: line.event_hash });
  };

  return {
    tree,
    seen,
    artifacts,
    add(lineNumber, line, dataText) {
      compareColumns(report, lineNumber, line);
      const hashes = eventHashesOf(sha256, line, dataText);
      const hash = toHex(hashes.event);
      if (hash !== line.event_hash) report(lineNumber, 'event_hash', line.event_hash, hash);
      if (hashes.content !== line.envelope.contentHash) report(lineNumber, 'content_hash', line.envelope.contentHash, hashes.content);
      const continued: boolean = open !== null && open.leafIndex === line.leaf_index && open.recordedHash === line.event_hash;
      if (!continued) {
        close();
        placeInTree(report, gaps, lineNumber, line, seen.at(-1)?.leafIndex ?? -1);
        tree.append(hashes.event);
        placeInStream(lineNumber, line);
        const wrong = misplaced(line.envelope, line.leaf_index);
        if (wrong !== null) report(lineNumber, wrong.kind, wrong.expected, wrong.actual);
        const derived = deriveSteps(report, derive, lineNumber, line);
        noteArtifacts(artifacts, derived ?? [], lineNumber);
        open = openEvent(lineNumber, line, hashes.event, derived);
      }
      const event: OpenEvent = open!;
      if (event.steps.has(line.step)) report(lineNumber, 'duplicate', 'each step of an event once', line.step);
      event.steps.add(line.step);
      if (event.derived !== null) compareDerived(report, lineNumber, line, event.derived[event.lines]);
      event.lines++;
    },
    finish(selection) {
      close();
      return gaps.filter((gap) => isComplete(selection, gap.stream)).map((gap) => gap.fault);
    },
  };
}
