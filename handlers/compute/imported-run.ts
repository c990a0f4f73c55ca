import type { OriginChain } from '../../domain/audit/origin-chain.ts';
import { draftEvent } from '../../domain/catalogue.ts';
import { requireRules } from '../../domain/run/rules.ts';
import { riskProfiles } from '../../domain/risk/schemas.ts';
import { hashOfJson, type Sha256 } from '../../domain/shared/hashing.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { gradeRun } from '../../domain/sleeve/eligibility.ts';
import type { SleeveRunOpened } from '../../domain/sleeve/events.ts';
import type { SleeveRunDraft } from '../../domain/sleeve/run-slice.ts';
import { ArtifactShelf } from '../artifact-files.ts';
import { type Names, type SleeveRunName, sleeveRunNames } from '../identity.ts';
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

/** An import that is named and not computed. */
export interface IdentifiedImport {
  readonly names: Names<SleeveRunName>;
  readonly asOf: string;
  readonly sleeve: string;
  readonly profile: string;
  readonly settings: ImportedSettings;
  readonly streams: readonly ImportedStream[];
  readonly inputs: SleeveRunOpened['inputs'];
  readonly shelf: ArtifactShelf;
}

function namesOf(request: ImportedRunRequest, settings: ImportedSettings): Pick<IdentifiedImport, 'sleeve' | 'profile'> {
  const { sleeve, root } = request;
  const profile = settings.profile ?? sleeve ?? refuseRunFile(shownPath(root, manifestPath), 'names no profile: say with --profile which one ran', 'profile');
  return { sleeve: sleeve ?? profile, profile };
}

/**
 * Names an imported run by its files and by what its manifest states, before anything is judged. The rules are no part of it, and no
 * default of ours.
 * Errors: RunDirectoryInvalid, ReturnsNameAmbiguous, ReturnsFileUnreadable, PickleRefused, LimitExceeded; each names its file.
 */
export function identifyImportedRun(request: ImportedRunRequest, parsers: ReturnsParsers, sha256: Sha256): IdentifiedImport {
  const { files, leftAside, map, correction, root } = request;
  const manifest = files.find(({ role }) => role === 'manifest') ?? refuseRunFile(shownPath(root, manifestPath), 'missing');
  const settings = importedSettings(manifest.bytes, shownPath(root, manifest.path), sha256);
  const streams = importedStreams(files, map, parsers, root);
  const asOf = asOfOf(streams, root);
  const { sleeve, profile } = namesOf(request, settings);
  const { currency, currencyTreatment, leavesOfVersion1: leaves } = settings;
  const shelf = new ArtifactShelf(sha256);
  const inputs = files.map(({ path, role, bytes }) => ({
    role,
    name: path,
    risk: role === 'returns' ? returnFileName(path, map, root).profile : null,
    document: shelf.verbatim(bytes, mediaTypeOf(path)),
  }));
  const definition = { kind: 'imported', profile, leaves, leftAside };
  const payloadHash = hashOfJson(sha256, { definition, currency, currencyTreatment, map, inputs: inputs.map(({ role, name, document }) => [role, name, document.sha256]) });
  return { names: sleeveRunNames(sha256, { sleeve, profile, asOf, correction }, [payloadHash]), asOf, sleeve, profile, settings, streams, inputs, shelf };
}

/** The opening fact: what the run is called and what it was read from. */
function opening({ leftAside, map, correction, rules }: ImportedRunRequest, { names, asOf, sleeve, profile, settings, inputs, shelf }: IdentifiedImport): SleeveRunDraft {
  return draftEvent('SleeveRunOpened', {
    runId: names[0].runId,
    sleeve,
    profile,
    asOf,
    correction,
    source: 'import',
    temporalId: settings.temporalId,
    rules: requireRules(rules),
    definition: shelf.document('imported-definition', { profile, leaves: settings.leaves, leftAside }),
    currency: settings.currency,
    currencyTreatment: settings.currencyTreatment,
    options: { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: { ...map } },
    inputs,
  });
}

/**
 * Computes a sleeve run from the files of a Python run directory (dossier 2): streams and portfolios as they stand, the evidence that the directory holds,
 * and the grade that it earns. Pure: replay calls it again with the bytes that the ledger kept. Every stream of a risk profile that we know is imported or told absent.
 * Errors: those of `identifyImportedRun`; ExchangeUnknown; each names its file.
 */
export function computeImportedRun(request: ImportedRunRequest, parsers: ReturnsParsers, sha256: Sha256, known: IdentifiedImport | null = null): ComputedImport {
  const { files, root, correction, leftAside } = request;
  const named = known ?? identifyImportedRun(request, parsers, sha256);
  const { names, asOf, sleeve, profile, settings, streams, shelf } = named;
  const ownRisk = settings.leaves['risk.profile'];
  const portfolios = importedPortfolios(files, streams, typeof ownRisk === 'string' ? ownRisk : null, root);
  const calendars = calendarsHeld(portfolios.values(), root);
  const opened = opening(request, named);
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
    ...names[0],
    names,
    asOf,
    drafts: [opened, ...profiles.map(({ draft }) => draft), eligibilityDraft(grade, finding)],
    shelf,
    grade,
    reasons: finding.reasons,
    acceptance: grade === 'INELIGIBLE' ? null : { ...names[0], sleeve, profile, asOf, correction, eligibility: grade, risks },
    sourceChain,
  };
}
