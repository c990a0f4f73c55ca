import type { BacktestInput } from '../../domain/backtest/backtest.ts';
import { combinatorialTest, type CombinatorialTest } from '../../domain/backtest/combinatorial-test.ts';
import type { TestedProfileFacts } from '../../domain/backtest-run/events.ts';
import type { BacktestEvent } from '../../domain/backtest-run/slice.ts';
import { type OffsetRun, runStartOffsets } from '../../domain/backtest-run/start-offsets.ts';
import type { OffsetComparison } from '../../domain/metrics/start-offsets.ts';
import type { RiskProfile } from '../../domain/risk/schemas.ts';
import { requireRules } from '../../domain/run/rules.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { suggestion } from '../../domain/shared/suggest.ts';
import type { Ports } from '../ports/ports.ts';
import { rebuildBacktest } from '../replay/rebuild-backtest.ts';
import {
  type Bands,
  bands,
  type Checked,
  checked,
  deflated,
  type DeflatedAnswer,
  figuresOf,
  offsetComparison,
  trialsOf,
} from '../robustness/checks.ts';
import { recordedProfile } from '../robustness/recorded-profile.ts';
import { backtestRunner, finishedBacktest } from '../runs/backtest-runs.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';

/** What may be asked of a backtest, in the order of the answer. */
export const robustnessChecks = ['deflated-sharpe', 'bootstrap', 'offsets', 'splits'] as const;
export type RobustnessCheck = (typeof robustnessChecks)[number];

/** What is drawn where nothing else is asked for. */
export const robustnessDefaults = { seed: 1n, replicates: 1000 } as const;

export interface RobustnessQuery {
  readonly runId: string;
  /** Null for all of them. */
  readonly checks: readonly RobustnessCheck[] | null;
  /** Null for every profile that was tested. */
  readonly risks: readonly string[] | 'all' | null;
  readonly seed: bigint;
  readonly replicates: number;
}

/** A profile with the answers that were asked for; null where one was not. */
export interface ProfileRobustness {
  readonly risk: RiskProfile;
  readonly annualisationDays: number;
  /** As recorded: the figures of the net returns, and the weights of the last decision. */
  readonly figures: Readonly<Record<string, number | null>>;
  readonly decided: Readonly<Record<string, number>>;
  readonly deflatedSharpe: DeflatedAnswer | null;
  readonly bands: Checked<Bands> | null;
  readonly startOffsets: Checked<OffsetComparison> | null;
  readonly splits: Checked<CombinatorialTest> | null;
}

export interface BacktestRobustness {
  readonly runId: string;
  readonly meta: string;
  readonly checks: readonly RobustnessCheck[];
  /** Of the bootstrap, as decimal text. */
  readonly seed: string;
  readonly replicates: number;
  /** Starts of the sweep: 0 up to a step less one row. */
  readonly offsets: number;
  readonly profiles: readonly ProfileRobustness[];
}

type Reader = Pick<Ports, 'store' | 'artifacts' | 'crypto' | 'log' | 'clock' | 'readModels' | 'compute' | 'progress'>;

/** Errors: Usage for a profile that was not tested. */
function askedProfiles(runId: string, facts: readonly BacktestEvent[], risks: RobustnessQuery['risks']): TestedProfileFacts[] {
  const tested = dataOf(facts, 'BacktestCompleted').flatMap((completed) => completed.tested);
  const known = tested.map(({ risk }): string => risk);
  const wanted = risks === null || risks === 'all' ? known : risks;
  const missing = wanted.find((risk) => !known.includes(risk));
  if (missing !== undefined)
    throw new LedgerError('Usage', `backtest ${runId} has not tested ${missing}${suggestion(missing, known)}`, {
      evidence: { tested: known },
      at: { path: '--risk' },
    });
  if (known.length === 0) throw new LedgerError('Usage', `backtest ${runId} has tested no profile`, { at: { path: runId } });
  return tested.filter(({ risk }) => wanted.includes(risk));
}

/** Every start behind the first, which is the recorded run. */
async function sweep(
  ports: Reader,
  input: BacktestInput,
  tested: readonly TestedProfileFacts[],
  signal: AbortSignal | null,
): Promise<Map<RiskProfile, OffsetRun[]>> {
  const { progress } = ports;
  const risks = tested.map(({ risk }) => risk);
  const offsets = Array.from({ length: input.node.blocks.backtest.step_size - 1 }, (_, index) => index + 1);
  let done = 0;
  progress.start(`start offsets of ${input.node.requested}`, risks.length * offsets.length * (input.sleeves.length + 1));
  try {
    const asked = { ...input, options: { ...input.options, risks } };
    return await runStartOffsets(asked, offsets, backtestRunner(ports, signal), () => progress.advance(++done));
  } finally {
    progress.stop();
  }
}

/**
 * How much of a recorded backtest is luck: from what the ledger recorded, with the rules of the run, and nothing written. Errors:
 * RunUnknown, BacktestUnfinished, Usage, RulesUnknown, ArtifactMissing, ArtifactDamaged, Interrupted.
 */
export async function backtestRobustness(
  ports: Reader,
  query: RobustnessQuery,
  signal: AbortSignal | null = null,
): Promise<BacktestRobustness> {
  const { runId, seed, replicates } = query;
  const checks = robustnessChecks.filter((check) => query.checks === null || query.checks.includes(check));
  const { started, facts } = await finishedBacktest(ports.store, runId);
  const tested = askedProfiles(runId, facts, query.risks);
  requireRules(started.rules);
  const input = await rebuildBacktest(ports.artifacts, started);
  const isAsked = (check: RobustnessCheck): boolean => checks.includes(check);
  const trials = isAsked('deflated-sharpe') ? await trialsOf(ports, [started.meta, started.profile]) : [];
  const runs = isAsked('offsets') ? await sweep(ports, input, tested, signal) : new Map<RiskProfile, OffsetRun[]>();
  const profiles: ProfileRobustness[] = [];
  for (const one of tested) {
    await throwIfInterrupted(signal, 'interrupted; nothing is recorded by this question');
    const profile = await recordedProfile(ports.artifacts, input, facts, one);
    profiles.push({
      risk: one.risk,
      annualisationDays: one.annualisationDays,
      figures: figuresOf(one),
      decided: profile.decided,
      deflatedSharpe: isAsked('deflated-sharpe') ? deflated({ risk: one.risk, net: profile.net }, runId, trials) : null,
      bands: isAsked('bootstrap') ? bands(profile, seed, replicates) : null,
      startOffsets: isAsked('offsets') ? offsetComparison(profile, runs.get(one.risk)!) : null,
      splits: isAsked('splits') ? checked(() => combinatorialTest(profile.work, profile.node, profile.joined)) : null,
    });
  }
  const offsets = input.node.blocks.backtest.step_size;
  return { runId, meta: started.meta, checks, seed: String(seed), replicates, offsets, profiles };
}
