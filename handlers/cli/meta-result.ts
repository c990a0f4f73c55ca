import type { MetaRunOutcome } from '../commands/flow-meta.ts';
import type { ProfileAllocation } from '../compute/meta-run.ts';
import type { EventData } from '../../domain/catalogue.ts';
import { heading, lines, percent, table, type Block, type Outcome } from './verb.ts';

function acceptanceOf(outcome: MetaRunOutcome, risk: string): EventData<'AcceptanceMeasured'> {
  return outcome.drafts.find((draft) => draft.type === 'AcceptanceMeasured' && (draft.data as { risk: string }).risk === risk)!.data as EventData<'AcceptanceMeasured'>;
}

function allocatedProfile(outcome: MetaRunOutcome, { risk, root, flattened }: ProfileAllocation): Record<string, unknown> {
  const { join, bounds, projection } = root;
  const ids = root.matrix.columns;
  const runOf = (id: string): string | null => outcome.request.leaves.get(id)?.runId ?? null;
  const guard = outcome.drafts.find((draft) => draft.type === 'GuardrailsApplied' && (draft.data as { risk: string; path: unknown[] }).risk === risk && (draft.data as { path: unknown[] }).path.length === 0)!.data as EventData<'GuardrailsApplied'>;
  const acceptance = acceptanceOf(outcome, risk);
  return {
    risk,
    status: 'allocated',
    grade: acceptance.grade,
    join: { policy: join.policy, rows: join.rows, first: join.first, last: join.last, sleeves: join.sleeves },
    sleeves: ids.map((id, index) => ({ id, runId: runOf(id), raw: root.raw[index], bounded: root.bounded[index], lower: bounds[index]!.lower, upper: bounds[index]!.upper })),
    binding: guard.binding,
    determined: projection.determined,
    distanceL2: projection.distanceL2,
    volatilityCostExAnte: guard.volatilityCostExAnte,
    projection: guard.projection,
    certificate: root.solve.certificate,
    flags: root.solve.flags,
    fallback: root.solve.fallback,
    assets: flattened.assets.map(({ symbol, weight, contributors }) => ({ symbol, weight, contributors: contributors.map(({ sleeve, path, amount }) => ({ sleeve, path, amount })) })),
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
  const joins = outcome.drafts.filter((draft) => draft.type === 'SleeveReturnsJoined').flatMap((draft) => (draft.data as EventData<'SleeveReturnsJoined'>).warnings);
  const mandated = outcome.parity.verdict.mandated.filter(({ status }) => status === 'deviates' || status === 'absent').map(({ path, mandated: value }) => `${path} deviates from the mandated ${JSON.stringify(value)}`);
  const failures = outcome.failures.map(({ risk, reason }) => `${risk} was not allocated: ${reason}`);
  const determined = outcome.allocations.filter(({ root }) => root.projection.determined).map(({ risk }) => `${risk}: the bounds determine the allocation`);
  return [...new Set([...failures, ...determined, ...joins, ...mandated])];
}

function people(outcome: MetaRunOutcome): Block[] {
  const { parity, allocations } = outcome;
  const { verdict } = parity;
  const blocks: Block[] = [
    heading(`Meta run ${outcome.runId}${outcome.already ? ' (already recorded)' : ''}`),
    lines(`Parity: ${verdict.verdict}, ${parity.outcome.outcome}; overlap ${verdict.overlap.all === null ? 'unknown' : percent(verdict.overlap.all)} of ${verdict.counts.all.leaves} leaves.`),
  ];
  if (parity.outcome.outcome === 'rejected') {
    const unequal = verdict.leaves.filter((leaf) => parity.outcome.uncovered.includes(leaf.path));
    blocks.push(table(['leaf', 'status', 'values'], unequal.map((leaf) => [leaf.path, leaf.status, JSON.stringify(leaf.values)])));
    return blocks;
  }
  const ids = allocations[0]?.root.matrix.columns ?? [];
  blocks.push(
    table(
      ['profile', ...ids, 'vol (sample)', 'assets', 'top asset', 'acceptance'],
      allocations.map(({ risk, root, flattened }) => {
        const verdicts = acceptanceOf(outcome, risk).verdicts;
        const top = flattened.assets.reduce((most, asset) => (Math.abs(asset.weight) > Math.abs(most.weight) ? asset : most));
        const failed = verdicts.filter(({ status }) => status === 'failed').map(({ check }) => check);
        const volatility = verdicts.find(({ check }) => check === 'volatility_below_best_sleeve')?.value ?? null;
        return [risk, ...root.bounded.map(percent), volatility === null ? '' : percent(volatility), String(flattened.assets.length), `${top.symbol} ${percent(top.weight)}`, failed.length === 0 ? 'passed' : `failed: ${failed.join(', ')}`];
      }),
    ),
  );
  return blocks;
}

/** What `flow meta` answers: a rejected run, or one in which nothing or not all that was asked by name was allocated, exits 1. */
export function metaRunOutcome(outcome: MetaRunOutcome, asked: readonly string[] | 'all' | null, strictAcceptance: boolean): Outcome {
  const { verdict, outcome: decided } = outcome.parity;
  const profiles = [...outcome.allocations.map((allocation) => allocatedProfile(outcome, allocation)), ...outcome.failures.map(failedProfile)];
  const rejected = decided.outcome === 'rejected';
  const missing = asked === 'all' ? outcome.allocations.length === 0 : outcome.failures.length > 0;
  const unaccepted = strictAcceptance && outcome.allocations.some(({ risk }) => acceptanceOf(outcome, risk).verdicts.some(({ status }) => status === 'failed' || status === 'unknown'));
  return {
    result: {
      runId: outcome.runId,
      already: outcome.already,
      asOf: outcome.request.asOf,
      parity: {
        verdict: verdict.verdict,
        decision: decided.outcome,
        overlap: verdict.overlap.all,
        overlapByBlock: verdict.overlap.byBlock,
        counts: verdict.counts,
        leaves: verdict.leaves,
        mandated: verdict.mandated,
        uncovered: decided.uncovered,
        waivers: decided.used,
      },
      profiles,
      strictAcceptance: strictAcceptance ? !unaccepted : null,
    },
    people: people(outcome),
    warnings: rejected ? [] : warningsOf(outcome),
    exit: rejected || missing || unaccepted ? 1 : 0,
  };
}
