import { importedRisks, judgeImported, type SuppliedProfile } from '../allocation/imported/judgement.ts';
import { acceptMovesOf } from '../allocation/imported/stream-suspicions.ts';
import type { AbsentProfile } from '../allocation/outcomes.ts';
import { temporalIdAsWritten } from '../manifest/temporal-id.ts';
import { temporalIdPath } from '../parity/policy.ts';
import { commonRiskProfiles } from '../risk/schemas.ts';
import { StagedArtifacts } from '../documents/staged-artifacts.ts';
import type { EligibilityInput } from '../run/grade.ts';
import { requireRules } from '../run/rules.ts';
import { sleeveRunNames } from '../run/run-names.ts';
import type { DocumentReference } from '../shared/artifact-reference.ts';
import type { Json } from '../shared/canonical-json.ts';
import type { Sha256 } from '../shared/hashing.ts';
import { type ComputedSleeveRun, computedRun, type SleeveRunIdentified } from './computed-run.ts';
import type { SleeveRunOpened } from './events.ts';
import { importedFacts } from './facts.ts';
import { draftSleeveRun, type SleeveRunDraft } from './slice.ts';

/** A run that a desk reports by message. All of it names the run, also what is read separately. */
export interface ReportedRun {
  readonly sleeve: string;
  /** The profile that the name stands for; the same as the name when left out. */
  readonly profile?: string | undefined;
  readonly asOf: string;
  readonly correction: number;
  readonly currency: string;
  readonly currencyTreatment: SleeveRunOpened['currencyTreatment'];
  /** Settings by dotted path. */
  readonly definition: Readonly<Record<string, unknown>>;
  readonly selectionMode: string | null;
  readonly integrity: { readonly status: EligibilityInput['integrity']; readonly detail: string };
  readonly signTest: EligibilityInput['signTest'];
  readonly origin: {
    readonly system: string;
    readonly runId: string | null;
    readonly ledgerId: string | null;
    readonly runHash: string | null;
    readonly eligibility: 'CERTIFIED' | 'DEGRADED' | null;
  };
  /** As they were sent: part of what names the run, and read separately. */
  readonly profiles: readonly object[];
}

/** Returns that the message refers to, as they are stored. */
export interface ReferencedReturns {
  readonly name: string;
  readonly risk: string;
  readonly bytes: Uint8Array;
}

/** Returns and weights of a reported run, read. */
export interface ReportedProfiles {
  readonly supplied: readonly SuppliedProfile[];
  readonly references: readonly ReferencedReturns[];
}

export interface IdentifiedReportedRun extends SleeveRunIdentified {
  readonly payload: DocumentReference;
}

/**
 * Names a run by its message. Its payload is the canonical form of the data, so that neither the order of members nor the content mode of
 * the message makes another run; nor do the rules, or any default of this program.
 */
export function identifyReportedRun(reported: ReportedRun, sha256: Sha256): IdentifiedReportedRun {
  const { sleeve, profile = sleeve, asOf, correction } = reported;
  const staged = new StagedArtifacts(sha256);
  const payload = staged.canonical(reported);
  return {
    names: sleeveRunNames(sha256, { sleeve, profile, asOf, correction }, [payload.sha256]),
    sleeve,
    profile,
    asOf,
    correction,
    payload,
    staged,
  };
}

/**
 * A claim is not a chain that can be followed. It counts as missing evidence, which never certifies (docs/decisions/0014). The text is
 * recorded and compared in replay, so its words stay.
 */
function originDetail({ system, runId, ledgerId, runHash, eligibility }: ReportedRun['origin']): string {
  const run = runId === null ? 'no run id' : `run ${runId}`;
  const ledger = ledgerId === null ? '' : ` of ledger ${ledgerId}, last event ${runHash ?? 'not told'}`;
  return `told by ${system}, not followed: ${run}${ledger}, graded ${eligibility ?? 'not at all'} there`;
}

/** Profiles that the settings list and the message does not bring. */
function missingProfiles({ definition }: ReportedRun, supplied: readonly SuppliedProfile[]): AbsentProfile[] {
  const listed = definition['backtest.profiles'];
  if (!Array.isArray(listed)) return [];
  const missing = commonRiskProfiles.filter((risk) => listed.includes(risk) && !supplied.some(({ stream }) => stream.risk === risk));
  return missing.map((risk) => ({ status: 'absent', risk, reason: `the settings list ${risk}, the message does not bring it` }));
}

function opening(
  reported: ReportedRun,
  references: readonly ReferencedReturns[],
  rules: number,
  identified: IdentifiedReportedRun,
  sha256: Sha256,
): SleeveRunDraft {
  const { names, sleeve, profile, asOf, correction, payload, staged } = identified;
  const { currency, currencyTreatment, selectionMode, origin } = reported;
  const leaves = reported.definition as Readonly<Record<string, Json>>;
  const temporalId = temporalIdAsWritten(leaves, sha256);
  const definition = { profile, leaves: temporalId === null ? leaves : { ...leaves, [temporalIdPath]: temporalId }, selectionMode, origin };
  const stored = references.map(({ name, risk, bytes }) => ({
    role: 'returns' as const,
    name,
    risk,
    document: staged.verbatim(bytes, 'text/csv'),
  }));
  return draftSleeveRun('SleeveRunOpened', {
    runId: names[0].runId,
    sleeve,
    profile,
    asOf,
    correction,
    source: 'message',
    temporalId,
    rules: requireRules(rules),
    definition: staged.document('told-definition', definition),
    currency,
    currencyTreatment,
    options: { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: {} },
    inputs: [{ role: 'result', name: 'data', risk: null, document: payload }, ...stored],
  });
}

/** A reported run with the grade that it earns. Errors: ExchangeUnknown; RulesUnknown. */
export function computeReportedRun(
  reported: ReportedRun,
  { supplied, references }: ReportedProfiles,
  rules: number,
  sha256: Sha256,
  identified: IdentifiedReportedRun,
): ComputedSleeveRun {
  const { origin, integrity, signTest } = reported;
  const judgement = judgeImported(
    {
      asOf: identified.asOf,
      profiles: [...supplied, ...missingProfiles(reported, supplied)],
      greatestPositions: null,
      reportedIntegrity: { system: origin.system, ...integrity },
      signTest: { status: signTest.status, detail: `${origin.system} tells: ${signTest.detail}` },
      sourceChain: 'absent',
      sourceChainDetail: originDetail(origin),
      acceptMoves: acceptMovesOf(reported.sleeve, reported.definition),
      shown: (path) => path,
    },
    rules,
  );
  const facts = [opening(reported, references, rules, identified, sha256), ...importedFacts(judgement, identified.staged)];
  return computedRun(identified, facts, judgement.grading, importedRisks(judgement.profiles));
}
