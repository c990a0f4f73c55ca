import { auditLogPath, checkBundleFiles, type FilesBeside, sumsPath } from '../../domain/audit/bundle-files.ts';
import type { AuditFault } from '../../domain/audit/audit-faults.ts';
import type { AuditReport } from '../../domain/audit/verify-audit.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { toHex, zeroHash } from '../../domain/shared/hashing.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { OpenedArchive, Ports } from '../ports/ports.ts';
import { type AuditVerifyRequest, verifierFor, verifyPieces } from './verify.ts';

type Tools = Pick<Ports, 'files' | 'crypto' | 'archives'>;

const withFaults = (report: AuditReport, more: readonly AuditFault[]): AuditReport => ({
  ...report,
  faults: [...report.faults, ...more].toSorted((left, right) => left.line - right.line),
});

const archiveFault = (actual: string): AuditReport => ({
  lines: 0,
  lastHash: zeroHash,
  sealedTo: 0,
  unsealed: 0,
  seal: null,
  declaration: null,
  tornAtByte: null,
  notes: [],
  faults: [{ line: 0, kind: 'archive', expected: 'a ZIP archive of evidence', actual }],
});

async function* oneByOne(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

export async function wholeFile({ files }: Pick<Ports, 'files'>, file: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of files.readPieces(file, limits.bundleBytesMax)) pieces.push(piece);
  return Buffer.concat(pieces);
}

interface ArchiveContents extends FilesBeside {
  readonly log: Uint8Array;
  readonly key: string | null;
}

/** Every file of an archive is unpacked once, one after the other. Errors: ArchiveInvalid. */
function contentsOf({ crypto }: Pick<Ports, 'crypto'>, archive: OpenedArchive): ArchiveContents {
  const hashes = new Map<string, string>();
  let log: Uint8Array | null = null;
  let key: string | null = null;
  for (const path of archive.paths) {
    const bytes = archive.read(path);
    hashes.set(path, crypto.sha256Hex(bytes));
    if (path === auditLogPath) log = bytes;
    if (path === 'verifier-key.txt') key = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  }
  if (log === null) throw new LedgerError('ArchiveInvalid', `it has no ${auditLogPath}`);
  return { hashes, logHash: hashes.get(auditLogPath)!, closed: true, log, key };
}

async function verifyArchive(tools: Tools, request: AuditVerifyRequest): Promise<AuditReport> {
  let contents: ArchiveContents;
  try {
    contents = contentsOf(tools, await tools.archives.open(await wholeFile(tools, request.file)));
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'ArchiveInvalid') throw error;
    verifierFor(tools, request);
    return archiveFault(error.message);
  }
  const verifier = verifierFor(tools, request, contents.key);
  const report = await verifyPieces(verifier, oneByOne([contents.log]), request);
  return withFaults(report, checkBundleFiles(tools.crypto.sha256, verifier.beside(), contents));
}

async function hashOf({ files, crypto }: Tools, file: string): Promise<string | null> {
  if (!(await files.exists(file))) return null;
  const hash = crypto.runningSha256();
  for await (const piece of files.readPieces(file, limits.bundleBytesMax)) hash.update(piece);
  return toHex(hash.digest());
}

/** The log of an archive that somebody unpacked: what it declares stands beside it. */
async function verifyLog(tools: Tools, request: AuditVerifyRequest): Promise<AuditReport> {
  const verifier = verifierFor(tools, request);
  const report = await verifyPieces(verifier, tools.files.readPieces(request.file, limits.auditFileBytesMax), request);
  const beside = verifier.beside();
  if (beside.files === null) return report;
  const folder = request.file.slice(0, request.file.lastIndexOf('/') + 1);
  const hashes = new Map<string, string>();
  for (const path of [...beside.files.map((file) => file.path), sumsPath]) {
    const hash = await hashOf(tools, `${folder}${path}`);
    if (hash !== null) hashes.set(path, hash);
  }
  const logHash = (await hashOf(tools, request.file))!;
  return withFaults(report, checkBundleFiles(tools.crypto.sha256, beside, { hashes, logHash, closed: false }));
}

const keyBegins = /^[^+]*\+[0-9a-f]{8}\+/;

/** The text of a key begins with its name and id; anything else names a file, as `verify_audit.py` has it. Errors: FileMissing. */
export async function keyText({ files }: Pick<Ports, 'files'>, given: string | null): Promise<string | null> {
  return given === null || keyBegins.test(given) ? given : files.readText(given);
}

/** ZIP archives begin so, and no line of a log does. */
async function isArchive({ files }: Tools, file: string): Promise<boolean> {
  for await (const piece of files.readPieces(file, limits.auditFileBytesMax)) return piece[0] === 0x50 && piece[1] === 0x4b;
  return false;
}

/**
 * Verifies an exported log line by line, or a bundle with every file in it; needs no ledger. Errors: FileMissing, FileUnreadable,
 * LimitExceeded, AuditFileInvalid (a line beyond all bounds), CheckpointInvalid (a malformed verifier key).
 */
export async function verifyExport(tools: Tools, request: AuditVerifyRequest): Promise<AuditReport> {
  return (await isArchive(tools, request.file)) ? verifyArchive(tools, request) : verifyLog(tools, request);
}
