import type { DomainEvent } from '../../domain/catalogue.ts';
import type { DatedTable } from '../../domain/returns/table-text.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { RunRow } from '../../projections/run-directory.ts';
import { loadTable } from '../artifacts/artifact-files.ts';
import { runEvents } from '../runs/load-sleeve-run.ts';
import type { Ports } from '../ports/ports.ts';
import { requestedRun, type RunQuestion } from '../runs/run-of.ts';

export interface ExportTable extends RunQuestion {
  readonly what: 'returns' | 'weights';
  readonly risk: string;
  /** `.csv` or `.parquet`. */
  readonly file: string;
}

export interface ExportedTable {
  readonly runId: string;
  readonly file: string;
  readonly rows: number;
  readonly columns: readonly string[];
  readonly sha256: string;
}

function missing(run: RunRow, risk: string): never {
  throw new LedgerError('ProfileNotAvailable', `run ${run.runId} has no ${risk}; it has ${run.risks.join(', ') || 'none'}`, {
    evidence: { risks: run.risks },
  });
}

function sleeveProfile(
  events: readonly DomainEvent[],
  risk: string,
): Extract<DomainEvent, { type: 'SleeveProfileSolved' | 'SleeveProfileImported' }> | null {
  for (const event of events)
    if ((event.type === 'SleeveProfileSolved' || event.type === 'SleeveProfileImported') && event.data.risk === risk) return event;
  return null;
}

/** Of a sleeve run its out-of-sample net returns, of a meta run the joined matrix. */
async function returnsOf(ports: Ports, run: RunRow, risk: string): Promise<DatedTable> {
  if (run.kind === 'sleeve') {
    const profile = sleeveProfile(await runEvents(ports, 'sleeveRun', run.runId), risk) ?? missing(run, risk);
    return { ...(await loadTable(ports.artifacts, profile.data.outOfSample.returns)), columns: ['returns'] };
  }
  const joined = dataOf(await runEvents(ports, 'metaRun', run.runId), 'SleeveReturnsJoined').find(
    (data) => data.risk === risk && data.path.length === 0,
  );
  return joined === undefined ? missing(run, risk) : loadTable(ports.artifacts, joined.matrix);
}

/** One row at the as-of date, one column per symbol. */
async function weightsOf(ports: Ports, run: RunRow, risk: string): Promise<DatedTable> {
  const row = (entries: readonly (readonly [string, number])[]): DatedTable => {
    const sorted = entries.toSorted(([left], [right]) => byCodeUnits(left, right));
    return { dates: [run.asOf], columns: sorted.map(([symbol]) => symbol), values: sorted.map(([, weight]) => Float64Array.of(weight)) };
  };
  if (run.kind === 'sleeve') {
    const profile = sleeveProfile(await runEvents(ports, 'sleeveRun', run.runId), risk) ?? missing(run, risk);
    return row((profile.data.weights ?? missing(run, risk)).map(({ symbol, weight }) => [symbol, weight] as const));
  }
  const flattened = dataOf(await runEvents(ports, 'metaRun', run.runId), 'PortfolioFlattened').find((data) => data.risk === risk);
  return flattened === undefined ? missing(run, risk) : row(Object.entries(flattened.weights));
}

/**
 * Writes returns or weights of a run as a table, whole or not at all. Errors: RunUnknown, ProfileNotAvailable, ArtifactMissing,
 * ArtifactDamaged.
 */
export async function exportTable(ports: Ports, { what, risk, file, ...question }: ExportTable): Promise<ExportedTable> {
  const run = await requestedRun(ports, question);
  const { dates, columns, values } = await (what === 'returns' ? returnsOf : weightsOf)(ports, run, risk);
  const { sha256 } = await ports.tables.writeTable(
    file,
    dates,
    columns.map((name, column) => ({ name, values: values[column]! })),
  );
  return { runId: run.runId, file, rows: dates.length, columns, sha256 };
}
