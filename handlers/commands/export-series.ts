import { tablesOf } from '../../domain/tear-sheet/tear-sheet-tables.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import { requestedRun, type RunQuestion } from '../runs/run-of.ts';
import { runTearSheets } from '../tear-sheets/run-tear-sheets.ts';

/** Formats of the files; each table is one. */
export const seriesFormats = ['csv', 'parquet'] as const;
export type SeriesFormat = (typeof seriesFormats)[number];

export interface ExportSeries extends RunQuestion {
  readonly risk: string;
  /** A folder that is not there yet. */
  readonly directory: string;
  readonly format: SeriesFormat;
}

export interface ExportedSeries {
  readonly runId: string;
  readonly directory: string;
  readonly files: readonly { readonly file: string; readonly rows: number; readonly columns: readonly string[]; readonly sha256: string }[];
}

/**
 * Writes every series behind the tear sheet of a run, one file each: returns, wealth, drawdowns, months, rolling figures, and whatever else
 * the run has. The folder is whole or not there. Errors: RunUnknown, ProfileNotAvailable, OutputExists, ArtifactMissing, ArtifactDamaged.
 */
export async function exportSeries(ports: Ports, { risk, directory, format, ...question }: ExportSeries): Promise<ExportedSeries> {
  const run = await requestedRun(ports, question);
  const sheets = await runTearSheets(ports, run);
  const found = sheets.find((candidate) => candidate.risk === risk);
  if (found === undefined) {
    const risks = sheets.map((sheet) => sheet.risk);
    throw new LedgerError('ProfileNotAvailable', `run ${run.runId} has no ${risk}; it has ${risks.join(', ') || 'none'}`, {
      evidence: { risks },
    });
  }
  const files: ExportedSeries['files'][number][] = [];
  await ports.files.writeFolder(directory, async (folder) => {
    for (const { name, table } of tablesOf(found.sheet)) {
      const { dates, columns, values } = table;
      const file = `${name}.${format}`;
      const named = columns.map((column, at) => ({ name: column, values: values[at]! }));
      const { sha256 } = await ports.tables.writeTable(`${folder}/${file}`, dates, named);
      files.push({ file, rows: dates.length, columns, sha256 });
    }
  });
  return { runId: run.runId, directory, files };
}
