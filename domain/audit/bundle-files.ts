import { sortedBy } from '../shared/order.ts';
import { type Sha256, toHex } from '../shared/hashing.ts';
import type { AuditFault, ReportAuditFault } from './audit-faults.ts';
import type { DeclaredFile } from './trailer.ts';
import type { BesideLog } from './verify-audit.ts';

export const auditLogPath = 'audit.jsonl';
export const sumsPath = 'SHA256SUMS';

/** Files beside a log, by their SHA-256: all of an archive, or those of a folder that the log declares. */
export interface FilesBeside {
  readonly hashes: ReadonlyMap<string, string>;
  /** Of the log itself. */
  readonly logHash: string;
  /** Whether nothing else may be there. */
  readonly closed: boolean;
}

/** The list of checksums as `sha256sum -c` reads it. */
export function sumsText(files: readonly DeclaredFile[]): string {
  return sortedBy(files, ({ path }) => path)
    .map(({ path, sha256 }) => `${sha256}  ${path}\n`)
    .join('');
}

/** Judges every file of a bundle: those declared, those that events name, and the list of checksums. */
export function checkBundleFiles(
  sha256: Sha256,
  { trailerLine, files, artifacts }: BesideLog,
  { hashes, logHash, closed }: FilesBeside,
): readonly AuditFault[] {
  const faults: AuditFault[] = [];
  const report: ReportAuditFault = (line, kind, expected, actual) => void faults.push({ line, kind, expected, actual });
  const others = [...hashes]
    .map(([path, hash]) => ({ path, sha256: hash }))
    .filter(({ path }) => path !== auditLogPath && path !== sumsPath);
  // A log of format 1 declares nothing: what is there is then held against the names that it goes by.
  const declared = files ?? others;
  const byPath = new Map(declared.map((file) => [file.path, file.sha256]));
  const check = (path: string, expected: string): void => {
    const actual = hashes.get(path);
    if (actual === undefined) report(trailerLine, 'file_missing', `${path} ${expected}`, 'no such file');
    else if (actual !== expected) report(trailerLine, 'file_changed', `${path} ${expected}`, actual);
  };
  for (const [path, expected] of byPath) {
    check(path, expected);
    const address = /^artifacts\/(.*)$/.exec(path)?.[1];
    if (address !== undefined && address !== expected) report(trailerLine, 'file_changed', `artifact ${address}`, expected);
  }
  for (const [address, line] of artifacts)
    if (!byPath.has(`artifacts/${address}`)) report(line, 'artifact_missing', `artifacts/${address}`, 'no such file is declared');
  if (closed) for (const { path } of others) if (!byPath.has(path)) report(trailerLine, 'undeclared', 'a declared file', path);
  const sums = sumsText([...new Map([...byPath, [auditLogPath, logHash]])].map(([path, hash]) => ({ path, sha256: hash })));
  check(sumsPath, toHex(sha256(new TextEncoder().encode(sums))));
  return faults;
}
