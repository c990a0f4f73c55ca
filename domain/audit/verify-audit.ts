import { canonicalJson } from '../shared/canonical-json.ts';
import { LedgerError } from '../shared/errors.ts';
import { zeroHash } from '../shared/hashing.ts';
import { jsonTooHeavy } from '../shared/json-weight.ts';
import { limits } from '../shared/limits.ts';
import { type AuditEvents, createAuditEvents, type DeriveSteps } from './audit-events.ts';
import type { AuditFault, ReportAuditFault } from './audit-faults.ts';
import { type AuditSeal, checkSeal, type SealOptions } from './audit-seal.ts';
import { type AuditDeclaration, checkDeclaration, type TrailerAt } from './declaration.ts';
import { type AuditLine, auditLineSchema, type SealedLine, sealLine } from './entry.ts';
import { parseVerifierKey, type VerifierKey } from './signed-note.ts';
import { type DeclaredFile, trailerSchema } from './trailer.ts';

export interface AuditVerifyOptions extends Pick<SealOptions, 'sha256' | 'verifySignature'> {
  /** C2SP verifier keys from outside the file, one a line. */
  readonly verifierKey?: string | null;
  /** Those that an archive carries: they are trusted by nobody. */
  readonly archiveKey?: string | null;
  /** Every key of a ledger known to the caller, oldest first: they speak for files of its origin only. */
  readonly ledgerKeys?: readonly VerifierKey[];
  /** Signed note from outside the file: a witnessed checkpoint. */
  readonly checkpoint?: string | null;
  /** Derives the readable part again; without it that part is covered by the chain of lines alone. */
  readonly derive?: DeriveSteps;
  /** Whether an export that no known key vouches for is a fault. */
  readonly complete?: boolean;
}

export interface AuditReport {
  /** Lines other than the trailer. */
  readonly lines: number;
  readonly lastHash: string;
  /** Leaves covered by a checkpoint that is trusted and holds; 0 without one. */
  readonly sealedTo: number;
  /** Lines that no such checkpoint covers: their end could have been cut without a trace. */
  readonly unsealed: number;
  readonly seal: AuditSeal | null;
  /** What the trailer declares; null where it declares nothing. */
  readonly declaration: AuditDeclaration | null;
  /** Offset of the first byte that belongs to no whole line, or of the end of a file without a trailer; null when not torn. */
  readonly tornAtByte: number | null;
  readonly notes: readonly string[];
  /** By line. */
  readonly faults: readonly AuditFault[];
}

/** What it takes to judge the files beside a log. */
export interface BesideLog {
  readonly trailerLine: number;
  /** As the trailer declares them; null where it declares none. */
  readonly files: readonly DeclaredFile[] | null;
  /** Addresses of artifacts that the events name, with the first line that does. */
  readonly artifacts: ReadonlyMap<string, number>;
}

/** Verifies a file line by line: hand in each line without its newline, then what follows the last newline (usually nothing). */
export interface AuditVerifier {
  line(bytes: Uint8Array): void;
  /** Faults that are known: of more than `limits.auditFaultsMax` one is kept, and whoever reads the file stops there. */
  readonly faultsSoFar: number;
  finish(remainder?: Uint8Array): AuditReport;
  /** Known once the file has ended. */
  beside(): BesideLog;
}

const shownCharsMax = 80;
const faultCharsMax = 500;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : 'none');

/** The beginning of a text that may be as long as a line, as a text of its own: a slice would keep the whole line alive. */
function shownText(text: string): string {
  return text.length <= faultCharsMax ? text : `${Array.from(text.slice(0, faultCharsMax)).join('')}...`;
}

const isBlank = (character: string | undefined): boolean => character === ' ' || character === '\t' || character === '\r';

/** A pattern that ends in "blanks to the end" would begin anew at each of many blanks. */
function withoutBlanks(line: string): string {
  let [start, end] = [0, line.length];
  while (start < end && isBlank(line[start])) start++;
  while (end > start && isBlank(line[end - 1])) end--;
  return line.slice(start, end);
}

/** Errors: CheckpointInvalid. */
function keysIn(sha256: SealOptions['sha256'], text: string): VerifierKey[] {
  const lines = text.split('\n').map(withoutBlanks);
  const keys = lines.filter((line) => line !== '').map((line) => parseVerifierKey(sha256, line));
  if (keys.length === 0) throw new LedgerError('CheckpointInvalid', 'no verifier key was given: it reads name+keyId+base64');
  return keys;
}

/** A key that the archive itself carries and that does not read is no key: its bytes are judged with the other files. */
function archiveKeyIn(sha256: SealOptions['sha256'], text: string | null): VerifierKey | null {
  try {
    return text === null ? null : keysIn(sha256, text)[0]!;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return null;
  }
}

class Verification implements AuditVerifier {
  readonly #options: AuditVerifyOptions;
  readonly #seal: SealOptions;
  readonly #faults: AuditFault[] = [];
  readonly #events: AuditEvents;
  // A byte order mark must not vanish before hashing.
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #bytes = 0;
  #count = 0;
  #unreadable = 0;
  /** Hash written in the line before; null when that line could not be read. */
  #previous: string | null = zeroHash;
  #lastHash = zeroHash;
  #trailer: TrailerAt | null = null;
  #files: readonly DeclaredFile[] | null = null;

  constructor(options: AuditVerifyOptions) {
    const { sha256, verifySignature, verifierKey, checkpoint } = options;
    this.#options = options;
    const given = verifierKey === undefined || verifierKey === null ? null : keysIn(sha256, verifierKey);
    const ledgerKeys = options.ledgerKeys ?? [];
    const keysFor: SealOptions['keysFor'] = (origin) => given ?? ledgerKeys.filter(({ name }) => name === origin);
    const archiveKey = archiveKeyIn(sha256, options.archiveKey ?? null);
    this.#seal = { sha256, verifySignature, keysFor, archiveKey, checkpoint: checkpoint ?? null };
    this.#events = createAuditEvents(sha256, this.#report, options.derive);
  }

  readonly #report: ReportAuditFault = (line, kind, expected, actual) => {
    this.#keep({ line, kind, expected, actual });
  };

  get faultsSoFar(): number {
    return this.#faults.length;
  }

  /** As many as tell that there are more than are read. */
  #keep(...found: readonly AuditFault[]): void {
    for (const { line, kind, expected, actual } of found.slice(0, limits.auditFaultsMax + 1 - this.#faults.length))
      this.#faults.push({ line, kind, expected: shownText(expected), actual: shownText(actual) });
  }

  line(bytes: Uint8Array): void {
    this.#count++;
    this.#bytes += bytes.length + 1;
    const number = this.#count;
    if (this.#trailer !== null) {
      this.#report(number, 'trailer_misplaced', `the trailer on line ${this.#trailer.line} to be the last`, 'another line');
    }
    const read = this.#readLine(number, bytes);
    if (read === null) {
      this.#unreadable++;
      this.#previous = null;
      return;
    }
    if (read.body['type'] === 'trailer') this.#addTrailer(number, read.body);
    else this.#addLine(number, read.body, read.dataText);
    this.#previous = textOf(read.body['hash']);
  }

  /** Decodes, parses, and checks that the text is canonical and hashes to its own `hash`. */
  #readLine(number: number, bytes: Uint8Array): { readonly body: Record<string, unknown>; readonly dataText: string } | null {
    let text: string;
    let body: unknown;
    try {
      text = this.#utf8.decode(bytes);
      body = jsonTooHeavy(text) === null ? JSON.parse(text) : null;
    } catch {
      this.#report(number, 'not_canonical', 'UTF-8 of a JSON object', 'no JSON');
      return null;
    }
    if (!isObject(body)) {
      this.#report(number, 'not_canonical', 'a JSON object', text.slice(0, shownCharsMax));
      return null;
    }
    const { hash, ...others } = body;
    let dataText = '';
    let sealed: SealedLine;
    try {
      if ('data' in others) dataText = canonicalJson(others['data']);
      sealed = sealLine(this.#options.sha256, others, dataText);
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      this.#report(number, 'not_canonical', 'plain JSON', error.message);
      return null;
    }
    if (typeof hash !== 'string' || sealed.textWith(hash) !== text)
      this.#report(number, 'not_canonical', 'RFC 8785 text', 'another text of the same value');
    if (sealed.hash !== hash) this.#report(number, 'line_hash', sealed.hash, textOf(hash));
    if (this.#previous !== null && body['prev_hash'] !== this.#previous)
      this.#report(number, 'chain', this.#previous, textOf(body['prev_hash']));
    return { body, dataText };
  }

  #addLine(number: number, body: Record<string, unknown>, dataText: string): void {
    this.#lastHash = textOf(body['hash']);
    const parsed = auditLineSchema.safeParse(body);
    if (parsed.success) {
      // The schema's copy may lack a member named __proto__; the line itself does not.
      this.#events.add(number, body as AuditLine, dataText);
      return;
    }
    this.#unreadable++;
    const issue = parsed.error.issues[0]!;
    this.#report(number, 'line_shape', issue.message, issue.path.join('.'));
  }

  #addTrailer(number: number, body: Record<string, unknown>): void {
    const parsed = trailerSchema.safeParse(body);
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      this.#report(number, 'line_shape', issue.message, issue.path.join('.'));
      this.#unreadable++;
      return;
    }
    this.#trailer = { line: number, body, content: parsed.data };
    if (parsed.data.lines !== number - 1) this.#report(number, 'count', `${number - 1} lines before the trailer`, `${parsed.data.lines}`);
    if (parsed.data.last_hash !== parsed.data.prev_hash) this.#report(number, 'chain', parsed.data.prev_hash, parsed.data.last_hash);
  }

  /** A file ends with the newline behind its trailer. */
  #tornAt(remainder: Uint8Array | undefined): number | null {
    if (remainder !== undefined && remainder.length > 0) {
      this.#report(
        this.#count + 1,
        'torn',
        'a newline at the end of the file',
        `${remainder.length} bytes of a line from byte ${this.#bytes} on`,
      );
    } else if (this.#trailer === null) {
      this.#report(this.#count + 1, 'torn', 'a trailer as the last line', `the end of the file at byte ${this.#bytes}`);
    } else {
      return null;
    }
    return this.#bytes;
  }

  finish(remainder?: Uint8Array): AuditReport {
    const trailer = this.#trailer?.content ?? null;
    const tornAtByte = this.#tornAt(remainder);
    const gaps = this.#events.finish(trailer?.selection ?? null);
    // Behind a line that could not be read, a gap is what that line left and no second fault.
    if (this.#unreadable === 0) this.#keep(...gaps);
    const at = { trailerLine: this.#trailer?.line ?? this.#count, whole: this.#unreadable === 0 };
    const { seal, unsealedLines, notes } = checkSeal(this.#seal, this.#report, this.#events, trailer, at);
    const allNotes = [...notes];
    const asked = { ...this.#seal, complete: this.#options.complete ?? false };
    const { declaration, files } = checkDeclaration(asked, this.#report, this.#events.seen, this.#trailer, at.whole, allNotes);
    this.#files = files;
    return {
      lines: this.#count - (this.#trailer === null ? 0 : 1),
      lastHash: this.#lastHash,
      sealedTo: seal?.size ?? 0,
      unsealed: unsealedLines + this.#unreadable,
      seal,
      declaration,
      tornAtByte,
      notes: allNotes,
      faults: this.#faults.toSorted((left, right) => left.line - right.line),
    };
  }

  beside(): BesideLog {
    return { trailerLine: this.#trailer?.line ?? this.#count, files: this.#files, artifacts: this.#events.artifacts };
  }
}

/** Errors: CheckpointInvalid for a malformed verifier key; everything about the file itself is a fault in the report. */
export function createAuditVerifier(options: AuditVerifyOptions): AuditVerifier {
  return new Verification(options);
}

const newline = 0x0a;

/** Verifies a whole file held in memory. */
export function verifyAuditLines(file: Uint8Array, options: AuditVerifyOptions): AuditReport {
  const verifier = createAuditVerifier(options);
  let start = 0;
  for (let end = file.indexOf(newline); end >= 0; end = file.indexOf(newline, start)) {
    verifier.line(file.subarray(start, end));
    start = end + 1;
  }
  return verifier.finish(file.subarray(start));
}

export type { AuditFault };
