import { canonicalJson } from '../shared/canonical-json.ts';
import { LedgerError } from '../shared/errors.ts';
import { zeroHash } from '../shared/hashing.ts';
import { type AuditEvents, createAuditEvents, type DeriveSteps } from './audit-events.ts';
import type { AuditFault, ReportAuditFault } from './audit-faults.ts';
import { type AuditSeal, checkSeal, type SealOptions } from './audit-seal.ts';
import { type AuditLine, auditLineSchema, type AuditTrailer, type SealedLine, sealLine, trailerSchema } from './entry.ts';
import { parseVerifierKey, type VerifierKey } from './signed-note.ts';

export interface AuditVerifyOptions extends Pick<SealOptions, 'sha256' | 'verifySignature'> {
  /** C2SP verifier key text, from outside the file. */
  readonly verifierKey?: string | null;
  /** Every key of a ledger known to the caller, oldest first: they speak for files of its origin only. */
  readonly ledgerKeys?: readonly VerifierKey[];
  /** Signed note from outside the file: a witnessed checkpoint. */
  readonly checkpoint?: string | null;
  /** Derives the readable part again; without it that part is covered by the chain of lines alone. */
  readonly derive?: DeriveSteps;
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
  /** Offset of the first byte that belongs to no whole line, or of the end of a file without a trailer; null when not torn. */
  readonly tornAtByte: number | null;
  readonly notes: readonly string[];
  /** By line. */
  readonly faults: readonly AuditFault[];
}

/** Verifies a file line by line: hand in each line without its newline, then what follows the last newline (usually nothing). */
export interface AuditVerifier {
  line(bytes: Uint8Array): void;
  finish(remainder?: Uint8Array): AuditReport;
}

const shownCharsMax = 80;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : 'none');

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
  #trailer: { readonly line: number; readonly content: AuditTrailer } | null = null;

  constructor(options: AuditVerifyOptions) {
    const { sha256, verifySignature, verifierKey, checkpoint } = options;
    this.#options = options;
    const key = verifierKey === undefined || verifierKey === null ? null : parseVerifierKey(sha256, verifierKey);
    const ledgerKeys = options.ledgerKeys ?? [];
    const keysFor: SealOptions['keysFor'] = (origin) => (key === null ? ledgerKeys.filter(({ name }) => name === origin) : [key]);
    this.#seal = { sha256, verifySignature, keysFor, checkpoint: checkpoint ?? null };
    this.#events = createAuditEvents(sha256, this.#report, options.derive);
  }

  readonly #report: ReportAuditFault = (line, kind, expected, actual) => {
    this.#faults.push({ line, kind, expected, actual });
  };

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
      body = JSON.parse(text);
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
    this.#trailer = { line: number, content: parsed.data };
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
    if (this.#unreadable === 0) this.#faults.push(...gaps);
    const at = { trailerLine: this.#trailer?.line ?? this.#count, whole: this.#unreadable === 0 };
    const { seal, unsealedLines, notes } = checkSeal(this.#seal, this.#report, this.#events, trailer, at);
    return {
      lines: this.#count - (this.#trailer === null ? 0 : 1),
      lastHash: this.#lastHash,
      sealedTo: seal?.size ?? 0,
      unsealed: unsealedLines + this.#unreadable,
      seal,
      tornAtByte,
      notes,
      faults: this.#faults.toSorted((left, right) => left.line - right.line),
    };
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
