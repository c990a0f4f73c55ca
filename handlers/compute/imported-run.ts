import { verifyOriginChain, type OriginChain } from '../../domain/audit/origin-chain.ts';
import { draftEvent } from '../../domain/catalogue.ts';
import { physicalSymbol } from '../../domain/meta/flatten.ts';
import { annualisationDays, type CalendarId, calendarOfSymbol, isAllowed } from '../../domain/returns/calendar.ts';
import { computeMetrics } from '../../domain/returns/metrics.ts';
import { type RiskProfile, riskProfiles } from '../../domain/risk/schemas.ts';
import type { Json } from '../../domain/shared/canonical-json.ts';
import type { DraftEvent } from '../../domain/shared/envelope.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { hashOfJson, type Sha256 } from '../../domain/shared/hashing.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { type EligibilityInput, gradeRun } from '../../domain/sleeve/eligibility.ts';
import { ArtifactShelf, seriesAsTable } from '../artifact-files.ts';
import { sleeveRunId } from '../identity.ts';
import { type ImportedSettings, importedSettings } from '../import/imported-settings.ts';
import { refuseRunFile } from '../import/json-document.ts';
import { type ImportedPortfolio, importedPortfolios } from '../import/portfolio-files.ts';
import type { NameMapping } from '../import/return-file-names.ts';
import { type ImportedStream, importedStreams } from '../import/return-streams.ts';
import { isTournament, manifestPath, returnFileName, type RunFile, type RunFiles, shownPath } from '../import/run-files.ts';
import { signTestEvidence } from '../import/sign-test.ts';
import type { ReturnsParsers } from '../ports.ts';
import { type ComputedSleeveRun, eligibilityDraft } from './sleeve-run.ts';

export interface ImportedRunRequest extends RunFiles {
  /** Under which name the run is filed; null takes the profile that its manifest names. */
  readonly sleeve: string | null;
  readonly map: NameMapping;
  readonly correction: number;
  /** The run directory as the user gave it, for refusals only; empty when the bytes come from the ledger. */
  readonly root: string;
}

/** The definition of an imported run: what its resolved manifest says and no default of ours, and which files were not read. */
export interface ImportedDefinition {
  readonly kind: 'imported';
  readonly profile: string;
  readonly leaves: Readonly<Record<string, Json>>;
  readonly leftAside: readonly string[];
}

export interface ComputedImport extends ComputedSleeveRun {
  readonly sourceChain: OriginChain;
}

/** Gross weights further from 1 than this degrade the profile: the conservation tolerance of the specification. */
const grossTolerance = 1e-6;

const mediaTypes: Readonly<Record<string, string>> = { json: 'application/json', jsonl: 'application/jsonl', csv: 'text/csv', parquet: 'application/vnd.apache.parquet' };

function mediaTypeOf(path: string): string {
  return mediaTypes[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}

function chainOf(files: readonly RunFile[], sha256: Sha256): OriginChain {
  const file = files.find(({ role }) => role === 'sourceAudit');
  return file === undefined ? { status: 'absent', lines: 0, lastHash: null } : verifyOriginChain(new TextDecoder().decode(file.bytes).split('\n'), sha256);
}

function chainDetail({ status, lines, lastHash, brokenAt, reason }: OriginChain): string {
  if (status === 'absent') return 'the run has no audit.jsonl';
  return status === 'verified' ? `audit.jsonl: ${lines} lines chained, the last ${lastHash}` : `audit.jsonl breaks at line ${brokenAt}: ${reason}`;
}

/** The calendars of what the portfolios hold. Errors: ExchangeUnknown naming the portfolio file. */
function calendarsHeld(portfolios: Iterable<ImportedPortfolio>, root: string): CalendarId[] {
  const calendars = new Set<CalendarId>();
  for (const { path, weights } of portfolios) {
    for (const { symbol } of weights) {
      try {
        calendars.add(calendarOfSymbol(physicalSymbol(symbol).symbol));
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error;
        throw new LedgerError(error.code, `${shownPath(root, path)}: ${error.message}`, { evidence: { symbol }, at: { file: shownPath(root, path), path: symbol } });
      }
    }
  }
  return [...calendars].toSorted(byCodeUnits);
}

/**
 * What the streams themselves show: that they were readable says finite returns on ascending dates. A row on a day on which nothing held trades may be
 * padding or may come from something sold since; the run does not say, so the answer is unknown.
 */
function integrityOf(streams: readonly ImportedStream[], calendars: readonly CalendarId[]): Pick<EligibilityInput, 'integrity' | 'integrityDetail'> {
  const rows = streams.reduce((sum, { series }) => sum + series.dates.length, 0);
  const seen = `${streams.length} streams with ${rows} finite returns on ascending dates`;
  if (calendars.length === 0) return { integrity: 'unknown', integrityDetail: `${seen}; without a portfolio their calendar is not known` };
  const off = streams.flatMap(({ path, series }) => series.dates.filter((date) => !calendars.some((calendar) => isAllowed(calendar, date))).map((date) => `${path} ${date}`));
  if (off.length > 0) return { integrity: 'unknown', integrityDetail: `${seen}; ${off.length} on days on which nothing held trades (${calendars.join(', ')}), the first ${off[0]}` };
  return { integrity: 'passed', integrityDetail: `${seen}, all on days allowed by ${calendars.join(', ')}` };
}

type GradedProfile = EligibilityInput['profiles'][number];

interface ImportedProfile {
  readonly draft: DraftEvent;
  readonly graded: GradedProfile;
}

function absentProfile(risk: RiskProfile): ImportedProfile {
  return { draft: draftEvent('SleeveProfileAbsent', { risk, reason: `no return file for ${risk} in data/returns` }), graded: { risk, status: 'absent', hasWeights: false, rows: 0 } };
}

function failedProfile(risk: RiskProfile, error: LedgerError): ImportedProfile {
  const evidence = JSON.parse(JSON.stringify(error.evidence)) as Record<string, unknown>;
  const draft = draftEvent('SleeveProfileFailed', { risk, code: error.code, reason: error.message, evidence });
  return { draft, graded: { risk, status: 'failed', hasWeights: false, rows: 0, problems: [error.message] } };
}

interface ProfileContext {
  readonly asOf: string;
  readonly calendars: readonly CalendarId[];
  readonly leftAside: readonly string[];
  readonly shelf: ArtifactShelf;
}

function problemsOf(stream: ImportedStream, portfolio: ImportedPortfolio | null, { asOf, leftAside }: ProfileContext): string[] {
  const last = stream.series.dates.at(-1)!;
  const problems = last === asOf ? [] : [`its returns end on ${last}, the run on ${asOf}`];
  if (portfolio === null) {
    const results = leftAside.find(isTournament);
    return results === undefined ? problems : [...problems, `incomplete portfolio: ${results} lists the greatest positions only`];
  }
  const { grossSum, path } = portfolio;
  return Math.abs(grossSum - 1) <= grossTolerance ? problems : [...problems, `the gross weights in ${path} sum to ${grossSum}`];
}

function importedProfile(stream: ImportedStream, portfolio: ImportedPortfolio | null, context: ProfileContext): ImportedProfile {
  const { risk, series, path, engine, simulator } = stream;
  const { calendars, shelf } = context;
  try {
    if (calendars.length === 0) throw new LedgerError('PortfolioMissing', 'no portfolio for any profile: neither holdings nor calendar are known');
    const metrics = computeMetrics(series, annualisationDays(calendars));
    const draft = draftEvent('SleeveProfileImported', {
      risk,
      weights: portfolio?.weights ?? null,
      weightsFrom: portfolio?.path ?? null,
      weightsSum: portfolio?.grossSum ?? null,
      returnsFrom: path,
      stream: { engine, simulator },
      outOfSample: {
        rows: series.dates.length,
        first: series.dates[0]!,
        last: series.dates.at(-1)!,
        totalReturn: metrics.total,
        returns: shelf.table(seriesAsTable(series), calendars),
        metrics,
      },
    });
    const problems = problemsOf(stream, portfolio, context);
    return { draft, graded: { risk, status: 'native', hasWeights: portfolio !== null, rows: series.dates.length, problems } };
  } catch (error) {
    if (error instanceof LedgerError && (error.code === 'Bankruptcy' || error.code === 'PortfolioMissing')) return failedProfile(risk, error);
    throw error;
  }
}

/** The session up to which the run speaks: the last date of its hrp returns, without which it is ineligible anyway; else the last of any stream. */
function asOfOf(streams: readonly ImportedStream[], root: string): string {
  if (streams.length === 0) return refuseRunFile(shownPath(root, 'data/returns'), 'no returns of any risk profile, so no date that the run speaks of');
  const lasts = streams.map(({ series }) => series.dates.at(-1)!);
  const hrp = streams.findIndex(({ risk }) => risk === 'hrp');
  return hrp >= 0 ? lasts[hrp]! : lasts.toSorted(byCodeUnits).at(-1)!;
}

function namesOf(request: ImportedRunRequest, settings: ImportedSettings): { readonly sleeve: string; readonly profile: string } {
  const { sleeve, root } = request;
  const profile = settings.profile ?? sleeve ?? refuseRunFile(shownPath(root, manifestPath), 'names no profile: say with --profile which one ran', 'profile');
  return { sleeve: sleeve ?? profile, profile };
}

/** Everything of the run that is known before its profiles: names, as-of date, the opening fact. */
function opening(request: ImportedRunRequest, settings: ImportedSettings, asOf: string, shelf: ArtifactShelf, sha256: Sha256): { readonly runId: string; readonly payloadHash: string; readonly draft: DraftEvent } & ReturnType<typeof namesOf> {
  const { files, leftAside, map, correction, root } = request;
  const { sleeve, profile } = namesOf(request, settings);
  const { currency, currencyTreatment } = settings;
  const definition: ImportedDefinition = { kind: 'imported', profile, leaves: settings.leaves, leftAside };
  const inputs = files.map(({ path, role, bytes }) => ({
    role,
    name: path,
    risk: role === 'returns' ? returnFileName(path, map, root).profile : null,
    document: shelf.verbatim(bytes, mediaTypeOf(path)),
  }));
  const payloadHash = hashOfJson(sha256, { definition, currency, currencyTreatment, map, inputs: inputs.map(({ role, name, document }) => [role, name, document.sha256]) });
  const runId = sleeveRunId(sha256, { sleeve, profile, asOf, correction, payloadHash });
  const draft = draftEvent('SleeveRunOpened', {
    runId,
    sleeve,
    profile,
    asOf,
    correction,
    source: 'import',
    temporalId: settings.temporalId,
    definition: shelf.document(definition),
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
  const sourceChain = chainOf(files, sha256);
  const { grade, finding } = gradeRun({
    ...integrityOf(streams, calendars),
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
