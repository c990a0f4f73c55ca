import { defaultOptions, optionsOf, streamsFor } from '../../domain/allocation/meta-options.ts';
import { returnsOfRun } from '../../domain/allocation/drift.ts';
import { measureRebalance } from '../../domain/allocation/rebalance.ts';
import { allocatedIn, whyNotAllocated } from '../../domain/meta-run/allocated.ts';
import type { MetaPortfolioCommand } from '../../domain/publication/commands.ts';
import type { AllocationInput, AllocationPublished, MetaPortfolioDefined } from '../../domain/publication/events.ts';
import { proposalOf } from '../../domain/publication/proposal.ts';
import { refusalOf } from '../../domain/publication/refusal.ts';
import type { MetaPortfolioState } from '../../domain/publication/state.ts';
import type { MetaRunOptions } from '../../domain/run/meta-run-options.ts';
import type { RebalanceMeasure } from '../../domain/run/rebalance-measure.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { refusesReallocation } from '../../domain/shared/error-kinds.ts';
import { settleMetaRun } from '../commands/flow-meta.ts';
import { type SelectedRuns, selectSleeveRuns } from '../runs/select-sleeve-runs.ts';
import { solveMetaRun } from '../runs/solve-runs.ts';
import type { Session } from '../runtime/session.ts';
import type { SleeveSource } from '../runs/sleeve-sources.ts';
import { yieldToEventLoop } from '../runtime/interruption.ts';
import { timed } from '../runtime/observability/telemetry.ts';
import type { RecordedInputs } from '../runs/recorded-inputs.ts';

/** A portfolio whose inputs are due, as it was read. */
export interface DueInputs {
  readonly definition: MetaPortfolioDefined;
  readonly portfolio: MetaPortfolioState;
  readonly inputs: readonly AllocationInput[];
  readonly inputsHash: string;
  readonly source: SleeveSource;
}

interface Next {
  readonly asOf: string;
  readonly weights: Readonly<Record<string, number>>;
}

async function rebalanceOf(
  recorded: RecordedInputs,
  last: AllocationPublished | null,
  next: Next,
  { leaves }: SelectedRuns,
  proxies: MetaRunOptions['proxies'],
): Promise<RebalanceMeasure> {
  if (last === null) return measureRebalance({ last, next, returnsOf: () => null });
  const { assets } = await recorded.flattened(last.portfolio);
  const delivered = [last.risk, ...(proxies[last.risk] ?? [])];
  return measureRebalance({
    last: { number: last.number, asOf: last.asOf, assets },
    next,
    returnsOf: (path) => returnsOfRun(leaves.get(path), delivered),
  });
}

/** Computes and records the run of these inputs, and says what to do about it. */
export async function decisionOn(
  session: Session,
  recorded: RecordedInputs,
  { definition, portfolio, inputs, inputsHash, source }: DueInputs,
): Promise<MetaPortfolioCommand> {
  const { ports, actor, localUser = null } = session;
  const node = await recorded.definition(definition.definition);
  try {
    const options = optionsOf(node, defaultOptions);
    const { published, waivers } = portfolio;
    // The holdings drift by the profile that they were published for, which a new definition may have left.
    const streams = streamsFor(published === null ? options : { ...options, risks: [...options.risks, published.risk] });
    const selected = await selectSleeveRuns(node, null, source, (runId) => recorded.sleeveRun(runId, streams));
    const request = { node, options, ...selected, waivers, restatement: 0, supersedes: null, why: null, rules: rulesInForce };
    // Each step of a decision is a turn of the event loop: probes, heartbeats and signals are answered in between.
    await yieldToEventLoop('reaction');
    const { runId, facts } = await settleMetaRun(session, request, (identified) =>
      timed(ports.metrics, 'sleeve_ledger_solve_seconds', () => solveMetaRun(ports, request, identified)),
    );
    await yieldToEventLoop('reaction');
    const allocated = allocatedIn(facts, definition.risk);
    if (allocated === null) return refusalOf(definition, inputsHash, runId, whyNotAllocated(facts));
    const rebalance = await rebalanceOf(
      recorded,
      published,
      { asOf: selected.asOf, weights: allocated.weights },
      selected,
      options.proxies,
    );
    return {
      kind: 'ProposeAllocation',
      proposal: proposalOf(runId, selected.asOf, allocated, { definition, inputsHash, inputs, rebalance }),
      proposer: actor,
      localUser,
    };
  } catch (error) {
    if (refusesReallocation(error)) return refusalOf(definition, inputsHash, null, error);
    throw error;
  }
}
