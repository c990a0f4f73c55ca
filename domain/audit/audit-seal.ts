import { LedgerError } from '../shared/errors.ts';
import { fromHex, type Sha256, toHex } from '../shared/hashing.ts';
import type { AuditEvents } from './audit-events.ts';
import type { ReportAuditFault } from './audit-faults.ts';
import { type Checkpoint, openCheckpoint, readUnverifiedCheckpoint } from './checkpoint.ts';
import { leafHash, sameBytes, verifyInclusion } from './merkle.ts';
import { parseNote, type VerifierKey, type VerifySignature } from './signed-note.ts';
import type { AuditTrailer } from './trailer.ts';

/**
 * What stands behind a seal: `key` a signature verified with the key handed in; `checkpoint` a checkpoint that the caller
 * brought from elsewhere, its signature unchecked because there is no key. A checkpoint found in the file alone proves nothing:
 * someone who rewrote the file could have written it too.
 */
export type SealTrust = 'key' | 'checkpoint';

export interface AuditSeal {
  readonly origin: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly root: string;
  readonly trust: SealTrust;
}

export interface SealOptions {
  readonly sha256: Sha256;
  readonly verifySignature: VerifySignature;
  /** The keys that may sign for an origin; none where nobody is known to. */
  readonly keysFor: (origin: string) => readonly VerifierKey[];
  /** The key that an archive carries: where no other is known it shows whether the archive agrees with itself, and nobody trusts it. */
  readonly archiveKey: VerifierKey | null;
  /** Signed note from outside the file. */
  readonly checkpoint: string | null;
}

export interface SealFindings {
  readonly seal: AuditSeal | null;
  /** Lines that no seal covers. */
  readonly unsealedLines: number;
  readonly notes: readonly string[];
}

interface Head extends Checkpoint {
  readonly line: number;
  readonly trust: SealTrust | null;
}

const describe = (checkpoint: Checkpoint): string => `${checkpoint.origin} size ${checkpoint.size} root ${toHex(checkpoint.root)}`;

/** Whichever key a note names, of one or more: keys follow one another over the life of a ledger. Errors: CheckpointInvalid. */
export function keyNamedIn(note: string, keys: readonly VerifierKey[]): VerifierKey {
  const named = parseNote(note).signatures.map(({ keyId }) => keyId);
  return keys.find(({ keyId }) => named.includes(keyId)) ?? keys.at(-1)!;
}

function openWithOneOf(note: string, keys: readonly VerifierKey[], verify: VerifySignature): Checkpoint {
  return openCheckpoint(note, keyNamedIn(note, keys), verify);
}

function readHead(options: SealOptions, report: ReportAuditFault, note: string | null, line: number): Head | null {
  if (note === null) return null;
  try {
    const unverified = readUnverifiedCheckpoint(note);
    const keys = options.keysFor(unverified.origin);
    if (keys.length === 0) {
      if (options.archiveKey?.name === unverified.origin) openWithOneOf(note, [options.archiveKey], options.verifySignature);
      return { ...unverified, line, trust: line === 0 ? 'checkpoint' : null };
    }
    return { ...openWithOneOf(note, keys, options.verifySignature), line, trust: 'key' };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    report(line, 'signature_invalid', 'a checkpoint signed by the verifier key', error.message);
    return null;
  }
}

/** Recomputes the root at each checkpoint's size; answers the checkpoints that hold. */
function checkRoots(report: ReportAuditFault, events: AuditEvents, heads: readonly Head[]): Head[] {
  return heads.filter((head) => {
    if (head.size > events.tree.size) {
      report(head.line, 'checkpoint_mismatch', `${head.size} events under the checkpoint`, `${events.tree.size} events in the file`);
      return false;
    }
    const root = events.tree.root(head.size);
    if (sameBytes(root, head.root)) return true;
    report(head.line, 'root_mismatch', toHex(head.root), toHex(root));
    return false;
  });
}

/** Checks the inclusion proof of each event of a selected run; answers the line numbers whose event is proven. */
function checkProofs(sha256: Sha256, report: ReportAuditFault, events: AuditEvents, trailer: AuditTrailer, head: Head): Set<number> {
  const proofs = new Map(trailer.proofs.map((proof) => [proof.leaf_index, proof]));
  const proven = new Set<number>();
  for (const event of events.seen) {
    if (event.leafIndex >= head.size) continue;
    const given = proofs.get(event.leafIndex);
    proofs.delete(event.leafIndex);
    const claim = { index: event.leafIndex, size: head.size, leafHash: leafHash(sha256, event.hash), root: head.root };
    if (given !== undefined && given.event_id === event.eventId && verifyInclusion(sha256, claim, given.proof.map(fromHex)))
      proven.add(event.line);
    else
      report(
        event.line,
        'proof_invalid',
        `leaf ${event.leafIndex} under ${describe(head)}`,
        given === undefined ? 'no proof' : 'a proof that does not lead there',
      );
  }
  for (const left of proofs.values()) report(head.line, 'proof_invalid', 'proofs of events in the file', `a proof of ${left.event_id}`);
  return proven;
}

const widest = (heads: readonly Head[]): Head | null =>
  heads.reduce<Head | null>((best, head) => (head.trust !== null && (best === null || head.size > best.size) ? head : best), null);

const sealOf = (head: Head | null): AuditSeal | null =>
  head === null ? null : { origin: head.origin, size: head.size, root: toHex(head.root), trust: head.trust! };

function contradict(report: ReportAuditFault, inFile: Head | null, given: Head | null): void {
  if (inFile === null || given === null) return;
  const split = inFile.size === given.size && !sameBytes(inFile.root, given.root);
  if (split || inFile.origin !== given.origin) report(0, 'checkpoint_mismatch', describe(given), describe(inFile));
}

/** Judges what the checkpoints cover. `whole`: every line could be read, so that a root can be recomputed at all. */
export function checkSeal(
  options: SealOptions,
  report: ReportAuditFault,
  events: AuditEvents,
  trailer: AuditTrailer | null,
  at: { readonly trailerLine: number; readonly whole: boolean },
): SealFindings {
  const notes: string[] = [];
  const inFile = trailer === null ? null : readHead(options, report, trailer.checkpoint, at.trailerLine);
  const given = readHead(options, report, options.checkpoint, 0);
  contradict(report, inFile, given);
  if (trailer !== null && inFile !== null && trailer.tree_size !== inFile.size) {
    report(at.trailerLine, 'checkpoint_mismatch', `tree_size ${inFile.size}`, `tree_size ${trailer.tree_size}`);
  }
  if (trailer?.format === 2 && inFile !== null && trailer.origin !== inFile.origin)
    report(at.trailerLine, 'checkpoint_mismatch', `a checkpoint of ${trailer.origin}`, describe(inFile));
  if (given?.trust === 'checkpoint') notes.push('the signature of the checkpoint given was not checked: no verifier key was given');
  if (inFile?.trust === null && given === null)
    notes.push('the checkpoint in the file was not trusted: no verifier key and no checkpoint was given');

  if (trailer !== null && trailer.selection !== 'all')
    return checkSelection(options, report, events, trailer, inFile, given, at.trailerLine, notes);
  if (!at.whole) {
    notes.push('the root was not recomputed: some lines could not be read');
    return { seal: null, unsealedLines: linesFrom(events, 0), notes };
  }
  if (trailer !== null && trailer.proofs.length > 0)
    report(at.trailerLine, 'proof_invalid', 'no proofs in a file of all events', `${trailer.proofs.length} proofs`);
  const heads = [inFile, given].filter((head): head is Head => head !== null);
  const seal = sealOf(widest(checkRoots(report, events, heads)));
  return { seal, unsealedLines: linesFrom(events, seal?.size ?? 0), notes };
}

function checkSelection(
  options: SealOptions,
  report: ReportAuditFault,
  events: AuditEvents,
  trailer: AuditTrailer,
  inFile: Head | null,
  given: Head | null,
  trailerLine: number,
  notes: string[],
): SealFindings {
  const same = inFile !== null && given !== null && inFile.size === given.size && sameBytes(inFile.root, given.root);
  if (given !== null && inFile !== null && inFile.size !== given.size) {
    notes.push('the given checkpoint and the checkpoint of the proofs have different sizes: they were not compared');
    if (given.size > inFile.size)
      notes.push(
        `the export was made under ${inFile.size} events and the given checkpoint covers ${given.size}: it may lack what came later`,
      );
  }
  if (inFile === null) {
    if (trailer.proofs.length > 0) report(trailerLine, 'proof_invalid', 'a checkpoint that the proofs lead to', 'none');
    return { seal: null, unsealedLines: linesFrom(events, 0), notes };
  }
  const proven = checkProofs(options.sha256, report, events, trailer, inFile);
  const seal = sealOf(widest([same ? { ...inFile, trust: inFile.trust ?? given.trust } : inFile]));
  const unsealed = events.seen.filter((event) => seal === null || !proven.has(event.line));
  return { seal, unsealedLines: unsealed.reduce((sum, event) => sum + event.lines, 0), notes };
}

function linesFrom(events: AuditEvents, sealedTo: number): number {
  return events.seen.reduce((sum, event) => sum + (event.leafIndex >= sealedTo ? event.lines : 0), 0);
}
