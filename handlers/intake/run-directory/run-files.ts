import { commonRiskProfiles } from '../../../domain/risk/schemas.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { limits } from '../../../domain/shared/limits.ts';
import type { ImportedInput } from '../../../domain/sleeve-run/events.ts';
import type { RunDirectory } from '../../ports/ports.ts';
import { refuseRunFile } from './json-document.ts';
import { type NameMapping, parseReturnFileName, type ReturnFileName } from './return-file-names.ts';

export type RunFileRole = ImportedInput['role'];

/** A file of a run directory, whole. */
export interface RunFile {
  /** Relative to the run directory. */
  readonly path: string;
  readonly role: RunFileRole;
  readonly bytes: Uint8Array;
}

export interface RunFiles {
  /** In code-unit order of their paths. */
  readonly files: readonly RunFile[];
  /** Files that could be taken for evidence and are not read. */
  readonly leftAside: readonly string[];
}

export const manifestPath = 'config/resolved_manifest.json';
const returnsFolder = 'data/returns/';
const auditPath = 'audit.jsonl';
const signTest = /^data\/directional_sign_test[a-z_]*\.json$/;
/** Holds the five greatest positions of a window only: never a portfolio. */
const tournament = /^(?:data\/)?tournament_results\.(?:json|csv)$/;

/** Where a portfolio is looked for, in this order. */
export const portfolioPaths = [
  'data/portfolio_flattened.json',
  'portfolio_flattened.json',
  'data/portfolio_optimized_v2.json',
  'portfolio_optimized_v2.json',
] as const;

export function isTournament(path: string): boolean {
  return tournament.test(path);
}

/** A return file's name, refusals naming the whole path. Errors: ReturnsNameAmbiguous, RunDirectoryInvalid. */
export function returnFileName(path: string, map: NameMapping, root: string): ReturnFileName {
  try {
    return parseReturnFileName(path.slice(path.lastIndexOf('/') + 1), { map });
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw new LedgerError(error.code, error.message, { evidence: error.evidence, at: { ...error.at, file: shownPath(root, path) } });
  }
}

/** A file as the user finds it. */
export function shownPath(root: string, path: string): string {
  return root === '' ? path : `${root}/${path}`;
}

/** What a file is read as; null leaves it aside. */
function roleOf(path: string, map: NameMapping, root: string): RunFileRole | null {
  if (path === manifestPath) return 'manifest';
  if (path === auditPath) return 'sourceAudit';
  if ((portfolioPaths as readonly string[]).includes(path)) return 'portfolio';
  if (signTest.test(path)) return 'signTest';
  if (!path.startsWith(returnsFolder) || path.includes('/', returnsFolder.length) || !/\.(?:pkl|pickle|parquet|csv)$/.test(path))
    return null;
  const { profile } = returnFileName(path, map, root);
  return (commonRiskProfiles as readonly string[]).includes(profile) ? 'returns' : null;
}

function refuseSize(file: string, what: string, found: number, max: number): never {
  throw new LedgerError('LimitExceeded', `${file}: ${found} bytes${what}, at most ${max} are read`, {
    evidence: { found, max },
    at: { file },
  });
}

/**
 * Text that is parsed here: a JSON document takes up to 32 times its length when it is parsed (test/fault/import-text.test.ts), so a longer
 * one is refused, and so is a log with a line as long. Tables are bounded by the process that reads them.
 */
function bounded(bytes: Uint8Array, role: RunFileRole, file: string): Uint8Array {
  const max = limits.manifestBytesMax;
  if (role === 'manifest' || role === 'portfolio' || role === 'signTest')
    return bytes.length <= max ? bytes : refuseSize(file, '', bytes.length, max);
  if (role !== 'sourceAudit') return bytes;
  let from = 0;
  for (let at = 0; at <= bytes.length; at++) {
    if (at < bytes.length && bytes[at] !== 0x0a) continue;
    if (at - from > max) refuseSize(file, ' in a line', at - from, max);
    from = at + 1;
  }
  return bytes;
}

/**
 * Reads what an import takes from a run directory (docs/how-to/import-a-run.md#what-the-directory-must-hold) and nothing else.
 * Errors: RunDirectoryInvalid when the resolved manifest is missing or a return file has a name of no known order, ReturnsNameAmbiguous;
 * those of the directory.
 */
export async function readRunFiles(directory: RunDirectory, map: NameMapping): Promise<RunFiles> {
  const files: RunFile[] = [];
  const leftAside: string[] = [];
  let total = 0;
  for (const { path, bytes } of await directory.list()) {
    const role = roleOf(path, map, directory.root);
    if (role !== null) total += bytes;
    if (total > limits.runBytesMax) refuseSize(directory.root, ' in what is read of the run', total, limits.runBytesMax);
    if (role !== null) files.push({ path, role, bytes: bounded(await directory.readBytes(path), role, shownPath(directory.root, path)) });
    else if (path.startsWith(returnsFolder) || isTournament(path)) leftAside.push(path);
  }
  if (!files.some(({ role }) => role === 'manifest'))
    refuseRunFile(shownPath(directory.root, manifestPath), 'missing; it says which settings made the run');
  return { files, leftAside };
}
