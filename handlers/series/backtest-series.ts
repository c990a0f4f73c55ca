import type { BacktestDetail } from '../../domain/backtest-run/detail.ts';
import type { TestedProfileFacts } from '../../domain/backtest-run/events.ts';
import type { DatedTable } from '../../domain/returns/table-text.ts';
import type { DocumentReference } from '../../domain/shared/artifact-reference.ts';
import type { NamedTable } from '../../domain/tear-sheet/tear-sheet-tables.ts';
import type { Artifacts } from '../ports/ports.ts';
import { backtestDetail } from '../queries/verify-backtests.ts';
import { loadTable } from '../artifacts/artifact-files.ts';

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Columns from rows of numbers. */
function columnsOf(names: readonly string[], rows: readonly (readonly number[])[]): Pick<DatedTable, 'columns' | 'values'> {
  return { columns: names, values: names.map((_, column) => Float64Array.from(rows, (row) => row[column]!)) };
}

function windowsTable(windows: BacktestDetail['sleeves'][number]['windows']): DatedTable {
  return {
    dates: windows.map(({ newestRead }) => newestRead),
    ...columnsOf(
      ['rows', 'turnover_two_sided', 'cost_fraction'],
      windows.map(({ rows, turnoverTwoSided, costFraction }) => [rows, turnoverTwoSided, costFraction]),
    ),
  };
}

/** Before the guardrails and after them, a row for each decision of the portfolio. */
function baselineTable({ columns, raw, weights }: BacktestDetail['baselines'][number], dates: readonly string[]): DatedTable {
  const names = [...columns.map((name) => `raw:${name}`), ...columns.map((name) => `weight:${name}`)];
  return {
    dates,
    ...columnsOf(
      names,
      raw.map((row, at) => [...row, ...weights[at]!]),
    ),
  };
}

/**
 * Every table of a tested profile under the name of its file: those of the portfolio, weights of each baseline, and returns, weights and
 * windows of each sleeve, whose path is joined by dots. Errors: ArtifactMissing, ArtifactDamaged.
 */
export async function backtestSeries(artifacts: Artifacts, { tables, sleeves, detail }: TestedProfileFacts): Promise<NamedTable[]> {
  const references: (readonly [string, DocumentReference])[] = [
    ...Object.entries(tables).map(([name, reference]) => [snakeCase(name), reference] as const),
    ...sleeves.flatMap(({ path, stream, weights }) => [
      [`sleeve_returns_${path.join('.')}`, stream] as const,
      [`sleeve_weights_${path.join('.')}`, weights] as const,
    ]),
  ];
  const named: NamedTable[] = [];
  for (const [name, reference] of references) named.push({ name, table: await loadTable(artifacts, reference) });
  const decided = named.find(({ name }) => name === 'decisions')!.table.dates;
  const beside = await backtestDetail(artifacts, detail);
  return [
    ...named,
    ...beside.sleeves.map(({ path, windows }) => ({ name: `sleeve_windows_${path.join('.')}`, table: windowsTable(windows) })),
    ...beside.baselines.map((baseline) => ({
      name: `baseline_weights_${baseline.name.replaceAll(':', '_')}`,
      table: baselineTable(baseline, decided),
    })),
  ];
}
