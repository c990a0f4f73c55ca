import type { OriginChain } from '../../domain/audit/origin-chain.ts';
import { draftEvent } from '../../domain/catalogue.ts';
import { requireRules } from '../../domain/run/rules.ts';
import { riskProfiles } from '../../domain/risk/schemas.ts';
import type { DraftEvent } from '../../domain/shared/envelope.ts';
import { hashOfJson, type Sha256 } from '../../domain/shared/hashing.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { gradeRun } from '../../domain/sleeve/eligibility.ts';
import { ArtifactShelf } from '../artifact-files.ts';
import { sleeveRunId } from '../identity.ts';
import { absentProfile, importedProfile, type ProfileContext } from '../import/import-profile.ts';
import { type ImportedSettings, importedSettings } from '../import/imported-settings.ts';
import { refuseRunFile } from '../import/json-document.ts';
import { importedPortfolios } from '../import/portfolio-files.ts';
import type { NameMapping } from '../import/return-file-names.ts';
import { type ImportedStream, importedStreams } from '../import/return-streams.ts';
import { calendarsHeld, chainDetail, sourceChainOf, streamIntegrity } from '../import/run-evidence.ts';
import { manifestPath, returnFileName, type RunFiles, shownPath } from '../import/run-files.ts';
import { signTestEvidence } from '../import/sign-test.ts';
import type { ReturnsParsers } from '../ports.ts';
import { type ComputedSleeveRun, eligibilityDraft } from './sleeve-run.ts';

export interface ImportedRunRequest extends RunFiles {
  /** Under which name the run is filed; null takes the profile that its manifest names. */
  readonly sleeve: string | null;
  readonly map: NameMapping;
  readonly correction: number;
  /** Version of the rules to compute under. */
  readonly rules: number;
  /** The run directory as the user gave it, for refusals only; empty when the bytes come from the ledger. */
  readonly root: string;
}

export interface ComputedImport extends ComputedSleeveRun {
  readonly sourceChain: OriginChain;
}

const mediaTypes: Readonly<Record<string, string>> = { json: 'application/json', jsonl: 'application/jsonl', csv: 'text/csv', parquet: 'application/vnd.apache.parquet' };

function mediaTypeOf(path: string): string {
  return mediaTypes[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}

/** The session up to which the run speaks: the last date of its hrp returns, without which it is ineligible anyway; else the last of any stream. */
function asOfOf(streams: readonly ImportedStream[], root: string): string {
  if (streams.length === 0) return refuseRunFile(shownPath(root, 'data/returns'), 'no returns of any risk profile, so no date that the run speaks of');
  const lasts = streams.map(({ series }) => series.dates.at(-1)!);
  const hrp = streams.findIndex(({ risk }) => risk === 'hrp');
  return hrp >= 0 ? lasts[hrp]! : lasts.toSorted(byCodeUnits).at(-1)!;
}

interface Opening {
  readonly runId: string;
  readonly sleeve: string;
  readonly profile: string;
  readonly payloadHash: string;
  readonly draft: DraftEvent;
}

function namesOf(request: ImportedRunRequest, settings: ImportedSettings): Pick<Opening, 'sleeve' | 'profile'> {
  const { sleeve, root } = request;
  const profile = settings.profile ?? sleeve ?? refuseRunFile(shownPath(root, manifestPath), 'names no profile: say with --profile which one ran', 'profile');
  return { sleeve: sleeve ?? profile, profile };
}

/** The opening fact: what the run is called and what it was read from. */
function opening(request: ImportedRunRequest, settings: ImportedSettings, asOf: string, shelf: ArtifactShelf, sha256: Sha256): Opening {
  const { files, leftAside, map, correction, root, rules } = request;
  const { sleeve, profile } = namesOf(request, settings);
  const { currency, currencyTreatment } = settings;
  const definition = { profile, leaves: settings.leaves, leftAside };
  const inputs = files.map(({ path, role, bytes }) => ({
    role,
    name: path,
    risk: role === 'returns' ? returnFileName(path, map, root).profile : null,
    document: shelf.verbatim(bytes, mediaTypeOf(path)),
  }));
  const payloadHash = hashOfJson(sha256, { definition: { kind: 'imported', ...definition }, currency, currencyTreatment, map, inputs: inputs.map(({ role, name, document }) => [role, name, document.sha256]) });
  const runId = sleeveRunId(sha256, { sleeve, profile, asOf, correction, payloadHash });
  const draft = draftEvent('SleeveRunOpened', {
    runId,
    sleeve,
    profile,
    asOf,
    correction,
    source: 'import',
    temporalId: settings.temporalId,
    rules,
    definition: shelf.document('imported-definition', definition),
    currency,
    currencyTreatment,
    options: { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: { ...map } },
    inputs,
  });
  return { runId, payloadHash, draft, sleeve, profile };
}

/**
 * Computes a sleeve run from the files of a Python run directory (dossier 2): streams and portfolios as they stand, the evidence that the directory holds,
 * and the grade that it earns. Pure: replay calls it again with the bytes that the ledger kept. Every stream of a risk profile that we know is imported or told absent.
 * Errors: RunDirectoryInvalid, ReturnsNameAmbiguous, ReturnsFileUnreadable, PickleRefused, ExchangeUnknown, LimitExceeded; each names its file.
 */
export function computeImportedRun(request: ImportedRunRequest, parsers: ReturnsParsers, sha256: Sha256): ComputedImport {
  const { files, map, root, correction, leftAside } = request;
  requireRules(request.rules);
  const manifest = files.find(({ role }) => role === 'manifest') ?? refuseRunFile(shownPath(root, manifestPath), 'missing');
  const settings = importedSettings(manifest.bytes, shownPath(root, manifest.path), sha256);
  const streams = importedStreams(files, map, parsers, root);
  const asOf = asOfOf(streams, root);
  const ownRisk = settings.leaves['risk.profile'];
  const portfolios = importedPortfolios(files, streams, typeof ownRisk === 'string' ? ownRisk : null, root);
  const calendars = calendarsHeld(portfolios.values(), root);
  const shelf = new ArtifactShelf(sha256);
  const { draft: opened, runId, payloadHash, sleeve, profile } = opening(request, settings, asOf, shelf, sha256);
  const context: ProfileContext = { asOf, calendars, leftAside, shelf };
  const profiles = riskProfiles.map((risk) => {
    const stream = streams.find((candidate) => candidate.risk === risk);
    return stream === undefined ? absentProfile(risk) : importedProfile(stream, portfolios.get(risk) ?? null, context);
  });
  const sourceChain = sourceChainOf(files, sha256);
  const { grade, finding } = gradeRun({
    ...streamIntegrity(streams, calendars),
    profiles: profiles.map(({ graded }) => graded),
    signTest: signTestEvidence(files, root),
    sourceChain: sourceChain.status,
    sourceChainDetail: chainDetail(sourceChain),
  });
  const risks = profiles.filter(({ graded }) => graded.status === 'native').map(({ graded }) => graded.risk);
  return {
    runId,
    asOf,
    payloadHash,
    drafts: [opened, ...profiles.map(({ draft }) => draft), eligibilityDraft(grade, finding)],
    shelf,
    grade,
    reasons: finding.reasons,
    acceptance: grade === 'INELIGIBLE' ? null : { runId, sleeve, profile, asOf, correction, payloadHash, eligibility: grade, risks },
    sourceChain,
  };
}
