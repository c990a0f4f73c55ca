import { fromHex, type Sha256, type Sha256Hex, toHex, zeroHash } from '../shared/hashing.ts';
import { createHeadSlicer, matchTail, sliceHead, sliceTail, standsAt, type TailSlice } from './event-slices.ts';
import { exactRevision } from './exact-revision.ts';
import { isDomainStream } from './streams.ts';

/** An event as a store returns it: canonical bytes and the columns that repeat parts of them for indexing. */
export interface ChainedEvent {
  readonly stream: string;
  readonly revision: bigint | number;
  readonly position: string;
  readonly id: string;
  readonly type: string;
  readonly contentHash: string;
  readonly hash: string;
  readonly recordedAt: string;
  readonly bytes: Uint8Array;
}

export type ChainFaultKind =
  | 'hash_mismatch'
  | 'chain_broken'
  | 'revision_gap'
  | 'column_mismatch'
  | 'content_hash_mismatch'
  | 'not_canonical'
  | 'position_order'
  | 'recorded_at_backwards'
  | 'unknown_stream_prefix';

/** Where the stored events are not what they were. `column` names the duplicated column that differs from the bytes. */
export interface ChainFault {
  readonly kind: ChainFaultKind;
  readonly stream: string;
  readonly revision: number | string;
  readonly position: string;
  readonly expected: string;
  readonly actual: string;
  readonly column?: 'stream' | 'revision' | 'id' | 'type' | 'contentHash' | 'recordedAt';
}

export interface ChainVerifier {
  /** Checks the next event; streams may interleave, each in ascending revisions. Faults of this event, usually none. */
  check(event: ChainedEvent): readonly ChainFault[];
  finish(): { readonly events: number; readonly streams: number };
}

interface Tail {
  revision: number;
  recordedAt: string;
  /** Hash column of the last event, and the hash of its bytes where that differs (already reported). */
  hash: string;
  recomputed: string;
}

export { domainStreamPattern, isDomainStream } from './streams.ts';

const noFaults: readonly ChainFault[] = [];
function asciiOf(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let index = from; index < to; index++) text += String.fromCharCode(bytes[index]!);
  return text;
}

function writeAscii(target: Uint8Array, at: number, text: string): number {
  for (let index = 0; index < text.length; index++) target[at + index] = text.charCodeAt(index);
  return at + text.length;
}

const dataMember = '{"data":';

type ContentHash = (bytes: Uint8Array, from: number, to: number, schemaVersion: number, type: string) => string;

/** Recomputes the content hash from the slice of the data: its members `data`, `schemaVersion`, `type` are in canonical order. */
function contentHasher(sha256Hex: Sha256Hex): ContentHash {
  let scratch = new Uint8Array(4096);
  return (bytes, from, to, schemaVersion, type) => {
    const most = to - from + type.length + 64;
    if (most > scratch.length) scratch = new Uint8Array(2 * most);
    let at = writeAscii(scratch, 0, dataMember);
    scratch.set(bytes.subarray(from, to), at);
    at = writeAscii(scratch, at + (to - from), ',"schemaVersion":');
    at = writeAscii(scratch, at, String(schemaVersion));
    at = writeAscii(scratch, at, ',"type":"');
    at = writeAscii(scratch, at, type);
    at = writeAscii(scratch, at, '"}');
    return sha256Hex(scratch.subarray(0, at));
  };
}

export interface ChainVerifierOptions {
  readonly sha256: Sha256;
  /** The same in hexadecimal, where the runtime has a quicker way to it than through the bytes. */
  readonly sha256Hex?: Sha256Hex;
  /** Negative when the left position stands before the right one; without it the order of positions is not judged. */
  readonly comparePositions?: (left: string, right: string) => number;
  /** Receives the recomputed hash of each event in the order given: the leaves of the tree. */
  readonly onLeaf?: (hash: Uint8Array) => void;
  /** Whether a stream belongs to the ledger; left out, as this build knows it. */
  readonly isStream?: (stream: string) => boolean;
}

/** Collects the faults of one event; made only when there is one, for the usual event has none. */
class Findings {
  readonly faults: ChainFault[] = [];
  readonly #event: ChainedEvent;

  constructor(event: ChainedEvent) {
    this.#event = event;
  }

  report(kind: ChainFaultKind, expected: string, actual: string, column?: ChainFault['column']): this {
    const { stream, revision, position } = this.#event;
    const fault = { kind, stream, revision: exactRevision(revision), position, expected, actual };
    this.faults.push(column === undefined ? fault : { ...fault, column });
    return this;
  }
}

/** Compares field by field what the quick comparison found to differ from the columns and the chain. */
function reportTail(findings: Findings, found: TailSlice, event: ChainedEvent, tail: Tail): Findings {
  const columns = [
    ['stream', found.stream, event.stream],
    ['revision', found.revision, String(event.revision)],
    ['id', found.id, event.id],
    ['type', found.type, event.type],
    ['recordedAt', found.recordedAt, event.recordedAt],
  ] as const;
  for (const [column, inBytes, inColumn] of columns)
    if (inBytes !== inColumn) findings.report('column_mismatch', inBytes, inColumn, column);
  if (found.prevHash !== tail.hash && found.prevHash !== tail.recomputed) findings.report('chain_broken', tail.hash, found.prevHash);
  return findings;
}

/** The slow way, once something differs: which field, link or hash. */
function explain(findings: Findings, contentHash: ContentHash, event: ChainedEvent, tail: Tail): Findings {
  const { bytes } = event;
  const head = sliceHead(bytes);
  const found = sliceTail(bytes);
  if (head === null || found === null || found.dataEnd <= head.dataAt) {
    return findings.report('not_canonical', 'the RFC 8785 layout of an envelope', head === null ? 'another head' : 'another tail');
  }
  reportTail(findings, found, event, tail);
  const recorded = asciiOf(bytes, head.contentHashAt, head.contentHashAt + 64);
  if (recorded !== event.contentHash) findings.report('column_mismatch', recorded, event.contentHash, 'contentHash');
  const content = contentHash(bytes, head.dataAt, found.dataEnd, Number(found.schemaVersion), found.type);
  if (recorded !== content) findings.report('content_hash_mismatch', content, recorded);
  return findings;
}

/** Whether the bytes agree with columns, chain and their own content hash, by comparing alone. */
function agrees(headOf: typeof sliceHead, contentHash: ContentHash, event: ChainedEvent, revision: number, prevHash: string): boolean {
  const { bytes, id, recordedAt, stream, type } = event;
  const head = headOf(bytes);
  if (head === null || !standsAt(bytes, head.contentHashAt, event.contentHash)) return false;
  const match = matchTail(bytes, { id, prevHash, recordedAt, revision: String(revision), stream, type });
  if (match === null || match.dataEnd <= head.dataAt) return false;
  return event.contentHash === contentHash(bytes, head.dataAt, match.dataEnd, match.schemaVersion, type);
}

/**
 * Verifies stored events one by one from their canonical bytes, without parsing their data: hash, link to the event before in
 * the stream, revision, duplicated columns, content hash, order. Continues behind a fault, so that each is located once.
 */
export function createChainVerifier(options: ChainVerifierOptions): ChainVerifier {
  const { sha256, comparePositions, onLeaf, isStream = isDomainStream } = options;
  const tails = new Map<string, Tail>();
  const sha256Hex = options.sha256Hex ?? ((bytes: Uint8Array) => toHex(sha256(bytes)));
  const contentHash = contentHasher(sha256Hex);
  const headOf = createHeadSlicer();
  let events = 0;
  let lastPosition: string | null = null;
  /** Most events follow one of their own stream. */
  let newest: { readonly stream: string; readonly tail: Tail | undefined } = { stream: '', tail: undefined };

  const check = (event: ChainedEvent): readonly ChainFault[] => {
    let findings: Findings | null = null;
    const revision = Number(event.revision);
    events++;
    let tail = event.stream === newest.stream ? newest.tail : tails.get(event.stream);
    if (tail === undefined) {
      if (!isStream(event.stream)) findings = new Findings(event).report('unknown_stream_prefix', 'a stream of the ledger', event.stream);
      tail = { revision: -1, recordedAt: '', hash: zeroHash, recomputed: zeroHash };
      tails.set(event.stream, tail);
    }
    if (tail !== newest.tail) newest = { stream: event.stream, tail };
    if (comparePositions !== undefined && lastPosition !== null && comparePositions(lastPosition, event.position) >= 0) {
      findings = (findings ?? new Findings(event)).report('position_order', `a position after ${lastPosition}`, event.position);
    }
    if (revision !== tail.revision + 1) {
      findings = (findings ?? new Findings(event)).report('revision_gap', String(tail.revision + 1), String(event.revision));
    }
    if (event.recordedAt < tail.recordedAt) {
      findings = (findings ?? new Findings(event)).report('recorded_at_backwards', `${tail.recordedAt} or later`, event.recordedAt);
    }
    const hash = sha256Hex(event.bytes);
    onLeaf?.(fromHex(hash));
    const intact = event.hash === hash;
    if (!intact) findings = (findings ?? new Findings(event)).report('hash_mismatch', event.hash, hash);
    if (!agrees(headOf, contentHash, event, revision, tail.hash))
      findings = explain(findings ?? new Findings(event), contentHash, event, tail);
    lastPosition = event.position;
    tail.revision = revision;
    tail.recordedAt = event.recordedAt;
    tail.hash = event.hash;
    tail.recomputed = intact ? event.hash : hash; // one string and not two: a large ledger has a hundred thousand streams
    return findings === null ? noFaults : findings.faults;
  };
  return { check, finish: () => ({ events, streams: tails.size }) };
}
