import type { MetaRunEvent } from '../../domain/meta-run/slice.ts';
import type { AllocationShares } from '../../domain/allocation/shares.ts';
import type { RiskProfile } from '../../domain/risk/schemas.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { MetaRunRequest } from '../../domain/meta-run/identity.ts';
import type { Ports } from '../ports/ports.ts';
import { allocatedRisks, allocationFacts, reasonForNoAllocation } from '../../domain/meta-run/allocation-facts.ts';
import { metaRunOf } from '../replay/meta-run-of.ts';
import { LeafRuns, rebuildMetaRun } from '../replay/rebuild-meta-run.ts';
import { evaluate, type Evaluated, type Side } from './diff-factors.ts';
import { type ChangedInputs, changedInputs } from './diff-inputs.ts';
import { type Factor, type Parts, splitExactly } from './diff-parts.ts';

export interface ChangedWeight {
  readonly name: string;
  /** As recorded; 0 where a run does not hold it. */
  readonly before: number;
  readonly after: number;
  readonly change: number;
  readonly parts: Parts;
}

export interface ProfileDiff {
  readonly riskBefore: RiskProfile;
  readonly riskAfter: RiskProfile;
  /** Whether today's code computes what each run recorded, to the bit. */
  readonly reproduced: { readonly before: boolean; readonly after: boolean };
  /** Inputs that could not be exchanged alone: their part is 0 and what they did stands in the next part. */
  readonly unseparated: readonly { readonly factor: Factor; readonly reason: string }[];
  /** By path, as shares of the whole portfolio. */
  readonly sleeves: readonly ChangedWeight[];
  readonly assets: readonly ChangedWeight[];
}

export interface RunDiff {
  readonly before: { readonly runId: string; readonly meta: string; readonly asOf: string };
  readonly after: { readonly runId: string; readonly meta: string; readonly asOf: string };
  readonly profiles: readonly ProfileDiff[];
  /** Profiles that one run allocated and the other did not, with the other's reason. */
  readonly onlyBefore: readonly { readonly risk: RiskProfile; readonly reason: string }[];
  readonly onlyAfter: readonly { readonly risk: RiskProfile; readonly reason: string }[];
  readonly inputs: ChangedInputs;
}

export interface DiffQuery {
  readonly before: string;
  readonly after: string;
  /** One for both runs, or one for each; null: every profile that both allocated. */
  readonly risks: readonly [RiskProfile, RiskProfile] | null;
  readonly asOf: string | null;
  readonly knownAt: string | null;
}

interface Run {
  readonly runId: string;
  readonly facts: readonly MetaRunEvent[];
  readonly request: MetaRunRequest;
}

interface Ladder {
  readonly steps: readonly [AllocationShares, AllocationShares, AllocationShares, AllocationShares];
  readonly unseparated: ProfileDiff['unseparated'];
}

/** The first run's inputs, then one kind after another exchanged for the second run's. A step that has no allocation stays where it was. */
function climb(before: Side, after: Side, recorded: AllocationShares): Ladder {
  const start = { sleeveResults: before, covariance: before, bounds: before, definition: before };
  const mixtures = [
    ['sleeveResults', { ...start, sleeveResults: after }],
    ['covariance', { ...start, sleeveResults: after, covariance: after }],
    ['bounds', { ...start, sleeveResults: after, covariance: after, bounds: after }],
  ] as const;
  const unseparated: { factor: Factor; reason: string }[] = [];
  const steps = [evaluate(start).weights ?? recorded];
  for (const [factor, mixture] of mixtures) {
    const { weights, reason } = evaluate(mixture);
    if (weights === null) unseparated.push({ factor, reason });
    steps.push(weights ?? steps.at(-1)!);
  }
  return { steps: steps as unknown as Ladder['steps'], unseparated };
}

function changed(
  before: AllocationShares,
  after: AllocationShares,
  steps: Ladder['steps'],
  of: (weights: AllocationShares) => ReadonlyMap<string, number>,
): ChangedWeight[] {
  const names = [...new Set([before, after, ...steps].flatMap((weights) => [...of(weights).keys()]))].toSorted(byCodeUnits);
  const at = (weights: AllocationShares, name: string): number => of(weights).get(name) ?? 0;
  return names.map((name) => {
    const [was, is] = [at(before, name), at(after, name)];
    const [first, withResults, withCovariance, withBounds] = steps;
    const parts = splitExactly({
      before: was,
      after: is,
      steps: [at(first, name), at(withResults, name), at(withCovariance, name), at(withBounds, name)],
    });
    return { name, before: was, after: is, change: is - was, parts };
  });
}

function sameMap(left: ReadonlyMap<string, number>, right: ReadonlyMap<string, number>): boolean {
  return left.size === right.size && [...left].every(([key, value]) => right.get(key) === value);
}

function reproduces({ weights }: Evaluated, recorded: AllocationShares): boolean {
  return weights !== null && sameMap(weights.sleeves, recorded.sleeves) && sameMap(weights.assets, recorded.assets);
}

function recordedWeights(run: Run, risk: RiskProfile): AllocationShares {
  const facts = allocationFacts(run.facts, risk);
  if (facts === null)
    throw new LedgerError('NothingRecorded', `run ${run.runId} has no ${risk} allocation: ${reasonForNoAllocation(run.facts, risk)}`, {
      evidence: { runId: run.runId, risk, allocated: allocatedRisks(run.facts) },
    });
  return facts;
}

function itself(side: Side): Evaluated {
  return evaluate({ sleeveResults: side, covariance: side, bounds: side, definition: side });
}

function profileDiff(before: Run, after: Run, [riskBefore, riskAfter]: readonly [RiskProfile, RiskProfile]): ProfileDiff {
  const [was, is] = [recordedWeights(before, riskBefore), recordedWeights(after, riskAfter)];
  const [from, to] = [
    { request: before.request, risk: riskBefore },
    { request: after.request, risk: riskAfter },
  ];
  const { steps, unseparated } = climb(from, to, was);
  return {
    riskBefore,
    riskAfter,
    reproduced: { before: reproduces(itself(from), was), after: reproduces(itself(to), is) },
    unseparated,
    sleeves: changed(was, is, steps, ({ sleeves }) => sleeves),
    assets: changed(was, is, steps, ({ assets }) => assets),
  };
}

function onlyIn(here: Run, there: Run): RunDiff['onlyBefore'] {
  const others = allocatedRisks(there.facts);
  return allocatedRisks(here.facts)
    .filter((risk) => !others.includes(risk))
    .map((risk) => ({ risk, reason: reasonForNoAllocation(there.facts, risk) }));
}

function pairsOf(before: Run, after: Run, asked: DiffQuery['risks']): (readonly [RiskProfile, RiskProfile])[] {
  if (asked !== null) return [asked];
  const others = allocatedRisks(after.facts);
  const common = allocatedRisks(before.facts).filter((risk) => others.includes(risk));
  if (common.length === 0) {
    const words = (run: Run): string => `${run.runId} allocated ${allocatedRisks(run.facts).join(', ') || 'nothing'}`;
    throw new LedgerError(
      'NothingRecorded',
      `the runs have no profile in common: ${words(before)}, ${words(after)}; --risk BEFORE,AFTER compares two`,
      { at: { path: '--risk' } },
    );
  }
  return common.map((risk) => [risk, risk]);
}

function named({ runId, request }: Run): RunDiff['before'] {
  return { runId, meta: request.node.requested, asOf: request.asOf };
}

/**
 * Why the weights of two meta runs differ: for every sleeve and asset the change from the first run to the second, split by exchanging
 * one kind of input after another, in the order of `factors`: what the sleeves hold, the returns that are joined, the bounds, and the
 * definition (all else: the profile and its parameters, join, projection, which sleeves there are). The split is of that order:
 * another would share out interactions otherwise.
 * Errors: RunUnknown, Usage, NothingRecorded, ArtifactMissing, ArtifactDamaged.
 */
export async function diffRuns(
  ports: Pick<Ports, 'store' | 'artifacts' | 'crypto' | 'readModels' | 'log' | 'clock'>,
  query: DiffQuery,
): Promise<RunDiff> {
  const leafRuns = new LeafRuns(ports);
  const load = async (runId: string): Promise<Run> => {
    const { opened, events } = await metaRunOf(ports, { runId, asOf: query.asOf, knownAt: query.knownAt });
    return { runId, facts: events, request: await rebuildMetaRun(ports, opened, leafRuns) };
  };
  const [before, after] = [await load(query.before), await load(query.after)];
  return {
    before: named(before),
    after: named(after),
    profiles: pairsOf(before, after, query.risks).map((pair) => profileDiff(before, after, pair)),
    onlyBefore: onlyIn(before, after),
    onlyAfter: onlyIn(after, before),
    inputs: changedInputs(before.request, after.request),
  };
}
