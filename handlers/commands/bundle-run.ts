import { formatVerifierKey } from '../../domain/audit/signed-note.ts';
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
import { runWithItsSources } from '../audit/selection.ts';

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
  readonly entries: readonly { readonly path: string; readonly sha256: string; readonly bytes: number }[];
}

/** Gives the report of a meta run, as files of the archive. */
export type ReportOf = (session: Session, runId: string) => Promise<readonly ArchiveEntry[]>;

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

function sealEntries({ seal, proofs }: AuditFileSummary): ArchiveEntry[] {
  if (seal === null) return [];
  const { treeSize, root, checkpoint, key } = seal;
  return [
    { path: 'checkpoint.txt', bytes: utf8.encode(checkpoint) },
    { path: 'verifier-key.txt', bytes: utf8.encode(`${formatVerifierKey(key)}\n`) },
    { path: 'proofs.json', bytes: canonicalBytes({ treeSize, root, proofs }) },
  ];
}

/** The files of the archive without the artifacts, and the addresses of the artifacts. */
async function contentsOf(
  session: Session,
  runId: string,
  reportOf: ReportOf,
): Promise<{
  readonly files: readonly ArchiveEntry[];
  readonly artifacts: readonly string[];
  readonly summary: AuditFileSummary;
  readonly sleeveRuns: readonly string[];
}> {
  const { ports, ledger } = session;
  const { kind } = await runOf(ports, runId);
  const selected = await runWithItsSources(session, runId, null);
  const { text, summary } = await auditText(ports, { ...selected, knownAt: null, seal: 'first-over-all' });
  const named = new Set(
    selected.events.flatMap((event) => artifactReferencesIn(decodeEnvelope(event.bytes).data).map(({ sha256 }) => sha256)),
  );
  const report = kind === 'meta' ? await reportOf(session, runId) : [];
  const { lines, unsealed, seal } = summary;
  const facts = {
    runId,
    kind,
    origin: ledger.origin,
    sleeveRuns: selected.sleeveRuns,
    lines,
    artifacts: named.size,
    unsealed,
    seal,
    reported: report.length > 0,
  };
  const files = [
    { path: 'README.txt', bytes: utf8.encode(bundleReadme(facts)) },
    { path: 'audit.jsonl', bytes: utf8.encode(text) },
    { path: verifier, bytes: await ports.packageFiles.read(verifier) },
    ...sealEntries(summary),
    ...report,
  ];
  return { files, artifacts: [...named].toSorted(), summary, sleeveRuns: selected.sleeveRuns };
}

/**
 * Writes everything that proves a run into one ZIP, whole or not at all: the audit file of the run and of the sleeve runs that it
 * consumes, checkpoint, key and proofs, artifacts, report and verifier. Once sealed, a run gives the same bytes forever. Errors:
 * RunUnknown, ArtifactMissing, ArtifactDamaged and those of `auditLines`.
 */
export async function bundleRun(session: Session, runId: string, file: string, reportOf: ReportOf): Promise<Bundle> {
  const { ports } = session;
  const { files, artifacts, summary, sleeveRuns } = await contentsOf(session, runId, reportOf);
  const digest = (bytes: Uint8Array): string => toHex(ports.crypto.sha256(bytes));
  const sums = sortedBy(
    [
      ...files.map(({ path, bytes }) => ({ path, sha256: digest(bytes) })),
      ...artifacts.map((sha256) => ({ path: `artifacts/${sha256}`, sha256 })),
    ],
    ({ path }) => path,
  );
  const sumsFile = { path: 'SHA256SUMS', bytes: utf8.encode(sums.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('')) };
  const byPath = new Map([...files, sumsFile].map((entry) => [entry.path, entry.bytes]));
  const paths = sortedBy([...byPath.keys(), ...artifacts.map((sha256) => `artifacts/${sha256}`)], (path) => path);

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
    entries,
  };
}
