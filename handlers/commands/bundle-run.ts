import { auditLogPath, sumsPath, sumsText } from '../../domain/audit/bundle-files.ts';
import { formatVerifierKey } from '../../domain/audit/signed-note.ts';
import type { DeclaredFile } from '../../domain/audit/trailer.ts';
import { artifactReferencesIn } from '../../domain/shared/artifact-reference.ts';
import { canonicalBytes } from '../../domain/shared/canonical-json.ts';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import { sortedBy } from '../../domain/shared/order.ts';
import type { ArchiveEntry, Ports } from '../ports/ports.ts';
import { runOf } from '../runs/run-of.ts';
import type { Session } from '../runtime/session.ts';
import type { AuditFileSummary } from '../audit/audit-file.ts';
import { auditLines } from '../audit/audit-lines.ts';
import { bundleReadme } from '../audit/bundle-readme.ts';
import { type SigningOfExports, signingOfExports } from '../audit/export-signer.ts';
import { runWithItsSources, type SelectedRun } from '../audit/selection.ts';
import type { Settings } from '../runtime/settings.ts';

export interface Bundle {
  readonly runId: string;
  readonly file: string;
  /** Of the archive's bytes. */
  readonly sha256: string;
  readonly bytes: number;
  readonly sleeveRuns: readonly string[];
  readonly lines: number;
  readonly lastHash: string;
  readonly artifacts: number;
  readonly sealedTo: number;
  readonly unsealed: number;
  /** Why nobody vouches for what the bundle declares; null when it is signed. */
  readonly unsignedBecause: string | null;
  readonly entries: readonly { readonly path: string; readonly sha256: string; readonly bytes: number }[];
}

/** Gives the report of a meta run, as files of the archive. */
export type ReportOf = (session: Session, runId: string) => Promise<readonly ArchiveEntry[]>;

export interface BundleRun {
  readonly runId: string;
  readonly file: string;
  readonly reportOf: ReportOf;
}

const utf8 = new TextEncoder();
const verifier = 'examples/verify_audit.py';

async function auditText(
  ports: Ports,
  request: Parameters<typeof auditLines>[1],
): Promise<{ readonly text: string; readonly summary: AuditFileSummary }> {
  const lines = auditLines(ports, request);
  const texts: string[] = [];
  for (;;) {
    const next = await lines.next();
    if (next.done === true) return { text: texts.join(''), summary: next.value };
    texts.push(next.value);
  }
}

/** Keys that open what is signed in the archive: that of the seal, and that of the export where another has followed since. */
function keyEntry({ seal }: AuditFileSummary, { signer }: SigningOfExports): ArchiveEntry[] {
  const keys = new Set([seal?.key, signer?.key].flatMap((key) => (key === undefined ? [] : [formatVerifierKey(key)])));
  return keys.size === 0 ? [] : [{ path: 'verifier-key.txt', bytes: utf8.encode([...keys].map((key) => `${key}\n`).join('')) }];
}

function sealEntries({ seal, proofs }: AuditFileSummary): ArchiveEntry[] {
  if (seal === null) return [];
  const { treeSize, root, checkpoint } = seal;
  return [
    { path: 'checkpoint.txt', bytes: utf8.encode(checkpoint) },
    { path: 'proofs.json', bytes: canonicalBytes({ treeSize, root, proofs }) },
  ];
}

interface Contents {
  /** The files of the archive without the artifacts and the list of checksums. */
  readonly files: readonly ArchiveEntry[];
  /** Addresses. */
  readonly artifacts: readonly string[];
  readonly summary: AuditFileSummary;
  readonly sleeveRuns: readonly string[];
  readonly unsignedBecause: string | null;
}

const artifactPath = (address: string): string => `artifacts/${address}`;

function artifactsNamedBy({ events }: SelectedRun): readonly string[] {
  return [
    ...new Set(events.flatMap((event) => artifactReferencesIn(decodeEnvelope(event.bytes).data).map(({ sha256 }) => sha256))),
  ].toSorted();
}

async function contentsOf(session: Session, settings: Settings, { runId, reportOf }: BundleRun): Promise<Contents> {
  const { ports, ledger } = session;
  const { kind } = await runOf(ports, runId);
  const selected = await runWithItsSources(session, runId, null);
  const artifacts = artifactsNamedBy(selected);
  const report = kind === 'meta' ? await reportOf(session, runId) : [];
  const signing = await signingOfExports(ports, settings);
  const beside: ArchiveEntry[] = [];
  const filesOf = async (summary: AuditFileSummary): Promise<readonly DeclaredFile[]> => {
    const { lines, unsealed, seal } = summary;
    const facts = {
      runId,
      kind,
      origin: ledger.origin,
      sleeveRuns: selected.sleeveRuns,
      lines,
      artifacts: artifacts.length,
      unsealed,
      seal,
    };
    beside.push(
      { path: 'README.txt', bytes: utf8.encode(bundleReadme({ ...facts, reported: report.length > 0, signed: signing.signer !== null })) },
      { path: verifier, bytes: await ports.packageFiles.read(verifier) },
      ...sealEntries(summary),
      ...keyEntry(summary, signing),
      ...report,
    );
    const declared = [
      ...beside.map(({ path, bytes }) => ({ path, sha256: ports.crypto.sha256Hex(bytes) })),
      ...artifacts.map((sha256) => ({ path: artifactPath(sha256), sha256 })),
    ];
    return sortedBy(declared, ({ path }) => path);
  };
  const { origin } = ledger;
  const request = {
    ...selected,
    knownAt: null,
    seal: 'first-over-all',
    origin,
    signer: signing.signer,
    positions: false,
    filesOf,
  } as const;
  const { text, summary } = await auditText(ports, request);
  const files = [...beside, { path: auditLogPath, bytes: utf8.encode(text) }];
  return { files, artifacts, summary, sleeveRuns: selected.sleeveRuns, unsignedBecause: signing.unsignedBecause };
}

/**
 * Writes everything that proves a run into one ZIP, whole or not at all: the audit file of the run, of the sleeve runs that it consumes and
 * of what became of it, checkpoint, key and proofs, artifacts, report and verifier. The log declares every other file, and the ledger's key
 * signs it. Once sealed, a run of which nothing more is decided gives the same bytes as long as the key is the same. Errors: RunUnknown,
 * ArtifactMissing, ArtifactDamaged and those of `auditLines`.
 */
export async function bundleRun(session: Session, settings: Settings, command: BundleRun): Promise<Bundle> {
  const { ports } = session;
  const { runId, file } = command;
  const { files, artifacts, summary, sleeveRuns, unsignedBecause } = await contentsOf(session, settings, command);
  const digest = (bytes: Uint8Array): string => ports.crypto.sha256Hex(bytes);
  const sums = sumsText([
    ...files.map(({ path, bytes }) => ({ path, sha256: digest(bytes) })),
    ...artifacts.map((sha256) => ({ path: artifactPath(sha256), sha256 })),
  ]);
  const byPath = new Map([...files, { path: sumsPath, bytes: utf8.encode(sums) }].map((entry) => [entry.path, entry.bytes]));
  const paths = sortedBy([...byPath.keys(), ...artifacts.map(artifactPath)], (path) => path);

  const hash = ports.crypto.runningSha256();
  const entries: Bundle['entries'][number][] = [];
  let written = 0;
  const opened = async function* (): AsyncGenerator<ArchiveEntry> {
    for (const path of paths) {
      const bytes = byPath.get(path) ?? (await ports.artifacts.get(path.slice(path.indexOf('/') + 1)));
      entries.push({ path, sha256: digest(bytes), bytes: bytes.length });
      yield { path, bytes };
    }
  };
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of ports.archives.zip(opened())) {
      hash.update(piece);
      written += piece.length;
      yield piece;
    }
  };
  await ports.files.writeWhole(file, pieces());
  const { lines, lastHash, sealedTo, unsealed } = summary;
  return {
    runId,
    file,
    sha256: toHex(hash.digest()),
    bytes: written,
    sleeveRuns,
    lines,
    lastHash,
    artifacts: artifacts.length,
    sealedTo,
    unsealed,
    unsignedBecause,
    entries,
  };
}
