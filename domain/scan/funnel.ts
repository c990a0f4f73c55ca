import type { FailedCondition, GateName, PreparedGate } from './gates.ts';
import type { Funnel, FunnelStage, Rejection } from './scan-result.ts';
import type { ScanFilter } from './scanner.ts';

interface Judged {
  readonly failures: ReadonlyMap<GateName, FailedCondition | null>;
  readonly rejection: Rejection | null;
}

interface FunnelInput {
  readonly filters: readonly ScanFilter[];
  readonly gates: readonly PreparedGate[];
  readonly rows: readonly Judged[];
  readonly fetched: number;
  readonly included: number;
  readonly prefilterColumn: string | null;
}

type StageHead = Pick<FunnelStage, 'stage' | 'gate' | 'column'>;

const gateColumns: Readonly<Record<GateName, string | null>> = {
  volatility: 'Volatility.D',
  liquidity: 'Value.Traded',
  trend_recommendation: 'Recommend.All',
  trend_adx: 'ADX',
  trend_momentum: null,
};

/** Every stage in the order in which a row meets it. */
function stageHeads({ filters, gates, prefilterColumn }: FunnelInput): StageHead[] {
  return [
    ...filters.map(({ left }, index): StageHead => ({ stage: 'api', gate: `filter[${index}]`, column: left })),
    { stage: 'api', gate: 'prefilter', column: prefilterColumn },
    { stage: 'basic', gate: 'static_exchange', column: 'symbol' },
    ...gates.map(({ name }): StageHead => ({ stage: 'client', gate: name, column: gateColumns[name] })),
    { stage: 'client', gate: 'no_evidence', column: null },
    { stage: 'client', gate: 'dedupe', column: 'symbol' },
    { stage: 'rank', gate: 'limit', column: null },
  ];
}

/** What a gate costs by itself, over the rows that the API stage lets through. */
function costOf(gate: PreparedGate, past: readonly Judged[]): Pick<FunnelStage, 'state' | 'alone' | 'only'> {
  if (gate.state === 'not_configured') return { state: gate.state, alone: null, only: null };
  const failing = past.filter(({ failures }) => (failures.get(gate.name) ?? null) !== null);
  const only = failing.filter(({ failures }) => [...failures].every(([name, failed]) => name === gate.name || failed === null));
  return { state: gate.state, alone: failing.length, only: only.length };
}

/** What each stage let in, rejected and let out: the rejections and the selected add up to the rows. */
export function funnelOf(input: FunnelInput): Funnel {
  const { rows, gates, fetched, included } = input;
  const past = rows.filter(({ rejection }) => rejection?.stage !== 'api');
  let entering = rows.length;
  const stages = stageHeads(input).map((head): FunnelStage => {
    const rejected = rows.filter(({ rejection }) => rejection?.stage === head.stage && rejection.gate === head.gate).length;
    const gate = gates.find(({ name }) => name === head.gate);
    const cost = gate === undefined ? { state: null, alone: null, only: null } : costOf(gate, past);
    const stage = { ...head, in: entering, rejected, out: entering - rejected, ...cost };
    entering = stage.out;
    return stage;
  });
  return { fetched, included, stages, selected: entering };
}

/** The stage behind which nothing was left; null where something was, or nothing came in. */
export function emptiedAt({ stages }: Funnel): FunnelStage | null {
  return stages.find((stage) => stage.in > 0 && stage.out === 0) ?? null;
}
