import type { IsoDate, PriceTable } from '../returns/series.ts';
import { rowsOf } from '../returns/matrix.ts';
import { regimeRowsMax } from '../regime/regime.ts';
import { type AbortRule, runVerdict } from '../selection/abort.ts';
import { knownSymbols, supplyAt } from '../selection/known-symbols.ts';
import { marketOf } from '../selection/pool.ts';
import { recordOf } from '../selection/recorded-selection.ts';
import type { SelectionRecord } from '../selection/record.ts';
import { select } from '../selection/select.ts';
import type { SelectionSettings } from '../selection/settings.ts';
import type { SelectionSupply } from '../selection/supply.ts';
import { type DecisionPlan, type DecisionRows, decisionRows } from './decision-rows.ts';
import type { SleevePool } from './pool.ts';

/** Everything that the selections of a sleeve depend on, as plain data that another thread can have. */
export interface SelectionJob extends SleevePool {
  readonly prices: PriceTable;
  /** What is known of the symbols beside their prices. */
  readonly supply: SelectionSupply;
  readonly settings: SelectionSettings;
  readonly plan: DecisionPlan;
  readonly annualisationDays: number;
  /** Traded value a day that counts as full liquidity. */
  readonly fullLiquidity: number;
}

/** One decision on who enters. */
export interface SelectionDecision extends Pick<DecisionRows, 'scope' | 'window'> {
  /** First and last row that it reads. */
  readonly first: IsoDate;
  readonly newestRead: IsoDate;
  readonly record: SelectionRecord;
}

/** The selections of a sleeve, and what they make of its run. */
export interface SleeveSelection {
  /** Of the windows in their order, the live one last; or a single static one. */
  readonly decisions: readonly SelectionDecision[];
  readonly verdict: 'usable' | 'degraded' | 'failed';
}

const abortsOf = ({ record }: SelectionDecision): readonly AbortRule[] => record.aborts;

/** Selects for each decision from the rows that it may read, and from nothing behind them. Errors: those of `select` and `decisionRows`. */
export function selectForSleeve(job: SelectionJob): SleeveSelection {
  const { returns, settings, annualisationDays, fullLiquidity, plan } = job;
  const market = marketOf(returns);
  const known = knownSymbols(job);
  const decisions = decisionRows(returns.dates.length, plan).map(({ scope, window, first, end }): SelectionDecision => {
    const pool = {
      returns: rowsOf(returns, first, end),
      market: market.subarray(Math.max(0, end - regimeRowsMax), end),
      facts: supplyAt(known, { first, end }),
      annualisationDays,
      fullLiquidity,
    };
    const record = recordOf(select(pool, settings), pool, settings);
    return { scope, window, first: returns.dates[first]!, newestRead: returns.dates[end - 1]!, record };
  });
  const windows = decisions.filter(({ scope }) => scope === 'window');
  return { decisions, verdict: runVerdict(windows.map(abortsOf), abortsOf(decisions.at(-1)!)) };
}
