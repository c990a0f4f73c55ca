import { requireAllocatable, risksOf } from '../../domain/allocation/meta-options.ts';
import type { BacktestInput } from '../../domain/backtest/backtest.ts';
import { computeBacktest } from '../../domain/backtest-run/computed-run.ts';
import type { TestedProfileFacts } from '../../domain/backtest-run/events.ts';
import type { BacktestEvent } from '../../domain/backtest-run/slice.ts';
import { atomicSleeves } from '../../domain/manifest/resolve-meta.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import type { RiskProfile } from '../../domain/risk/schemas.ts';
import { pathKey } from '../../domain/run/delivered-run.ts';
import { requireRules } from '../../domain/run/rules.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { overrideBacktest } from '../comparison/override-backtest.ts';
import { withoutSleeves } from '../comparison/override-node.ts';
import type { Ports } from '../ports/ports.ts';
import { rebuildBacktest } from '../replay/rebuild-backtest.ts';
import { backtestFacts, backtestRunner, finishedBacktest } from '../runs/backtest-runs.ts';
import type { CounterfactualQuery } from './counterfactual.ts';

export type CounterfactualBacktestQuery = Omit<CounterfactualQuery, 'asOf' | 'knownAt'>;

/** Net figures of a profile. */
export interface BacktestFigures {
  readonly total: number;
  readonly twrAnnualised: number | null;
  readonly volatility: number | null;
  readonly sharpe: number | null;
  readonly maxDrawdown: number;
  readonly costsNetted: number;
  readonly crossingBenefit: number;
  readonly tradedTurnoverTwoSided: number;
  readonly decisions: number;
}

export interface CounterfactualTested {
  readonly risk: RiskProfile;
  readonly status: 'tested' | 'failed';
  readonly code: string | null;
  readonly reason: string | null;
  /** As recorded; null where the run had not tested the profile. */
  readonly before: BacktestFigures | null;
  readonly after: BacktestFigures | null;
}

export interface CounterfactualBacktest {
  readonly runId: string;
  readonly overrides: CounterfactualQuery['overrides'];
  readonly options: BacktestInput['options'];
  readonly droppedSleeves: readonly string[];
  /** True when nothing that can change a number was changed. */
  readonly sameRun: boolean;
  readonly profiles: readonly CounterfactualTested[];
}

type Reader = Pick<Ports, 'store' | 'artifacts' | 'crypto' | 'compute'>;

export async function isBacktest({ store }: Pick<Reader, 'store'>, runId: string): Promise<boolean> {
  return (await backtestFacts(store, runId)).length > 0;
}

function figuresIn(facts: readonly BacktestEvent[], risk: RiskProfile): BacktestFigures | null {
  const tested: TestedProfileFacts | undefined = dataOf(facts, 'BacktestCompleted')
    .flatMap((data) => data.tested)
    .find((profile) => profile.risk === risk);
  if (tested === undefined) return null;
  const { total, twrAnnualised, volatility, sharpe, maxDrawdown } = tested.metrics;
  const { netted: costsNetted, crossingBenefit } = tested.costs;
  const { tradedTwoSided: tradedTurnoverTwoSided } = tested.turnover;
  const { decisions } = tested;
  return { total, twrAnnualised, volatility, sharpe, maxDrawdown, costsNetted, crossingBenefit, tradedTurnoverTwoSided, decisions };
}

function failureIn(facts: readonly BacktestEvent[], risk: RiskProfile): { readonly code: string; readonly reason: string } | null {
  const failed = [...dataOf(facts, 'BacktestCompleted'), ...dataOf(facts, 'BacktestFailed')].flatMap((data) => data.failed);
  return failed.find((one) => one.risk === risk) ?? null;
}

function optionsOf({ options }: BacktestInput, node: MetaNode, query: CounterfactualBacktestQuery): BacktestInput['options'] {
  const isSet = (path: string): boolean => Object.hasOwn(query.overrides, path);
  const risks = query.risks === null ? { risks: options.risks, risksFrom: options.risksFrom } : risksOf(node, query.risks);
  return {
    ...risks,
    join: query.join ?? (isSet('meta_allocation.join') ? null : options.join),
    projection: query.projection ?? (isSet('meta_allocation.projection') ? null : options.projection),
  };
}

/** What a backtest was computed from, with the asked changes. */
function changedInput(input: BacktestInput, query: CounterfactualBacktestQuery): BacktestInput {
  const node = withoutSleeves(overrideBacktest(input.node, query.overrides), query.dropSleeves);
  requireAllocatable(node);
  const sleeves = atomicSleeves(node).map(({ path, sleeve }) => {
    const recorded = input.sleeves.find((one) => pathKey(one.path) === pathKey(path))!;
    return { ...recorded, sleeve };
  });
  return { ...input, node, sleeves, options: optionsOf(input, node, query) };
}

/**
 * What a recorded backtest would have given under other settings: the same prices, today's code, and nothing written anywhere. Errors:
 * RunUnknown, BacktestUnfinished, RulesUnknown, Usage (for a run of another kind too), BoundsInfeasible, OverlapTooShort, ArtifactMissing,
 * ArtifactDamaged.
 */
export async function counterfactualBacktest(
  ports: Reader,
  query: CounterfactualBacktestQuery,
  signal: AbortSignal | null = null,
): Promise<CounterfactualBacktest> {
  const { runId, overrides, dropSleeves } = query;
  const { started, facts: recorded } = await finishedBacktest(ports.store, runId);
  const input = changedInput(await rebuildBacktest(ports.artifacts, started), query);
  requireRules(input.rules);
  const computed = await computeBacktest(input, ports.crypto.sha256, backtestRunner(ports, signal));
  const profiles = input.options.risks.map((risk): CounterfactualTested => {
    const after = figuresIn(computed.drafts, risk);
    const failure = failureIn(computed.drafts, risk);
    return {
      risk,
      status: after === null ? 'failed' : 'tested',
      code: failure?.code ?? null,
      reason: failure?.reason ?? null,
      before: figuresIn(recorded, risk),
      after,
    };
  });
  return { runId, overrides, options: input.options, droppedSleeves: dropSleeves, sameRun: computed.runId === runId, profiles };
}
