import type { SuppliedProfile } from '../../../domain/allocation/imported/judgement.ts';
import type { AbsentProfile } from '../../../domain/allocation/outcomes.ts';
import type { OriginChain } from '../../../domain/audit/origin-chain.ts';
import { requireGross } from '../../../domain/risk/gross.ts';
import { commonRiskProfiles } from '../../../domain/risk/schemas.ts';
import { type CsvAsked, wordsOfReading } from '../../../domain/shared/csv-reading.ts';
import type { Sha256 } from '../../../domain/shared/hashing.ts';
import type { ComputedSleeveRun } from '../../../domain/sleeve-run/computed-run.ts';
import {
  computeImport,
  type IdentifiedImport,
  identifyImport,
  type ImportedRun,
  type ImportedSettings,
} from '../../../domain/sleeve-run/imported-run.ts';
import type { ReturnsParsers } from '../../ports/ports.ts';
import { importedSettings } from './imported-settings.ts';
import { refuseRunFile } from './json-document.ts';
import { importedPortfolios } from './portfolio-files.ts';
import type { NameMapping } from './return-file-names.ts';
import { importedStreams } from './return-streams.ts';
import { isTournament, manifestPath, returnFileName, type RunFiles, shownPath } from './run-files.ts';
import { signTestEvidence } from './sign-test.ts';
import { chainDetail, sourceChainOf } from './source-chain.ts';

export interface ImportedRunRequest extends RunFiles {
  /** Under which name the run is filed; null takes the profile that its manifest names. */
  readonly sleeve: string | null;
  readonly map: NameMapping;
  /** What was said of how CSV is read; null for nothing. */
  readonly csv: CsvAsked | null;
  readonly correction: number;
  /** Version of the rules to compute under. */
  readonly rules: number;
  /** The run directory as the user gave it, for refusals only; empty when the bytes come from the ledger. */
  readonly root: string;
}

export interface ComputedImport extends ComputedSleeveRun {
  readonly sourceChain: OriginChain;
}

/** A run directory that is read and named, and not judged. */
export interface NamedImport {
  readonly run: ImportedRun;
  readonly identified: IdentifiedImport;
  /** How its files were read, where that is not the plain way. */
  readonly notices: readonly string[];
}

const mediaTypes: Readonly<Record<string, string>> = {
  json: 'application/json',
  jsonl: 'application/jsonl',
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
};

function mediaTypeOf(path: string): string {
  return mediaTypes[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}

function namesOf({ sleeve, root }: ImportedRunRequest, settings: ImportedSettings): Pick<ImportedRun, 'sleeve' | 'profile'> {
  const profile =
    settings.profile ??
    sleeve ??
    refuseRunFile(shownPath(root, manifestPath), 'names no profile: say with --profile which one ran', 'profile');
  return { sleeve: sleeve ?? profile, profile };
}

async function readRun(request: ImportedRunRequest, parsers: ReturnsParsers, sha256: Sha256): Promise<Omit<NamedImport, 'identified'>> {
  const { files, leftAside, map, csv, correction, root } = request;
  const manifest = files.find(({ role }) => role === 'manifest') ?? refuseRunFile(shownPath(root, manifestPath), 'missing');
  const settings = importedSettings(manifest.bytes, shownPath(root, manifest.path), sha256);
  const streams = await importedStreams(files, request, parsers);
  if (streams.length === 0) refuseRunFile(shownPath(root, 'data/returns'), 'no returns of any risk profile, so the run has no as-of date');
  const kept = files.map(({ path, role, bytes }) => ({
    role,
    name: path,
    risk: role === 'returns' ? returnFileName(path, map, root).profile : null,
    bytes,
    mediaType: mediaTypeOf(path),
  }));
  const notices = streams.flatMap(({ path, series: { reading } }) =>
    reading === undefined ? [] : [`${shownPath(root, path)}: ${wordsOfReading(reading)}`],
  );
  return { run: { ...namesOf(request, settings), correction, map: { ...map }, csv, settings, files: kept, leftAside, streams }, notices };
}

/**
 * Names an imported run by its files and by what its manifest states, before anything is judged.
 * Errors: RunDirectoryInvalid, ReturnsNameAmbiguous, ReturnsFileUnreadable, PickleRefused, LimitExceeded; each names its file.
 */
export async function identifyImportedRun(request: ImportedRunRequest, parsers: ReturnsParsers, sha256: Sha256): Promise<NamedImport> {
  const { run, notices } = await readRun(request, parsers, sha256);
  return { run, identified: identifyImport(run, sha256), notices };
}

/** Refuses weights of another size than is taken. Errors: WeightsRefused; it names the file. */
function admitGross(profiles: readonly (SuppliedProfile | AbsentProfile)[], root: string, grossMax: number): void {
  for (const profile of profiles) {
    if (!('stream' in profile) || profile.portfolio === null) continue;
    const { path, weights } = profile.portfolio;
    const file = shownPath(root, path);
    requireGross(weights, grossMax, `${profile.stream.risk} in ${file}`, { file });
  }
}

/** Every known risk profile, supplied or marked absent. */
function profilesOf({ files, root, rules }: ImportedRunRequest, { streams, settings }: ImportedRun): (SuppliedProfile | AbsentProfile)[] {
  const ownRisk = settings.leaves['risk.profile'];
  const portfolios = importedPortfolios(files, streams, typeof ownRisk === 'string' ? ownRisk : null, { root, rules });
  return commonRiskProfiles.map((risk) => {
    const stream = streams.find((candidate) => candidate.risk === risk);
    return stream === undefined
      ? { status: 'absent', risk, reason: `no return file for ${risk} in data/returns` }
      : { stream, portfolio: portfolios.get(risk) ?? null };
  });
}

/**
 * Computes a run that is read and named already. `grossMax` bounds the weights of a new run; null takes those of a recorded one as they
 * stand. Errors: ExchangeUnknown, WeightsRefused, those of the portfolio files; each names its file.
 */
export function computeNamedImport(
  request: ImportedRunRequest,
  { run, identified }: NamedImport,
  sha256: Sha256,
  grossMax: number | null,
): ComputedImport {
  const { files, leftAside, root, rules } = request;
  const sourceChain = sourceChainOf(files, sha256, rules);
  const profiles = profilesOf(request, run);
  if (grossMax !== null) admitGross(profiles, root, grossMax);
  const evidence = {
    profiles,
    greatestPositions: leftAside.find(isTournament) ?? null,
    reportedIntegrity: null,
    signTest: signTestEvidence(files, root),
    sourceChain: sourceChain.status,
    sourceChainDetail: chainDetail(sourceChain),
    shown: (path: string) => shownPath(root, path),
  };
  return { ...computeImport(run, evidence, rules, identified), sourceChain };
}

/**
 * Computes a sleeve run from the files of a Python run directory: streams and portfolios as they stand, the evidence that the directory
 * holds, and the grade that it earns. Nothing but the bytes counts: replay calls it again with those that the ledger kept.
 * Errors: those of `identifyImportedRun` and `computeNamedImport`.
 */
export async function computeImportedRun(request: ImportedRunRequest, parsers: ReturnsParsers, sha256: Sha256): Promise<ComputedImport> {
  return computeNamedImport(request, await identifyImportedRun(request, parsers, sha256), sha256, null);
}
