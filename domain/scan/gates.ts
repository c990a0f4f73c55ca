import { tradedValueColumn } from './columns.ts';
import { holds, type NotEvaluatedBecause } from './filters.ts';
import { numberIn, type ScanRow } from './response.ts';
import type { FilterOperation, ScanGates } from './scanner.ts';

/** In the order in which a row is rejected. */
export const gateNames = ['volatility', 'liquidity', 'trend_recommendation', 'trend_adx', 'trend_momentum'] as const;
export type GateName = (typeof gateNames)[number];

/** Keys of `passes`, as they are written. */
export const passKeys = [
  'trend_recommendation',
  'trend_adx',
  'trend_momentum',
  'trend_combined',
  'liquidity',
  'volatility',
  'all',
] as const;

/** True or false where a gate was evaluated, null where it is not configured or not evaluated. */
export type Passes = Readonly<Record<(typeof passKeys)[number], boolean | null>>;

/** The condition that a row did not meet. */
export interface FailedCondition {
  readonly column: string;
  readonly operation: FilterOperation;
  readonly threshold: number;
  readonly value: number | null;
}

export interface PreparedGate {
  readonly name: GateName;
  readonly state: 'evaluated' | 'not_evaluated' | 'not_configured';
  readonly because: NotEvaluatedBecause | null;
  /** Conditions of momentum that were left out: their columns are absent. */
  readonly leftOut: readonly string[];
  /** Null for a row that passes. Called for a gate that is evaluated. */
  readonly failure: (row: ScanRow) => FailedCondition | null;
}

interface Condition {
  readonly column: string;
  readonly operation: FailedCondition['operation'] & ('greater' | 'less' | 'egreater' | 'eless');
  readonly threshold: number;
  /** What is compared; of the column where this is left out. */
  readonly compared?: (row: ScanRow) => number | null;
  readonly needs: readonly string[];
}

/** Average true range in percent of the close; null where either is missing. */
export function atrPercent(row: ScanRow): number | null {
  const [atr, close] = [numberIn(row, 'ATR'), numberIn(row, 'close')];
  return atr === null || close === null || close === 0 ? null : (100 * atr) / close;
}

function failureOf(row: ScanRow, { column, operation, threshold, compared }: Condition): FailedCondition | null {
  const value = compared === undefined ? numberIn(row, column) : compared(row);
  return value !== null && holds(value, operation, threshold) ? null : { column, operation, threshold, value };
}

function conditionsOf(name: GateName, gates: ScanGates): readonly Condition[] {
  const one = (column: string, operation: Condition['operation'], threshold: number | null): Condition[] =>
    threshold === null ? [] : [{ column, operation, threshold, needs: [column] }];
  switch (name) {
    case 'volatility':
      return one('Volatility.D', 'eless', gates.volatilityMax).map((condition) => ({
        ...condition,
        compared: (row) => numberIn(row, 'Volatility.D') ?? atrPercent(row),
      }));
    case 'liquidity':
      return one(tradedValueColumn, 'egreater', gates.valueTradedMin);
    case 'trend_recommendation':
      return one('Recommend.All', 'egreater', gates.recommendationMin);
    case 'trend_adx':
      return one('ADX', 'egreater', gates.adxMin);
    default:
      return gates.momentum.map(({ column, op, value }) => ({ column, operation: op, threshold: value, needs: [column] }));
  }
}

/** Whether some row has what a condition compares. */
function isThere(condition: Condition, rows: readonly ScanRow[], present: ReadonlySet<string>): boolean {
  if (condition.needs.every((column) => present.has(column))) return true;
  return condition.compared !== undefined && rows.some((row) => condition.compared!(row) !== null);
}

/** The gates of a scanner over one response: which are evaluated is judged once, over all rows. */
export function prepareGates(gates: ScanGates, rows: readonly ScanRow[], present: ReadonlySet<string>): readonly PreparedGate[] {
  return gateNames.map((name) => {
    const conditions = conditionsOf(name, gates);
    const there = conditions.filter((condition) => isThere(condition, rows, present));
    const isEvaluated = there.length > 0;
    return {
      name,
      state: conditions.length === 0 ? 'not_configured' : isEvaluated ? 'evaluated' : 'not_evaluated',
      because: conditions.length === 0 || isEvaluated ? null : rows.length === 0 ? 'no_rows' : 'absent',
      leftOut: isEvaluated ? conditions.filter((condition) => !there.includes(condition)).map(({ column }) => column) : [],
      failure: (row) => {
        for (const condition of there) {
          const failed = failureOf(row, condition);
          if (failed !== null) return failed;
        }
        return null;
      },
    };
  });
}

export type GateFailures = ReadonlyMap<GateName, FailedCondition | null>;

/** Of every gate that is evaluated. */
export function failuresOf(row: ScanRow, gates: readonly PreparedGate[]): GateFailures {
  return new Map(gates.filter(({ state }) => state === 'evaluated').map(({ name, failure }) => [name, failure(row)]));
}

type Verdict = boolean | null;

function joined(verdicts: readonly Verdict[], logic: 'AND' | 'OR'): Verdict {
  const known = verdicts.filter((verdict) => verdict !== null);
  if (known.length === 0) return null;
  return logic === 'AND' ? known.every(Boolean) : known.some(Boolean);
}

/** Gates that are configured and not evaluated leave null; without any gate `all` is true. */
export function passesOf(failures: GateFailures, { logic }: ScanGates, isAnyConfigured: boolean): Passes {
  const verdict = (name: GateName): Verdict => {
    const failed = failures.get(name);
    return failed === undefined ? null : failed === null;
  };
  const [trend_recommendation, trend_adx, trend_momentum] = [
    verdict('trend_recommendation'),
    verdict('trend_adx'),
    verdict('trend_momentum'),
  ];
  const trend_combined = joined([trend_recommendation, trend_adx, trend_momentum], logic);
  const [liquidity, volatility] = [verdict('liquidity'), verdict('volatility')];
  const all = isAnyConfigured ? joined([trend_combined, liquidity, volatility], 'AND') : true;
  return { trend_recommendation, trend_adx, trend_momentum, trend_combined, liquidity, volatility, all };
}
