import type { TableFormat } from '../../domain/shared/table-formats.ts';
import type { Ports } from '../ports/ports.ts';
import { requestedRun, type RunQuestion } from '../runs/run-of.ts';
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

/**
 * Writes every series behind a run, one file each: of a sleeve or meta run those of its tear sheet (returns, wealth, drawdowns, months,
 * rolling figures, and whatever else it has), of a backtest its returns, decisions, weights, trades and sleeves, of a combination its
 * weights, contributions and exposures. The folder is whole or not there. Errors: RunUnknown, ProfileNotAvailable, Usage, OutputExists,
 * ArtifactMissing, ArtifactDamaged.
 */
export async function exportSeries(ports: Ports, { risk, directory, format, ...question }: ExportSeries): Promise<ExportedSeries> {
  const run = await requestedRun(ports, { ...question, certain: true });
  const series = await runSeries(ports, run, risk);
  const files: ExportedSeries['files'][number][] = [];
  await ports.files.writeFolder(directory, async (folder) => {
    for (const { name, index, columns, values } of series) {
      const file = `${name}.${format}`;
      const named = columns.map((column, at) => ({ name: column, values: values[at]! }));
      const { sha256 } = await ports.tables.writeTable(`${folder}/${file}`, index, named);
      files.push({ file, rows: index.values.length, columns, sha256 });
    }
  });
  return { runId: run.runId, directory, files };
}
