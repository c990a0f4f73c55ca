import { LedgerError } from '../../domain/shared/errors.ts';
import { byDate } from '../../domain/shared/table-formats.ts';
import type { TearSheet } from '../../domain/tear-sheet/tear-sheet.ts';
import { type NamedTable, tablesOf } from '../../domain/tear-sheet/tear-sheet-tables.ts';
import type { RunRow } from '../../projections/run-directory.ts';
import type { Ports } from '../ports/ports.ts';
import { measuredProfiles } from '../tear-sheets/backtest-tear-sheets.ts';
import { type AllocatingRun, runTearSheets } from '../tear-sheets/run-tear-sheets.ts';
import { finishedBacktest } from '../runs/backtest-runs.ts';
import { backtestSeries } from './backtest-series.ts';
import { combinationSeries } from './combination-series.ts';
import type { NamedSeries } from './named-series.ts';
import { tournamentSeries } from './tournament-series.ts';

function dated({ name, table: { dates, columns, values } }: NamedTable): NamedSeries {
  return { name, index: byDate(dates), columns, values };
}

/** Errors: ProfileNotAvailable with those that the run has. */
export function profileMissing({ runId }: Pick<RunRow, 'runId'>, risk: string, risks: readonly string[]): LedgerError {
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
export function requireNoRisk({ runId, kind }: RunRow, risk: string | null): void {
  if (risk !== null)
    throw new LedgerError(
      'Usage',
      kind === 'tournament'
        ? `${runId} is a tournament: its tables hold every entrant`
        : `${runId} is a combination, which has no risk profiles`,
      { at: { path: '--risk' } },
    );
}

/** The tear sheet of a profile. Errors: ProfileNotAvailable. */
async function sheetOf(ports: Pick<Ports, 'store' | 'artifacts'>, run: AllocatingRun, risk: string): Promise<TearSheet> {
  const sheets = await runTearSheets(ports, run);
  const found = sheets.find((candidate) => candidate.risk === risk);
  if (found !== undefined) return found.sheet;
  throw profileMissing(
    run,
    risk,
    sheets.map((sheet) => sheet.risk),
  );
}

/** Of a backtest what it recorded, then what its tear sheet derives from that. */
async function seriesOfBacktest(
  { store, artifacts }: Pick<Ports, 'store' | 'artifacts'>,
  run: RunRow,
  risk: string,
): Promise<NamedTable[]> {
  const { facts } = await finishedBacktest(store, run.runId);
  const [measured] = await measuredProfiles(artifacts, facts, risk);
  if (measured === undefined) throw profileMissing(run, risk, run.risks);
  const recorded = await backtestSeries(artifacts, measured.profile.facts);
  const names = new Set(recorded.map(({ name }) => name));
  return [...recorded, ...tablesOf(measured.sheet).filter(({ name }) => !names.has(name))];
}

/**
 * Every table behind a run: of a sleeve or meta run those of the tear sheet of a profile, of a backtest those that it recorded of a profile
 * and those of its tear sheet, of a combination its weights, contributions, exposures and budgets, of a tournament ranks, returns
 * and pairs. Errors: RunUnknown, BacktestUnfinished, ProfileNotAvailable, Usage, ArtifactMissing, ArtifactDamaged.
 */
export async function runSeries(ports: Pick<Ports, 'store' | 'artifacts'>, run: RunRow, asked: string | null): Promise<NamedSeries[]> {
  const { kind } = run;
  if (kind === 'combination') {
    requireNoRisk(run, asked);
    return combinationSeries(ports, run.runId);
  }
  if (kind === 'tournament') {
    requireNoRisk(run, asked);
    return tournamentSeries(ports, run.runId);
  }
  const risk = riskOf(run, asked);
  const tables =
    kind === 'backtest' ? await seriesOfBacktest(ports, run, risk) : tablesOf(await sheetOf(ports, { runId: run.runId, kind }, risk));
  return tables.map(dated);
}
