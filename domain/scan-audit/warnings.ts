import { numberIn, type ScanRow, valueIn } from '../scan/response.ts';
import { tradedValueColumn } from '../scan/columns.ts';

/** Something about a candidate that a reader should see. It never takes the candidate away. */
export interface CandidateWarning {
  readonly level: 'severe' | 'warn' | 'unknown';
  readonly code:
    | 'aum'
    | 'aum_null'
    | 'expense_ratio'
    | 'expense_null'
    | 'value_traded'
    | 'value_traded_null'
    | 'perf_1m'
    | 'perf_1m_null'
    | 'leveraged_or_inverse';
  /** The value, or the words that were found. */
  readonly value: number | string | null;
}

const thresholds = {
  aumSevere: 10_000_000,
  aumWarn: 50_000_000,
  /** The column is in percent. */
  expensePct: 1,
  valueTraded: 5_000_000,
  /** Percent in a month, up or down. */
  perf1mPct: 100,
} as const;

/** Short-term bonds are no leverage. */
const harmless = /\bultra[- ]short(?:[- ](?:term|bond|income|duration|maturity))+\b/gi;
const leverage = /\bProShares Short\b|\b(?:leveraged?|inverse|ultra|ultrapro|ultrashort|bull|bear)\b|\b[1-4](?:\.\d+)?x\b/i;
const leveragedCategory = /^Trading--(?:Leveraged|Inverse)/;

function leverageOf(row: ScanRow): CandidateWarning[] {
  const [description, category] = [valueIn(row, 'description'), valueIn(row, 'category')];
  const found = typeof description === 'string' ? leverage.exec(description.replaceAll(harmless, ' ')) : null;
  const words = found?.[0] ?? (typeof category === 'string' ? (leveragedCategory.exec(category)?.[0] ?? null) : null);
  return words === null ? [] : [{ level: 'warn', code: 'leveraged_or_inverse', value: words }];
}

function aumOf(value: number | null): CandidateWarning[] {
  if (value === null) return [{ level: 'unknown', code: 'aum_null', value }];
  if (value < thresholds.aumSevere) return [{ level: 'severe', code: 'aum', value }];
  return value < thresholds.aumWarn ? [{ level: 'warn', code: 'aum', value }] : [];
}

type Measured = 'expense_ratio' | 'value_traded' | 'perf_1m';

function measured(
  value: number | null,
  code: Measured,
  unknown: CandidateWarning['code'],
  isOff: (value: number) => boolean,
): CandidateWarning[] {
  if (value === null) return [{ level: 'unknown', code: unknown, value }];
  return isOff(value) ? [{ level: 'warn', code, value }] : [];
}

/** Every warning about a row, in one order. Thresholds are strict; a value that is not there is unknown. */
export function warningsOf(row: ScanRow): readonly CandidateWarning[] {
  return [
    ...aumOf(numberIn(row, 'aum')),
    ...measured(numberIn(row, 'expense_ratio'), 'expense_ratio', 'expense_null', (value) => value > thresholds.expensePct),
    ...measured(numberIn(row, tradedValueColumn), 'value_traded', 'value_traded_null', (value) => value < thresholds.valueTraded),
    ...measured(numberIn(row, 'Perf.1M'), 'perf_1m', 'perf_1m_null', (value) => Math.abs(value) > thresholds.perf1mPct),
    ...leverageOf(row),
  ];
}
