import { LedgerError } from '../shared/errors.ts';
import type { MetaPortfolioCommand, Proposal } from './commands.ts';
import type { AllocationPublished, HoldReason, RebalanceHeld } from './events.ts';
import type { RebalanceMeasure } from '../run/rebalance-measure.ts';
import { requireApprover, requireDistinctName } from './second-person.ts';
import { draftMetaPortfolio, type MetaPortfolioDraft } from './slice.ts';
import type { MetaPortfolioState } from './state.ts';

/** A turnover that is beyond a limit by less than this share of it is at the limit: rounding holds and skips nothing. */
const limitTolerance = 1e-9;

const shown = (value: number): string => value.toFixed(4);

function turnoverReasons({ rebalance, policy }: Proposal): HoldReason[] {
  const limit = policy.max_turnover_two_sided;
  // There is nothing to turn over before the first publication.
  if (limit === null || rebalance.against === null) return [];
  const { turnoverTwoSided: value, unknownBecause } = rebalance;
  if (value === null)
    return [
      {
        kind: 'max_turnover',
        message: `the turnover is not known (${unknownBecause}), and at most ${shown(limit)} is allowed`,
        value,
        limit,
      },
    ];
  return value > limit * (1 + limitTolerance)
    ? [{ kind: 'max_turnover', message: `the turnover of ${shown(value)} is above ${shown(limit)}`, value, limit }]
    : [];
}

/** What keeps an allocation from being published by itself. Evidence that is missing holds as a failure does. */
function holdReasons(proposal: Proposal, state: MetaPortfolioState): HoldReason[] {
  const { policy, acceptance, asOf } = proposal;
  const reasons: HoldReason[] = [];
  if (state.published !== null && asOf < state.published.asOf) {
    reasons.push({
      kind: 'older_as_of',
      message: `its as-of date ${asOf} is before the ${state.published.asOf} of the last publication`,
      value: null,
      limit: null,
    });
  }
  if (policy.on_acceptance_fail === 'hold') {
    const failed = acceptance.filter(({ holds, status }) => holds && (status === 'failed' || status === 'unknown'));
    reasons.push(
      ...failed.map(({ check, message, value, limit, status }) => ({
        kind: 'acceptance' as const,
        message: `${check} ${status}: ${message}`,
        value,
        limit,
      })),
    );
  }
  reasons.push(...turnoverReasons(proposal));
  if (policy.maker_checker)
    reasons.push({
      kind: 'maker_checker',
      message: 'every rebalance of this portfolio needs the approval of a second person',
      value: null,
      limit: null,
    });
  return reasons;
}

function belowBand(rebalance: RebalanceMeasure, band: number): boolean {
  return rebalance.against !== null && rebalance.turnoverTwoSided !== null && rebalance.turnoverTwoSided < band * (1 - limitTolerance);
}

function published(proposal: Proposal, state: MetaPortfolioState, approval: AllocationPublished['approval']): MetaPortfolioDraft {
  const { acceptance: _, ...allocation } = proposal;
  return draftMetaPortfolio('AllocationPublished', { ...allocation, number: (state.published?.number ?? 0) + 1, approval });
}

type Propose = Extract<MetaPortfolioCommand, { kind: 'ProposeAllocation' }>;

/**
 * Published, skipped or held; nothing when these inputs have been decided on, or when the definition has changed meanwhile. Errors: under
 * maker_checker those of `requireDistinctName`, for what nobody has put a name to, nobody else can approve.
 */
export function propose({ proposal, proposer, localUser }: Propose, state: MetaPortfolioState): readonly MetaPortfolioDraft[] {
  if (
    state.haltedWhy !== null ||
    state.decided?.inputsHash === proposal.inputsHash ||
    state.definition?.number !== proposal.definitionNumber
  )
    return [];
  const { meta, definitionNumber, inputsHash, runId, risk, asOf, policy, rebalance, inputs } = proposal;
  const decided = { meta, definitionNumber, inputsHash, runId, risk, asOf, policy };
  // Inputs that differ in what changes no number, such as a waiver of nothing, lead to the run in force: the same run is not a second
  // publication.
  if (state.published?.runId === runId || belowBand(rebalance, policy.no_trade_band_two_sided)) {
    return [draftMetaPortfolio('RebalanceSkipped', { ...decided, rebalance, noTradeBandTwoSided: policy.no_trade_band_two_sided })];
  }
  if (policy.maker_checker) requireDistinctName(proposer, 'propose', state);
  const reasons = holdReasons(proposal, state);
  if (reasons.length > 0) return [draftMetaPortfolio('RebalanceHeld', { ...decided, inputs, rebalance, reasons, proposer, localUser })];
  return [published(proposal, state, null)];
}

/** Errors: NothingHeld. */
function requireHeld(meta: string, runId: string, { held }: MetaPortfolioState): RebalanceHeld {
  if (held !== null && held.runId === runId) return held;
  const instead = held === null ? 'nothing is held' : `it is ${held.runId} that is held`;
  throw new LedgerError('NothingHeld', `run ${runId} of ${meta} waits for no approval: ${instead}`, {
    evidence: { meta, runId, held: held?.runId ?? null },
  });
}

type Approve = Extract<MetaPortfolioCommand, { kind: 'ApproveRebalance' }>;

/**
 * Errors: NothingHeld, PublicationHalted, and those of `requireApprover`. Approving again what was approved changes nothing.
 */
export function approve({ proposal, approver, why, localUser }: Approve, state: MetaPortfolioState): readonly MetaPortfolioDraft[] {
  const { meta, runId } = proposal;
  if (state.held === null && state.published?.runId === runId && state.published.approval !== null) return [];
  if (state.haltedWhy !== null) throw new LedgerError('PublicationHalted', `publication of ${meta} is halted: ${state.haltedWhy}`);
  const { proposer, policy } = requireHeld(meta, runId, state);
  requireApprover({ what: `run ${runId}`, proposer, approver }, policy.maker_checker, state);
  return [
    draftMetaPortfolio('RebalanceApproved', { meta, runId, proposer, approver, why, localUser }),
    published(proposal, state, { proposer, approver, why }),
  ];
}

type Reject = Extract<MetaPortfolioCommand, { kind: 'RejectRebalance' }>;

/** Errors: NothingHeld. Rejecting again what was rejected changes nothing. */
export function reject({ meta, runId, who, why, localUser }: Reject, state: MetaPortfolioState): readonly MetaPortfolioDraft[] {
  if (state.held?.runId !== runId && state.rejected?.runId === runId) return [];
  const { definitionNumber, inputsHash, risk, asOf, proposer } = requireHeld(meta, runId, state);
  return [
    draftMetaPortfolio('RebalanceRejected', { meta, definitionNumber, inputsHash, runId, risk, asOf, proposer, who, why, localUser }),
  ];
}

type Halt = Extract<MetaPortfolioCommand, { kind: 'HaltPublication' | 'ResumePublication' }>;

export function haltOrResume({ kind, meta, number, who, why }: Halt, state: MetaPortfolioState): readonly MetaPortfolioDraft[] {
  if (kind === 'HaltPublication') {
    if (state.haltedWhy !== null || number <= state.halts) return [];
    return [draftMetaPortfolio('PublicationHalted', { meta, number: state.halts + 1, who, why })];
  }
  if (state.haltedWhy === null || number !== state.halts) return [];
  return [draftMetaPortfolio('PublicationResumed', { meta, number: state.halts, who, why })];
}
