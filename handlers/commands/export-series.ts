import type { TableFormat } from '../../domain/shared/table-formats.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { suggestion } from '../../domain/shared/suggest.ts';
import type { Ports, TableColumn } from '../ports/ports.ts';
import { requestedRun, type RunQuestion } from '../runs/run-of.ts';
import type { NamedSeries } from '../series/named-series.ts';
import { runSeries } from '../series/run-series.ts';

export interface ExportSeries extends RunQuestion {
  /** Null for a combination, which has no profiles. */
  readonly risk: string | null;
  /** A folder that is not there yet. */
  readonly directory: string;
  /** Of the files; each table is one. */
  readonly format: TableFormat;
}

export interface ExportedSeries {
  readonly runId: string;
  readonly directory: string;
  readonly files: readonly { readonly file: string; readonly rows: number; readonly columns: readonly string[]; readonly sha256: string }[];
}

/** A table behind a run, without its numbers. */
export interface SeriesHeading {
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly string[];
}

export type SeriesAsked = Omit<ExportSeries, 'directory' | 'format'>;

async function seriesOf(ports: Ports, { risk, ...question }: SeriesAsked): Promise<{ runId: string; series: readonly NamedSeries[] }> {
  const run = await requestedRun(ports, { ...question, certain: true });
  return { runId: run.runId, series: await runSeries(ports, run, risk) };
}

const tableColumns = ({ columns, values }: NamedSeries): TableColumn[] => columns.map((name, at) => ({ name, values: values[at]! }));

/** What series there are behind a run. Errors: as for `exportSeries`. */
export async function listSeries(
  ports: Ports,
  asked: SeriesAsked,
): Promise<{ readonly runId: string; readonly tables: readonly SeriesHeading[] }> {
  const { runId, series } = await seriesOf(ports, asked);
  return { runId, tables: series.map(({ name, index, columns }) => ({ table: name, rows: index.values.length, columns })) };
}

/** Writes one of them. Errors: as for `exportSeries`; Usage for a table that is not there. */
export async function exportOneSeries(
  ports: Ports,
  { table, file, ...asked }: SeriesAsked & { readonly table: string; readonly file: string },
): Promise<SeriesHeading & { readonly runId: string; readonly file: string; readonly sha256: string }> {
  const { runId, series } = await seriesOf(ports, asked);
  const names = series.map(({ name }) => name);
  const found = series[names.indexOf(table)];
  if (found === undefined)
    throw new LedgerError('NothingRecorded', `run ${runId} has no table ${table}${suggestion(table, names)}`, {
      evidence: { tables: names },
      at: { path: '--table' },
    });
  const { sha256 } = await ports.tables.writeTable(file, found.index, tableColumns(found));
  return { runId, file, table, rows: found.index.values.length, columns: found.columns, sha256 };
}

/**
 * Writes every series behind a run, one file each: of a sleeve or meta run those of its tear sheet (returns, wealth, drawdowns, months,
 * rolling figures, and whatever else it has), of a backtest its returns, decisions, weights, trades and sleeves, of a combination its
 * weights, contributions and exposures. The folder is whole or not there. Errors: RunUnknown, ProfileNotAvailable, Usage, OutputExists,
 * ArtifactMissing, ArtifactDamaged.
 */
export async function exportSeries(ports: Ports, { directory, format, ...asked }: ExportSeries): Promise<ExportedSeries> {
  const { runId, series } = await seriesOf(ports, asked);
  const files: ExportedSeries['files'][number][] = [];
  await ports.files.writeFolder(directory, async (folder) => {
    for (const one of series) {
      const { name, index, columns } = one;
      const file = `${name}.${format}`;
      const { sha256 } = await ports.tables.writeTable(`${folder}/${file}`, index, tableColumns(one));
      files.push({ file, rows: index.values.length, columns, sha256 });
    }
  });
  return { runId, directory, files };
}
