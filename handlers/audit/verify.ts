import type { VerifierKey } from '../../domain/audit/signed-note.ts';
import { type AuditReport, type AuditVerifier, createAuditVerifier } from '../../domain/audit/verify-audit.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { auditStep } from '../../projections/audit-log.ts';
import type { Ports } from '../ports/ports.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';

export interface AuditVerifyRequest {
  readonly file: string;
  /** A checkpoint that was kept elsewhere. */
  readonly checkpoint: string | null;
  /** From outside the file; null when nobody gave one. */
  readonly verifierKey: string | null;
  /** Keys of the ledger at hand, used where no key was given. */
  readonly ledgerKeys: readonly VerifierKey[];
  /** Whether an export that no known key vouches for is a fault. */
  readonly complete: boolean;
  /** Ends it between two pieces of the file. */
  readonly signal?: AbortSignal;
}

const newline = 0x0a;

/** Cuts pieces into lines, each handed over without its newline; answers what follows the last newline. */
async function eachLine(pieces: AsyncIterable<Uint8Array>, file: string, take: (line: Uint8Array) => void): Promise<Uint8Array> {
  let open: Uint8Array[] = [];
  let openBytes = 0;
  let lines = 0;
  const hold = (rest: Uint8Array): void => {
    open.push(rest);
    openBytes += rest.length;
    if (openBytes > limits.auditLineBytesMax) {
      const line = lines + 1;
      throw new LedgerError(
        'AuditFileInvalid',
        `${file}: line ${line} has more than ${limits.auditLineBytesMax} bytes, which no line of an export has`,
        { evidence: { bytesMax: limits.auditLineBytesMax }, at: { file, line } },
      );
    }
  };
  for await (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf(newline); end >= 0; end = piece.indexOf(newline, start)) {
      hold(piece.subarray(start, end));
      take(open.length === 1 ? open[0]! : Buffer.concat(open));
      lines++;
      open = [];
      openBytes = 0;
      start = end + 1;
    }
    if (start < piece.length) hold(piece.subarray(start));
  }
  return Buffer.concat(open);
}

/** A verifier that derives the readable part of each line anew from its event. Errors: CheckpointInvalid for a malformed verifier key. */
export function verifierFor(
  { crypto }: Pick<Ports, 'crypto'>,
  request: AuditVerifyRequest,
  archiveKey: string | null = null,
): AuditVerifier {
  return createAuditVerifier({
    sha256: crypto.sha256,
    verifySignature: (publicKey, message, signature) => crypto.verify(publicKey, message, signature),
    verifierKey: request.verifierKey,
    archiveKey,
    ledgerKeys: request.ledgerKeys,
    checkpoint: request.checkpoint,
    complete: request.complete,
    derive: (envelope) => [auditStep(envelope)],
  });
}

async function* interruptible(pieces: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    if (signal !== undefined) await throwIfInterrupted(signal, 'interrupted before the file was verified');
    yield piece;
  }
}

function refuseFaulty(file: string, line: number): never {
  const max = limits.auditFaultsMax;
  throw new LedgerError('AuditFileInvalid', `${file}: more than ${max} faults up to line ${line}, which no damaged export has`, {
    evidence: { faultsMax: max },
    at: { file, line },
  });
}

/** Errors: AuditFileInvalid (a line beyond all bounds, more faults than are told), Interrupted, and those of reading. */
export async function verifyPieces(
  verifier: AuditVerifier,
  pieces: AsyncIterable<Uint8Array>,
  { file, signal }: Pick<AuditVerifyRequest, 'file' | 'signal'>,
): Promise<AuditReport> {
  let lines = 0;
  const remainder = await eachLine(interruptible(pieces, signal), file, (bytes) => {
    lines++;
    verifier.line(bytes);
    if (verifier.faultsSoFar > limits.auditFaultsMax) refuseFaulty(file, lines);
  });
  return verifier.finish(remainder);
}
