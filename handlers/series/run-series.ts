import { LedgerError } from '../../domain/shared/errors.ts';
import { byDate } from '../../domain/shared/table-formats.ts';
import { type NamedTable, tablesOf } from '../../domain/tear-sheet/tear-sheet-tables.ts';
import type { RunRow } from '../../projections/run-directory.ts';
import type { Ports } from '../ports/ports.ts';
import { runTearSheets } from '../tear-sheets/run-tear-sheets.ts';
import { finishedBacktest, testedProfile } from '../runs/backtest-runs.ts';
import { backtestSeries } from './backtest-series.ts';
import { combinationSeries } from './combination-series.ts';
import type { NamedSeries } from './named-series.ts';

function dated({ name, table: { dates, columns, values } }: NamedTable): NamedSeries {
  return { name, index: byDate(dates), columns, values };
}

/** Errors: ProfileNotAvailable with those that the run has. */
export function profileMissing({ runId }: RunRow, risk: string, risks: readonly string[]): LedgerError {
  return new LedgerError('ProfileNotAvailable', `run ${runId} has no ${risk}; it has ${risks.join(', ') || 'none'}`, {
    evidence: { risks },
  });
}

/** The risk profile that is asked for. Errors: Usage where none is given and the run has profiles, or where one is and it has none. */
export function riskOf({ runId, kind, risks }: RunRow, risk: string | null): string {
  if (risk !== null) return risk;
  throw new LedgerError('Usage', `--risk says which profile of the ${kind} run ${runId}: it has ${risks.join(', ') || 'none'}`, {
    at: { path: '--risk' },
  });
}

/** Errors: Usage. */
export function requireNoRisk({ runId }: RunRow, risk: string | null): void {
  if (risk !== null) throw new LedgerError('Usage', `${runId} is a combination, which has no risk profiles`, { at: { path: '--risk' } });
}

/**
 * Every table behind a run: of a sleeve or meta run those of the tear sheet of a profile, of a backtest those that it recorded of a
 * profile, of a combination its weights, contributions, exposures and budgets. Errors: RunUnknown, ProfileNotAvailable, Usage,
 * ArtifactMissing, ArtifactDamaged.
 */
export async function runSeries(ports: Pick<Ports, 'store' | 'artifacts'>, run: RunRow, asked: string | null): Promise<NamedSeries[]> {
  const { runId, kind } = run;
  if (kind === 'combination') {
    requireNoRisk(run, asked);
    return combinationSeries(ports, runId);
  }
  const risk = riskOf(run, asked);
  if (kind === 'backtest') {
    const tested = testedProfile((await finishedBacktest(ports.store, runId)).facts, risk);
    if (tested === null) throw profileMissing(run, risk, run.risks);
    return (await backtestSeries(ports.artifacts, tested)).map(dated);
  }
  const sheets = await runTearSheets(ports, run);
  const found = sheets.find((candidate) => candidate.risk === risk);
  if (found === undefined)
    throw profileMissing(
      run,
      risk,
      sheets.map((sheet) => sheet.risk),
    );
  return tablesOf(found.sheet).map(dated);
}
