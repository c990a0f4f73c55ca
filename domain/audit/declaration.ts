import { LedgerError } from '../shared/errors.ts';
import type { ReportAuditFault } from './audit-faults.ts';
import type { SeenEvent } from './audit-events.ts';
import { keyNamedIn, type SealOptions } from './audit-seal.ts';
import { parseNote, type VerifierKey, verifyNote } from './signed-note.ts';
import {
  type AuditTrailer,
  type DeclaredFile,
  type DeclaredPlace,
  type DeclaringTrailer,
  exportStatement,
  trailerDigest,
} from './trailer.ts';

/** What an export says that it holds, and who vouches for it. */
export interface AuditDeclaration {
  readonly origin: string;
  readonly events: number;
  /** How many streams are there whole. */
  readonly streams: 'all' | number;
  readonly cited: number;
  readonly files: number | null;
  /** `key`: signed by a key that the caller knows. null: nobody vouches for it. */
  readonly trust: 'key' | null;
}

export interface TrailerAt {
  readonly line: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly content: AuditTrailer;
}

export interface DeclarationFindings {
  readonly declaration: AuditDeclaration | null;
  readonly files: readonly DeclaredFile[] | null;
}

interface Asked extends Pick<SealOptions, 'sha256' | 'verifySignature' | 'keysFor' | 'archiveKey'> {
  /** Whether an export that no key vouches for is a fault by itself. */
  readonly complete: boolean;
}

function refuse(sentence: string): never {
  throw new LedgerError('CheckpointInvalid', sentence);
}

/** Errors: CheckpointInvalid. */
function openStatement(note: string, expected: string, origin: string, keys: readonly VerifierKey[], { verifySignature }: Asked): void {
  if (parseNote(note).text !== expected) refuse('the signed text is not that of this export');
  if (keys.length === 0) return;
  const key = keyNamedIn(note, keys);
  if (key.name !== origin) refuse('the origin of the export is not the name of the key');
  verifyNote(note, key, verifySignature);
}

/** Whether a known key signed the trailer as it stands. */
function checkSignature(asked: Asked, report: ReportAuditFault, { line, body }: TrailerAt, trailer: DeclaringTrailer, notes: string[]) {
  const { origin, signed } = trailer;
  const known = asked.keysFor(origin);
  const unsigned = (actual: string): void => report(line, 'unsigned', 'an export that a known key vouches for', actual);
  if (signed === null) {
    if (known.length > 0 || asked.complete) unsigned('no signature');
    else notes.push('nobody signed what the export declares');
    return null;
  }
  const own = asked.archiveKey;
  const keys = known.length > 0 ? known : own !== null && own.name === origin ? [own] : [];
  try {
    openStatement(signed, exportStatement(origin, trailerDigest(asked.sha256, body)), origin, keys, asked);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    report(line, 'signature_invalid', 'what the export declares, signed by the verifier key', error.message);
    return null;
  }
  if (known.length > 0) return 'key' as const;
  if (asked.complete) unsigned('no key was given to open the signature with');
  else notes.push('what the export declares was not trusted: no verifier key was given');
  return null;
}

type Revisions = ReadonlyMap<string, ReadonlyMap<number, string>>;

/** Hashes by stream and revision, the first of each. */
function revisionsOf(seen: readonly SeenEvent[]): Revisions {
  const byStream = new Map<string, Map<number, string>>();
  for (const { stream, revision, recordedHash } of seen) {
    const revisions = byStream.get(stream) ?? new Map<number, string>();
    byStream.set(stream, revisions);
    if (!revisions.has(revision)) revisions.set(revision, recordedHash);
  }
  return byStream;
}

type Missing = (expected: string, actual: string) => void;

/** Every declared stream is there from its first event on, and every single event. */
function checkPlaces(missing: Missing, streams: readonly DeclaredPlace[], cited: readonly DeclaredPlace[], there: Revisions): void {
  for (const { stream, revision, hash } of streams) {
    const revisions: ReadonlyMap<number, string> = there.get(stream) ?? new Map();
    let count = 0;
    for (const one of revisions.keys()) if (one <= revision) count++;
    if (count !== revision + 1) missing(`${stream} from revision 0 to ${revision}`, `${count} of these events`);
    else if (revisions.get(revision) !== hash) missing(`${stream}@${revision} ${hash}`, 'another event');
  }
  for (const { stream, revision, hash } of cited) {
    const actual = there.get(stream)?.get(revision) ?? 'no event';
    if (actual !== hash) missing(`${stream}@${revision} ${hash}`, actual);
  }
}

/** Every declared event must be there, by its revision and hash, and no other. */
function checkEvents(report: ReportAuditFault, line: number, trailer: DeclaringTrailer, seen: readonly SeenEvent[]): void {
  const missing: Missing = (expected, actual) => report(line, 'incomplete', expected, actual);
  const { selection, streams, cited, events } = trailer;
  if (events !== seen.length) missing(`${events} events`, `${seen.length} events`);
  if (selection === 'all' || streams === 'all') {
    if (selection !== streams) missing('every stream declared exactly where everything is selected', 'another selection');
    if (cited.length > 0) missing('no single events in a file of all', `${cited.length}`);
    return;
  }
  const whole = new Map(streams.map(({ stream, revision }) => [stream, revision]));
  if (![...whole.keys()].some((stream) => stream.endsWith(`-${selection.run}`)))
    missing(`the stream of run ${selection.run}`, 'not declared');
  checkPlaces(missing, streams, cited, revisionsOf(seen));
  const single = new Set(cited.map(({ stream, revision }) => `${stream}@${revision}`));
  for (const { line: at, stream, revision } of seen) {
    if (revision <= (whole.get(stream) ?? -1) || single.has(`${stream}@${revision}`)) continue;
    report(at, 'undeclared', 'a declared event', `${stream}@${revision}`);
  }
}

/** Judges what the trailer declares. `whole`: every line could be read, so that what is missing was left out. */
export function checkDeclaration(
  asked: Asked,
  report: ReportAuditFault,
  seen: readonly SeenEvent[],
  trailer: TrailerAt | null,
  whole: boolean,
  notes: string[],
): DeclarationFindings {
  if (trailer === null) return { declaration: null, files: null };
  const { content, line } = trailer;
  if (content.format === 1) {
    // Whoever wrote format 1 knew events of schema version 1 alone: others stand in a file whose declaration was taken off.
    const later = seen.find(({ schemaVersion }) => schemaVersion > 1);
    const behind = later === undefined ? '' : ` behind an event of schema version ${later.schemaVersion}`;
    if (asked.complete || later !== undefined)
      report(line, 'unsigned', 'an export that declares what it holds', `trailer format 1${behind}`);
    else notes.push('the export declares nothing: what was left out of it cannot be seen');
    return { declaration: null, files: null };
  }
  const trust = checkSignature(asked, report, trailer, content, notes);
  if (whole) checkEvents(report, line, content, seen);
  const { origin, events, streams, cited, files } = content;
  return {
    declaration: {
      origin,
      events,
      streams: streams === 'all' ? 'all' : streams.length,
      cited: cited.length,
      files: files?.length ?? null,
      trust,
    },
    files,
  };
}
