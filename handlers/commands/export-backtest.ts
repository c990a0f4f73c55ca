import { selectionLookAheadIn } from '../../domain/backtest-run/selection-look-ahead.ts';
import type { BacktestStarted, TestedProfileFacts, WindowAllocated } from '../../domain/backtest-run/events.ts';
import { allocationTurnover } from '../../domain/metrics/turnover.ts';
import type { Metrics } from '../../domain/returns/metrics.ts';
import { columnNamed } from '../../domain/returns/table-text.ts';
import { canonicalJson } from '../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import { loadTable } from '../artifacts/artifact-files.ts';
import type { Ports } from '../ports/ports.ts';
import { backtestDetail } from '../queries/verify-backtests.ts';
import { finishedBacktest } from '../runs/backtest-runs.ts';

export interface ExportBacktest {
  readonly runId: string;
  readonly file: string;
}

export interface ExportedBacktest extends ExportBacktest {
  readonly profiles: readonly string[];
  readonly sha256: string;
}

type Dated<Value> = Record<string, Value>;

/** Wealth of one unit, from the close before the first row on. */
function equityOf(opening: string, dates: readonly string[], returns: ArrayLike<number>): Dated<number> {
  const equity: Dated<number> = { [opening]: 1 };
  let wealth = 1;
  dates.forEach((date, row) => {
    wealth *= 1 + returns[row]!;
    equity[date] = wealth;
  });
  return equity;
}

function figures(metrics: Metrics): object {
  const { sharpe, maxDrawdown, volatility, total, twrAnnualised } = metrics;
  return { sharpe, max_drawdown: maxDrawdown, annualised_volatility: volatility, total_return: total, annualised_return: twrAnnualised };
}

async function profileResults(
  ports: Ports,
  { tables, detail, baselines, metrics, turnover, costs }: TestedProfileFacts,
  windows: readonly WindowAllocated[],
): Promise<object> {
  const returns = await loadTable(ports.artifacts, tables.returns);
  const beside = await backtestDetail(ports.artifacts, detail);
  const opening = windows[0]!.newestRead;
  const equity = (name: string): Dated<number> => equityOf(opening, returns.dates, columnNamed(returns, name));
  const others = baselines.flatMap((baseline) => {
    if (baseline.metrics === null) return [];
    const { name, lookAhead } = baseline;
    const { weights, columns } = beside.baselines.find((one) => one.name === name)!;
    const stats = { ...figures(baseline.metrics), sleeve_turnover_two_sided: allocationTurnover(weights).total, look_ahead: lookAhead };
    return [{ name, equity: equity(name), columns, weights, stats }];
  });
  return {
    sleeve_weights: Object.fromEntries(windows.map(({ newestRead, weights }) => [newestRead, weights])),
    equity: { recursive: equity('net'), ...Object.fromEntries(others.map((other) => [other.name, other.equity])) },
    stats: {
      recursive: {
        ...figures(metrics),
        sleeve_turnover_two_sided: turnover.allocationTwoSided,
        allocation_stability: turnover.allocationStability,
        costs: { netted: costs.netted, per_sleeve: costs.perSleeve, crossing_benefit: costs.crossingBenefit },
        look_ahead: false,
      },
      ...Object.fromEntries(others.map(({ name, stats }) => [name, stats])),
    },
  };
}

function settingsOf(started: BacktestStarted): object {
  const { runId, meta, asOf, params, universeLookAhead, rangeEnd } = started;
  const scanned = selectionLookAheadIn(started);
  return {
    run_id: runId,
    meta_profile: meta,
    as_of: asOf,
    ...params,
    universe_look_ahead: universeLookAhead,
    // Absent where no scan of a later date chose the symbols of a sleeve.
    ...(scanned.length === 0
      ? {}
      : { selection_look_ahead: scanned.map(({ path, first, scans }) => ({ path, first, scans: [...scans] })) }),
    range_end: rangeEnd,
  };
}

/**
 * Writes a backtest as `meta_backtest_results.json` of the documents: sleeve weights over time, stitched equity of the run and of each
 * baseline, statistics. Errors: RunUnknown, Usage for a run of another kind, BacktestUnfinished, ProfilesNotAllocated where no profile was
 * tested, ArtifactMissing, ArtifactDamaged.
 */
export async function exportBacktest(ports: Ports, { runId, file }: ExportBacktest): Promise<ExportedBacktest> {
  const { started, facts } = await finishedBacktest(ports.store, runId);
  const [completed] = dataOf(facts, 'BacktestCompleted');
  if (completed === undefined)
    throw new LedgerError('ProfilesNotAllocated', `the backtest ${runId} tested no profile`, { at: { path: runId } });
  const windows = dataOf(facts, 'WindowAllocated').filter(({ path }) => path.length === 0);
  const profiles: Record<string, object> = {};
  for (const profile of completed.tested)
    profiles[profile.risk] = await profileResults(
      ports,
      profile,
      windows.filter(({ risk }) => risk === profile.risk),
    );
  const bytes = new TextEncoder().encode(`${canonicalJson({ ...settingsOf(started), profiles })}\n`);
  await ports.files.writeWhole(file, bytes);
  return { runId, file, profiles: Object.keys(profiles), sha256: toHex(ports.crypto.sha256(bytes)) };
}
