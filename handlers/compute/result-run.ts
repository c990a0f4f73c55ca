import { draftEvent } from '../../domain/catalogue.ts';
import { temporalIdPath } from '../../domain/meta/parity-policy.ts';
import type { CalendarId } from '../../domain/returns/calendar.ts';
import type { ReturnSeries } from '../../domain/returns/series.ts';
import { parseTableText } from '../../domain/returns/table-text.ts';
import { requireRules } from '../../domain/run/rules.ts';
import { type RiskProfile, riskProfiles } from '../../domain/risk/schemas.ts';
import type { DocumentReference } from '../../domain/shared/artifact-reference.ts';
import type { Json } from '../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Sha256 } from '../../domain/shared/hashing.ts';
import { sortedBy } from '../../domain/shared/order.ts';
import { type EligibilityInput, gradeRun } from '../../domain/sleeve/eligibility.ts';
import type { SleeveRunDraft } from '../../domain/sleeve/run-slice.ts';
import { ArtifactShelf } from '../artifact-files.ts';
import { type Names, type SleeveRunName, sleeveRunNames } from '../identity.ts';
import { type ImportedProfile, importedProfile } from '../import/import-profile.ts';
import { temporalIdOf } from '../import/imported-settings.ts';
import type { ImportedPortfolio } from '../import/portfolio-files.ts';
import type { ImportedStream } from '../import/return-streams.ts';
import { calendarsHeld, streamIntegrity } from '../import/run-evidence.ts';
import { assertReturns, inlineSeries } from '../messages/result-rules.ts';
import { isReferenced, type ReferencedReturns, type ResultProfile, type SleeveResult } from '../messages/sleeve-result.ts';
import { refuseMessage } from '../messages/strict-json.ts';
import { type ComputedSleeveRun, eligibilityDraft } from './sleeve-run.ts';

/** Bytes of the artifacts that a result refers to, by address. */
export type ReferencedArtifacts = ReadonlyMap<string, Uint8Array>;

/** Addresses that must be at hand before a result can be computed. */
export function referencesOf(result: SleeveResult): string[] {
  return result.profiles.flatMap(({ returns }) => (isReferenced(returns) ? [returns.sha256] : []));
}

function referencedSeries(returns: ReferencedReturns, artifacts: ReferencedArtifacts, asOf: string, path: string): ReturnSeries {
  const bytes = artifacts.get(returns.sha256);
  if (bytes === undefined) throw new LedgerError('ArtifactMissing', `${path} refers to ${returns.sha256}, which is not stored`, { evidence: { sha256: returns.sha256 }, at: { path } });
  let table;
  try {
    table = parseTableText(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return refuseMessage(`${returns.sha256} is no table`, path);
  }
  const { dates, columns, values } = table;
  const [series] = values;
  if (series === undefined || columns.length !== 1 || dates.length === 0) return refuseMessage(`${returns.sha256} is no table of one column of returns`, path);
  assertReturns({ dates, values: series }, asOf, path);
  const { rows, first, last } = returns;
  if (dates.length !== rows || dates[0] !== first || dates.at(-1) !== last) refuseMessage(`says ${rows} rows from ${first} to ${last}, the table has ${dates.length} from ${dates[0]} to ${dates.at(-1)}`, path);
  return { dates, values: series };
}

interface ToldProfile {
  readonly stream: ImportedStream;
  readonly portfolio: ImportedPortfolio | null;
}

function toldProfile({ risk, weights, returns }: ResultProfile, index: number, artifacts: ReferencedArtifacts, asOf: string): ToldProfile {
  const path = `profiles[${index}]`;
  const series = isReferenced(returns) ? referencedSeries(returns, artifacts, asOf, `${path}.returns`) : inlineSeries(returns);
  return {
    stream: { risk, path: `${path}.returns`, engine: null, simulator: null, series },
    portfolio: weights === null ? null : { path: `${path}.weights`, weights: sortedBy(weights, ({ symbol }) => symbol), grossSum: weights.reduce((sum, { weight }) => sum + Math.abs(weight), 0) },
  };
}

/** A failed audit counts wherever it was made; a passed one only together with what the streams show here. */
function integrityEvidence({ integrity, origin }: SleeveResult, profiles: readonly ToldProfile[], calendars: readonly CalendarId[]): Pick<EligibilityInput, 'integrity' | 'integrityDetail'> {
  const told = `${origin.system} tells: ${integrity.status}${integrity.detail === '' ? '' : ` (${integrity.detail})`}`;
  const seen = streamIntegrity(profiles.map(({ stream }) => stream), calendars);
  const status = integrity.status === 'passed' ? seen.integrity : integrity.status;
  return { integrity: status, integrityDetail: `${told}; seen here: ${seen.integrityDetail}` };
}

/** A claim is no chain that could be followed: missing evidence, which never certifies (docs/decisions/0014). */
function originDetail({ system, runId, ledgerId, runHash, eligibility }: SleeveResult['origin']): string {
  const run = runId === null ? 'no run id' : `run ${runId}`;
  const ledger = ledgerId === null ? '' : ` of ledger ${ledgerId}, last event ${runHash ?? 'not told'}`;
  return `told by ${system}, not followed: ${run}${ledger}, graded ${eligibility ?? 'not at all'} there`;
}

/** Profiles that the settings list and the message does not bring. */
function missingProfiles({ definition, profiles }: SleeveResult): RiskProfile[] {
  const listed = definition['backtest.profiles'];
  if (!Array.isArray(listed)) return [];
  return riskProfiles.filter((risk) => listed.includes(risk) && !profiles.some((profile) => profile.risk === risk));
}

function absent(risk: RiskProfile): ImportedProfile {
  const draft = draftEvent('SleeveProfileAbsent', { risk, reason: `the settings list ${risk}, the message does not bring it` });
  return { draft, graded: { risk, status: 'absent', hasWeights: false, rows: 0 } };
}

/** A told result that is named and not computed. */
export interface IdentifiedResult {
  readonly names: Names<SleeveRunName>;
  /** The name that the sleeve's name stands for. */
  readonly profile: string;
  readonly payload: DocumentReference;
  readonly shelf: ArtifactShelf;
}

/**
 * Names a result by what was told. Its payload is the canonical form of the data, so the order of members and the content mode of the
 * message make no other run; neither do the rules, or any default of ours.
 */
export function identifyResultRun(result: SleeveResult, sha256: Sha256): IdentifiedResult {
  const { sleeve, profile = sleeve, asOf, correction } = result;
  const shelf = new ArtifactShelf(sha256);
  const payload = shelf.told(result);
  return { names: sleeveRunNames(sha256, { sleeve, profile, asOf, correction }, [payload.sha256]), profile, payload, shelf };
}

/** The opening fact: what the run is called and what was told of it. */
function opening(result: SleeveResult, artifacts: ReferencedArtifacts, rules: number, { names, profile, payload, shelf }: IdentifiedResult, sha256: Sha256): SleeveRunDraft {
  const { sleeve, asOf, correction, currency, currencyTreatment, selectionMode, origin } = result;
  const leaves = result.definition as Readonly<Record<string, Json>>;
  const temporal = temporalIdOf(leaves, sha256);
  const definition = { profile, leaves: temporal === null ? leaves : { ...leaves, [temporalIdPath]: temporal }, selectionMode, origin };
  const references = result.profiles.flatMap(({ risk, returns }, index) =>
    isReferenced(returns) ? [{ role: 'returns' as const, name: `profiles[${index}].returns`, risk, document: shelf.verbatim(artifacts.get(returns.sha256)!, 'text/csv') }] : [],
  );
  return draftEvent('SleeveRunOpened', {
    runId: names[0].runId,
    sleeve,
    profile,
    asOf,
    correction,
    source: 'message',
    temporalId: temporal,
    rules,
    definition: shelf.document('told-definition', definition),
    currency,
    currencyTreatment,
    options: { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: {} },
    inputs: [{ role: 'result', name: 'data', risk: null, document: payload }, ...references],
  });
}

/**
 * Computes a sleeve run from a result that was told by message. Pure: replay calls it again with the data that the ledger kept.
 * Errors: MessageInvalid, ExchangeUnknown, ArtifactMissing for a reference that is not at hand.
 */
export function computeResultRun(result: SleeveResult, artifacts: ReferencedArtifacts, rules: number, sha256: Sha256, known: IdentifiedResult | null = null): ComputedSleeveRun {
  requireRules(rules);
  const { sleeve, asOf, correction } = result;
  const told = result.profiles.map((profile, index) => toldProfile(profile, index, artifacts, asOf));
  const calendars = calendarsHeld(told.flatMap(({ portfolio }) => (portfolio === null ? [] : [portfolio])), '');
  const named = known ?? identifyResultRun(result, sha256);
  const { names, profile, shelf } = named;
  const draft = opening(result, artifacts, rules, named, sha256);
  const context = { asOf, calendars, leftAside: [], shelf };
  const profiles = [...told.map(({ stream, portfolio }) => importedProfile(stream, portfolio, context)), ...missingProfiles(result).map(absent)];
  const { grade, finding } = gradeRun({
    ...integrityEvidence(result, told, calendars),
    profiles: profiles.map(({ graded }) => graded),
    signTest: { status: result.signTest.status, detail: `${result.origin.system} tells: ${result.signTest.detail}` },
    sourceChain: 'absent',
    sourceChainDetail: originDetail(result.origin),
  });
  const risks = profiles.filter(({ graded }) => graded.status === 'native').map(({ graded }) => graded.risk);
  return {
    ...names[0],
    names,
    asOf,
    drafts: [draft, ...profiles.map((item) => item.draft), eligibilityDraft(grade, finding)],
    shelf,
    grade,
    reasons: finding.reasons,
    acceptance: grade === 'INELIGIBLE' ? null : { ...names[0], sleeve, profile, asOf, correction, eligibility: grade, risks },
  };
}
