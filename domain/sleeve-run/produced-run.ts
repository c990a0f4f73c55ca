import { allocateSleeve } from '../allocation/sleeve/allocation.ts';
import type { SleeveRunOptions } from '../allocation/sleeve/options.ts';
import { type SleeveScope, scopeOf } from '../allocation/sleeve/scope.ts';
import { optionsIdentity, profileIdentity } from '../manifest/identity.ts';
import type { ResolvedProfile } from '../manifest/resolved-schema.ts';
import { temporalId, temporalParametersOf } from '../manifest/temporal-id.ts';
import type { PriceFile } from '../returns/price-file.ts';
import { priceInputOf } from '../documents/price-input.ts';
import { supplyInputsOf } from '../documents/supply-inputs.ts';
import { StagedArtifacts } from '../documents/staged-artifacts.ts';
import type { GivenSupply } from '../allocation/sleeve/given-supply.ts';
import { requireRules } from '../run/rules.ts';
import { inputsIdentity } from '../run/supply-input.ts';
import { sleeveRunNames } from '../run/run-names.ts';
import { hashOfJson, type Sha256 } from '../shared/hashing.ts';
import { type ComputedSleeveRun, computedRun, type SleeveRunIdentified } from './computed-run.ts';
import type { SleeveRunOpened } from './events.ts';
import { allocationFacts } from './facts.ts';
import { draftSleeveRun, type SleeveRunDraft } from './slice.ts';

export interface SleeveRunRequest {
  /** As requested, possibly an alias. */
  readonly sleeve: string;
  readonly resolved: ResolvedProfile;
  readonly options: SleeveRunOptions;
  readonly correction: number;
  /** Version of the rules to compute under. */
  readonly rules: number;
  /** Named without their folders. */
  readonly files: readonly PriceFile[];
  /** Symbols that were named and left out, where the files hold their columns no more. */
  readonly leftOut: readonly string[];
  /** What is given beside prices; left out where nothing is. */
  readonly supply?: GivenSupply | undefined;
}

/** A run that is named and not computed: what it reads, cut to its scope. */
export interface IdentifiedSleeveRun extends SleeveRunIdentified {
  readonly scope: SleeveScope;
  readonly inputs: SleeveRunOpened['inputs'];
}

/**
 * Names a sleeve run by its definition and the prices that it reads, before anything is computed. The rules are not part of it, except
 * that they say which date a run without one has: a run recorded under earlier rules is found under the name that they gave it.
 * Errors: PricesMissing, SymbolTwice, ExchangeUnknown, HistoryTooShort.
 */
export function identifySleeveRun(request: SleeveRunRequest, sha256: Sha256): IdentifiedSleeveRun {
  const { sleeve, resolved, options, correction } = request;
  const { profile } = resolved;
  const scope = scopeOf(request);
  const { asOf } = scope;
  const staged = new StagedArtifacts(sha256);
  const inputs = [...scope.files.map((file) => priceInputOf(file, staged)), ...supplyInputsOf(scope.supply, staged)];
  const payloadHash = hashOfJson(sha256, {
    definition: profileIdentity(resolved),
    options: optionsIdentity(options, 'sleeve_run'),
    inputs: inputsIdentity(inputs),
  });
  const named = sleeveRunNames(sha256, { sleeve, profile, asOf, correction }, [payloadHash]);
  const before = scope.asOfBefore.flatMap((date) => sleeveRunNames(sha256, { sleeve, profile, asOf: date, correction }, [payloadHash]));
  return {
    names: [...named, ...before],
    sleeve,
    profile,
    asOf,
    correction,
    scope,
    inputs,
    staged,
  };
}

/** With which every produced run begins. Errors: RulesUnknown. */
export function openingFact(
  { resolved, options, rules }: SleeveRunRequest,
  { names, sleeve, profile, asOf, correction, inputs, staged }: IdentifiedSleeveRun,
  sha256: Sha256,
): SleeveRunDraft {
  return draftSleeveRun('SleeveRunOpened', {
    runId: names[0].runId,
    sleeve,
    profile,
    asOf,
    correction,
    source: 'production',
    temporalId: temporalId(sha256, temporalParametersOf(resolved.blocks)),
    rules: requireRules(rules),
    definition: staged.document('resolved-profile', resolved),
    currency: resolved.currency,
    currencyTreatment: resolved.currencyTreatment,
    options,
    inputs,
  });
}

/**
 * Computes a sleeve run from prices. Pure except for the progress that it reports; replay calls it again with what the ledger recorded.
 * Errors: those of `identifySleeveRun` and `allocateSleeve`; RulesUnknown.
 */
export function computeSleeveRun(
  request: SleeveRunRequest,
  sha256: Sha256,
  advance: (risk: string) => void = () => undefined,
  known: IdentifiedSleeveRun | null = null,
): ComputedSleeveRun {
  const { resolved, options, rules } = request;
  const identified = known ?? identifySleeveRun(request, sha256);
  const allocation = allocateSleeve({ resolved, options, scope: identified.scope, rules }, advance);
  const facts = [openingFact(request, identified, sha256), ...allocationFacts(allocation, { resolved, rules }, identified.staged)];
  const risks = (allocation.formed?.profiles ?? []).filter(({ status }) => status === 'solved').map(({ risk }) => risk);
  return computedRun(identified, facts, allocation.grading, risks);
}
