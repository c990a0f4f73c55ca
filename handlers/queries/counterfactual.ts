import { allocateProfile, isAllocated, type ProfileOutcome } from '../../domain/allocation/meta-allocation.ts';
import { type ComparedAllocation, comparedAllocation } from '../../domain/allocation/shares.ts';
import { atomicSleeves } from '../../domain/manifest/resolve-meta.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import type { MetaRunOptions } from '../../domain/run/meta-run-options.ts';
import type { AcceptanceVerdict } from '../../domain/run/acceptance-verdict.ts';
import type { RiskProfile } from '../../domain/risk/schemas.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { risksOf } from '../../domain/allocation/meta-options.ts';
import { assertFreshUnder } from '../../domain/allocation/staleness.ts';
import { requireRules } from '../../domain/run/rules.ts';
import { pathKey } from '../../domain/run/delivered-run.ts';
import { allocatedRisks, allocationFacts } from '../../domain/meta-run/allocation-facts.ts';
import { identifyMetaRun, type MetaRunRequest } from '../../domain/meta-run/identity.ts';
import type { MetaRunEvent } from '../../domain/meta-run/slice.ts';
import type { ParityOutcome } from '../../domain/parity/schema.ts';
import type { Ports } from '../ports/ports.ts';
import { metaRunOf } from '../replay/meta-run-of.ts';
import { type Overrides, overrideNode, withoutSleeves } from '../comparison/override-node.ts';
import { yieldToEventLoop } from '../runtime/interruption.ts';
import { rebuildMetaRun } from '../replay/rebuild-meta-run.ts';
import type { RunSelection } from '../replay/recorded-runs.ts';

export interface CounterfactualQuery extends RunSelection {
  readonly runId: string;
  readonly overrides: Overrides;
  /** null: as the run had them. */
  readonly risks: readonly string[] | 'all' | null;
  readonly join: MetaRunOptions['join'];
  readonly projection: MetaRunOptions['projection'];
  readonly dropSleeves: readonly string[];
}

/** A weight as recorded and as it would have been; `change` is their difference. */
export interface Moved {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  readonly change: number;
}

export interface CounterfactualProfile {
  readonly risk: RiskProfile;
  readonly status: 'allocated' | 'failed';
  readonly code: string | null;
  readonly reason: string | null;
  /** The recorded allocation that it is held against; another profile when the run had not recorded this one. */
  readonly against: RiskProfile | null;
  readonly sleeves: readonly Moved[];
  readonly assets: readonly Moved[];
  /** Annualised, ex ante, of the bounded weights. */
  readonly volatilityExAnte: { readonly before: number | null; readonly after: number | null };
  readonly acceptance: readonly {
    readonly check: string;
    readonly before: AcceptanceVerdict['status'] | null;
    readonly after: AcceptanceVerdict['status'] | null;
    readonly valueBefore: number | null;
    readonly valueAfter: number | null;
  }[];
  /** Of the assets, greatest first. */
  readonly largestChanges: readonly Moved[];
}

export interface Counterfactual {
  readonly runId: string;
  readonly overrides: Overrides;
  readonly options: Pick<MetaRunOptions, 'risks' | 'join' | 'projection'>;
  readonly droppedSleeves: readonly string[];
  readonly parity: ParityOutcome;
  /** True when nothing that can change a number was changed. */
  readonly sameRun: boolean;
  readonly profiles: readonly CounterfactualProfile[];
}

const largestChangesMax = 10;

function optionsOf(request: MetaRunRequest, node: MetaNode, query: CounterfactualQuery): MetaRunOptions {
  const { options } = request;
  const isSet = (path: string): boolean => Object.hasOwn(query.overrides, path);
  const risks =
    query.risks !== null || isSet('meta_allocation.profile')
      ? risksOf(node, query.risks)
      : { risks: options.risks, risksFrom: options.risksFrom };
  // What the definition is made to say counts over what the run had been asked for by flag.
  return {
    ...options,
    ...risks,
    join: query.join ?? (isSet('meta_allocation.join') ? null : options.join),
    projection: query.projection ?? (isSet('meta_allocation.projection') ? null : options.projection),
    proxies: isSet('meta_allocation.allow_proxy') ? (node.allocation.allow_proxy as MetaRunOptions['proxies']) : options.proxies,
  };
}

/** The request of a recorded run with the asked changes. */
function changedRequest(request: MetaRunRequest, query: CounterfactualQuery): MetaRunRequest {
  const node = withoutSleeves(overrideNode(request.node, query.overrides), query.dropSleeves);
  const paths = atomicSleeves(node).map(({ path }) => pathKey(path));
  const only = <T>(values: ReadonlyMap<string, T>): Map<string, T> => new Map(paths.map((path) => [path, values.get(path)!]));
  const changed = {
    ...request,
    node,
    leaves: only(request.leaves),
    staleness: only(request.staleness),
    options: optionsOf(request, node, query),
  };
  assertFreshUnder(node.allocation.max_staleness_sessions, changed.staleness, changed.asOf);
  return changed;
}

/** Every name of either side, in code-unit order; what a side lacks weighs nothing there. */
export function moved(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Moved[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted(byCodeUnits);
  return names.map((name) => {
    const [was, is] = [before.get(name) ?? 0, after.get(name) ?? 0];
    return { name, before: was, after: is, change: is - was };
  });
}

function acceptanceOf(before: ComparedAllocation | null, after: ComparedAllocation | null): CounterfactualProfile['acceptance'] {
  const [was, is] = [before?.acceptance ?? [], after?.acceptance ?? []];
  const checks = [...new Set([...was, ...is].map(({ check }) => check))];
  return checks.map((check) => {
    const [left, right] = [was.find((verdict) => verdict.check === check), is.find((verdict) => verdict.check === check)];
    return {
      check,
      before: left?.status ?? null,
      after: right?.status ?? null,
      valueBefore: left?.value ?? null,
      valueAfter: right?.value ?? null,
    };
  });
}

/** The recorded allocation of the profile, or of the run's own first one: what was decided is what the answer is held against. */
function recordedSide(
  recorded: readonly MetaRunEvent[],
  risk: RiskProfile,
): { readonly risk: RiskProfile; readonly allocation: ComparedAllocation } | null {
  const risks = allocatedRisks(recorded);
  const against = risks.includes(risk) ? risk : risks[0];
  return against === undefined ? null : { risk: against, allocation: allocationFacts(recorded, against)! };
}

function profileOf(recorded: readonly MetaRunEvent[], outcome: ProfileOutcome): CounterfactualProfile {
  const { risk } = outcome;
  const before = recordedSide(recorded, risk);
  const after = isAllocated(outcome) ? comparedAllocation(outcome) : null;
  const none = new Map<string, number>();
  const assets = after === null ? [] : moved(before?.allocation.assets ?? none, after.assets);
  return {
    risk,
    status: after === null ? 'failed' : 'allocated',
    code: isAllocated(outcome) ? null : outcome.error.code,
    reason: isAllocated(outcome) ? null : outcome.error.message,
    against: before?.risk ?? null,
    sleeves: after === null ? [] : moved(before?.allocation.sleeves ?? none, after.sleeves),
    assets,
    volatilityExAnte: { before: before?.allocation.volatilityExAnte ?? null, after: after?.volatilityExAnte ?? null },
    acceptance: acceptanceOf(before?.allocation ?? null, after),
    largestChanges: assets
      .filter(({ change }) => change !== 0)
      .toSorted((left, right) => Math.abs(right.change) - Math.abs(left.change) || byCodeUnits(left.name, right.name))
      .slice(0, largestChangesMax),
  };
}

/**
 * What a recorded meta run would have allocated under other settings: the same sleeve runs, today's code, and nothing written anywhere.
 * Errors: RunUnknown, RulesUnknown, Usage, BoundsInfeasible, OverlapTooShort, SleeveStale, ProfileNotAvailable, ArtifactMissing,
 * ArtifactDamaged.
 */
export async function counterfactual(
  ports: Pick<Ports, 'store' | 'artifacts' | 'crypto' | 'readModels' | 'log' | 'clock'>,
  query: CounterfactualQuery,
): Promise<Counterfactual> {
  const run = await metaRunOf(ports, query);
  const request = changedRequest(await rebuildMetaRun(ports, run.opened), query);
  requireRules(request.rules);
  const { names, parity } = identifyMetaRun(request, ports.crypto.sha256);
  const { risks, join, projection } = request.options;
  const profiles: CounterfactualProfile[] = [];
  for (const risk of parity.outcome.outcome === 'rejected' ? [] : risks) {
    // Others may be served in between.
    await yieldToEventLoop();
    profiles.push(profileOf(run.events, allocateProfile(request, risk)));
  }
  return {
    runId: run.runId,
    overrides: query.overrides,
    options: { risks, join, projection },
    droppedSleeves: query.dropSleeves,
    parity: parity.outcome,
    sameRun: names[0].runId === run.runId,
    profiles,
  };
}
