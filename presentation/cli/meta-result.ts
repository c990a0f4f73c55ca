import { type Cash, cashAssetIn, cashLine } from '../../domain/allocation/cash.ts';
import type { MetaRunOutcome } from '../../handlers/commands/flow-meta.ts';
import type { RecordedAllocation } from '../../handlers/runs/meta-run-facts.ts';
import { dataEndText, type PortfolioDataEnd, portfolioDataEnd } from '../../domain/run/data-end.ts';
import { agreementOf, agreementText } from '../../domain/parity/counts.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { exchangeWarnings } from '../../domain/shared/symbol.ts';
import { mandateWarnings, missingLines } from './parity-lines.ts';
import { heading, lines, percent, table, type Block, type Outcome } from './verb.ts';

/** What a profile does not invest; null where nothing is and no cash asset is named. */
function cashOf({ request }: MetaRunOutcome, { flattened }: RecordedAllocation): Cash | null {
  return cashLine(flattened.gross, cashAssetIn(request.node));
}

function cashLines(outcome: MetaRunOutcome): string[] {
  const held = outcome.allocations.flatMap((allocation) => {
    const cash = cashOf(outcome, allocation);
    return cash === null ? [] : [`${allocation.risk} ${percent(cash.weight)} in ${cash.asset}`];
  });
  return held.length === 0 ? [] : [`Cash: ${held.join('; ')}.`];
}

function allocatedProfile(outcome: MetaRunOutcome, allocation: RecordedAllocation): Record<string, unknown> {
  const { opened } = outcome;
  const { risk, joined, optimised, guarded, flattened, acceptance } = allocation;
  const cash = cashOf(outcome, allocation);
  const { policy, rows, first, last, sleeves } = joined.statistics;
  const { certificate, flags, fallback, attempts } = optimised.solve;
  const runOf = (id: string): string | null => opened.consumed.find(({ path }) => path.length === 1 && path[0] === id)?.runId ?? null;
  const boundOf = (id: string): (typeof guarded.bounds)[number] => guarded.bounds.find((bound) => bound.id === id)!;
  return {
    risk,
    status: 'allocated',
    grade: acceptance.grade,
    join: { policy, rows, first, last, sleeves },
    sleeves: joined.streams.map(({ id }) => ({
      id,
      runId: runOf(id),
      raw: guarded.raw[id],
      bounded: guarded.weights[id],
      lower: boundOf(id).lower,
      upper: boundOf(id).upper,
    })),
    binding: guarded.binding,
    determined: guarded.determined,
    distanceL2: guarded.distanceL2,
    volatilityCostExAnte: guarded.volatilityCostExAnte,
    projection: guarded.projection,
    certificate,
    flags,
    fallback,
    ...(attempts.length > 1 ? { attempts } : {}),
    assets: flattened.assets.map(({ symbol, weight, contributors }) => ({
      symbol,
      weight,
      contributors: contributors.map(({ sleeve, path, amount }) => ({ sleeve, path, amount })),
    })),
    ...(cash === null ? {} : { cash }),
    gross: flattened.gross,
    net: flattened.net,
    nettedExposure: flattened.nettedExposure,
    acceptance: acceptance.verdicts,
  };
}

function failedProfile({ risk, code, reason }: MetaRunOutcome['failures'][number]): Record<string, unknown> {
  return { risk, status: 'failed', code, reason, join: null, sleeves: [], binding: [], determined: false, assets: [], acceptance: [] };
}

function warningsOf(outcome: MetaRunOutcome): string[] {
  const joins = dataOf(outcome.drafts, 'SleeveReturnsJoined').flatMap(({ warnings }) => warnings);
  const mandated = mandateWarnings(outcome.parity.verdict);
  const failures = outcome.failures.map(({ risk, reason }) => `${risk} was not allocated: ${reason}`);
  const determined = outcome.allocations
    .filter(({ guarded }) => guarded.determined)
    .map(({ risk }) => `${risk}: the bounds determine the allocation`);
  const degraded = outcome.allocations.flatMap(({ risk, acceptance: { verdicts } }) =>
    verdicts.filter(({ check, status }) => check === 'native_solves' && status === 'warned').map(({ message }) => `${risk}: ${message}`),
  );
  const assets = outcome.allocations.flatMap(({ flattened }) => flattened.assets.map(({ symbol }) => symbol));
  return [...new Set([...failures, ...degraded, ...determined, ...exchangeWarnings(assets), ...joins, ...mandated])];
}

function dataEndOfOutcome({ asOf, request }: MetaRunOutcome): PortfolioDataEnd {
  return portfolioDataEnd(
    [...request.leaves].map(([sleeve, { dataEnd }]) => ({ sleeve, ...dataEnd })),
    asOf,
  );
}

function people(outcome: MetaRunOutcome): Block[] {
  const { parity, allocations } = outcome;
  const { verdict } = parity;
  const blocks: Block[] = [
    heading(`Meta run ${outcome.runId}${outcome.already ? ' (already recorded)' : ''}`),
    lines(
      dataEndText(dataEndOfOutcome(outcome)),
      `Parity: ${verdict.verdict}, ${parity.outcome.outcome}; overlap ${agreementText(agreementOf(verdict.counts.all))}.`,
      ...missingLines(verdict),
    ),
  ];
  if (parity.outcome.outcome === 'rejected') {
    const unequal = verdict.leaves.filter((leaf) => parity.outcome.uncovered.includes(leaf.path));
    blocks.push(
      table(
        ['leaf', 'status', 'values'],
        unequal.map((leaf) => [leaf.path, leaf.status, JSON.stringify(leaf.values)]),
      ),
    );
    return blocks;
  }
  const ids = allocations[0]?.joined.streams.map(({ id }) => id) ?? [];
  blocks.push(
    table(
      ['profile', ...ids, 'vol (sample)', 'assets', 'top asset', 'acceptance'],
      allocations.map(({ risk, guarded, flattened, acceptance: { grade, verdicts } }) => {
        const top = flattened.assets.reduce((most, asset) => (Math.abs(asset.weight) > Math.abs(most.weight) ? asset : most));
        const failed = verdicts.filter(({ status }) => status === 'failed').map(({ check }) => check);
        const volatility = verdicts.find(({ check }) => check === 'volatility_below_best_sleeve')?.value ?? null;
        return [
          grade === 'DEGRADED' ? `${risk} (DEGRADED)` : risk,
          ...ids.map((id) => percent(guarded.weights[id]!)),
          volatility === null ? '' : percent(volatility),
          String(flattened.assets.length),
          `${top.symbol} ${percent(top.weight)}`,
          failed.length === 0 ? 'passed' : `failed: ${failed.join(', ')}`,
        ];
      }),
    ),
    lines(...cashLines(outcome)),
  );
  return blocks;
}

export function parityRejected(uncovered: readonly string[]): LedgerError {
  return new LedgerError('ParityRejected', `parity is rejected: ${uncovered.join(', ')}`, { evidence: { uncovered } });
}

interface Failure {
  readonly risk: string;
  readonly code: string;
  readonly reason: string;
}

/**
 * Failures of single profiles: the answer fails where nothing was allocated, or not all that was asked for by name; else they are listed
 * and the answer stands.
 */
export function notAllocated(failures: readonly Failure[], allocated: number, asked: readonly string[] | 'all' | null): LedgerError | null {
  const byName = asked !== null && asked !== 'all';
  if (failures.length === 0 || (allocated > 0 && !byName)) return null;
  const sentence = failures.map(({ risk, reason }) => `${risk} was not allocated: ${reason}`).join('; ');
  return new LedgerError('ProfilesNotAllocated', sentence, {
    evidence: { failures: failures.map(({ risk, code, reason }) => ({ risk, code, reason })) },
  });
}

/** Errors: a rejected parity, profiles that were asked for and not allocated, and acceptance where it is strict. */
function failureOf(
  { parity, failures, allocations }: MetaRunOutcome,
  asked: readonly string[] | 'all' | null,
  unaccepted: readonly string[],
): LedgerError | null {
  const { outcome } = parity;
  if (outcome.outcome === 'rejected') return parityRejected(outcome.uncovered);
  const missing = notAllocated(failures, allocations.length, asked);
  if (missing !== null) return missing;
  if (unaccepted.length === 0) return null;
  return new LedgerError('AcceptanceFailed', `acceptance failed or is unknown: ${unaccepted.join(', ')}`);
}

/** What `flow meta` answers. */
export function metaRunOutcome(outcome: MetaRunOutcome, asked: readonly string[] | 'all' | null, strictAcceptance: boolean): Outcome {
  const { verdict, outcome: decided } = outcome.parity;
  const profiles = [
    ...outcome.allocations.map((allocation) => allocatedProfile(outcome, allocation)),
    ...outcome.failures.map(failedProfile),
  ];
  const rejected = decided.outcome === 'rejected';
  const unaccepted = outcome.allocations.flatMap(({ risk, acceptance }) =>
    acceptance.verdicts
      .filter(({ status }) => strictAcceptance && (status === 'failed' || status === 'unknown'))
      .map(({ check }) => `${risk}: ${check}`),
  );
  return {
    result: {
      runId: outcome.runId,
      already: outcome.already,
      asOf: outcome.asOf,
      dataEnd: dataEndOfOutcome(outcome),
      parity: {
        verdict: verdict.verdict,
        decision: decided.outcome,
        overlap: verdict.overlap.all,
        overlapByBlock: verdict.overlap.byBlock,
        counts: verdict.counts,
        leaves: verdict.leaves,
        missing: verdict.missing,
        mandated: verdict.mandated,
        uncovered: decided.uncovered,
        waivers: decided.used,
      },
      profiles,
      failures: outcome.failures.map(({ risk, code, reason }) => ({ risk, code, reason })),
      strictAcceptance: strictAcceptance ? unaccepted.length === 0 : null,
    },
    people: people(outcome),
    warnings: rejected ? [] : warningsOf(outcome),
    failure: failureOf(outcome, asked, unaccepted),
  };
}
