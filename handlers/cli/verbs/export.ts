import type { DomainEvent } from '../../../domain/catalogue.ts';
import type { DatedTable } from '../../../domain/returns/table-text.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { byCodeUnits } from '../../../domain/shared/order.ts';
import { loadTable } from '../../artifact-files.ts';
import { runEvents } from '../../load-sleeve-run.ts';
import type { Ports } from '../../ports.ts';
import type { RunRow } from '../../../projections/run-directory.ts';
import { askedRun } from '../asked-run.ts';
import { requiredFlag } from '../flags.ts';
import { asOfFlag, knownAtFlag, lines, type Verb } from '../verb.ts';

const flags = [
  { flags: '--risk <profile>', summary: 'risk profile', required: true },
  { flags: '-o, --output <file>', summary: 'file to write, .csv or .parquet', required: true },
  asOfFlag,
  knownAtFlag,
];
const args = [{ name: '<run>', summary: 'run id' }];

function missing(run: RunRow, risk: string): never {
  throw new LedgerError('ProfileNotAvailable', `run ${run.runId} has no ${risk}; it has ${run.risks.join(', ') || 'none'}`, { evidence: { risks: run.risks } });
}

function sleeveProfile(events: readonly DomainEvent[], risk: string): Extract<DomainEvent, { type: 'SleeveProfileSolved' | 'SleeveProfileImported' }> | null {
  for (const event of events) if ((event.type === 'SleeveProfileSolved' || event.type === 'SleeveProfileImported') && event.data.risk === risk) return event;
  return null;
}

/** Of a sleeve run its out-of-sample net returns, of a meta run the joined matrix. */
async function returnsOf(ports: Ports, run: RunRow, risk: string): Promise<DatedTable> {
  if (run.kind === 'sleeve') {
    const profile = sleeveProfile(await runEvents(ports, 'sleeveRun', run.runId), risk) ?? missing(run, risk);
    return { ...(await loadTable(ports.artifacts, profile.data.outOfSample.returns)), columns: ['returns'] };
  }
  const events = await runEvents(ports, 'metaRun', run.runId);
  const joined = events.find((event) => event.type === 'SleeveReturnsJoined' && event.data.risk === risk && event.data.path.length === 0);
  return joined?.type === 'SleeveReturnsJoined' ? loadTable(ports.artifacts, joined.data.matrix) : missing(run, risk);
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
  const events = await runEvents(ports, 'metaRun', run.runId);
  const flattened = events.find((event) => event.type === 'PortfolioFlattened' && event.data.risk === risk);
  return flattened?.type === 'PortfolioFlattened' ? row(Object.entries(flattened.data.weights)) : missing(run, risk);
}

function exporting(what: 'returns' | 'weights', summary: string, table: (ports: Ports, run: RunRow, risk: string) => Promise<DatedTable>): Verb {
  return {
    path: ['export', what],
    summary,
    args,
    flags,
    writes: false,
    run: async (context, input) => {
      const { ports } = await context.reading();
      const run = await askedRun(ports, input);
      const { dates, columns, values } = await table(ports, run, requiredFlag(input.flags, 'risk'));
      const file = requiredFlag(input.flags, 'output');
      const { sha256 } = await context.tools.tables.writeTable(file, dates, columns.map((name, column) => ({ name, values: values[column]! })));
      return { result: { runId: run.runId, file, rows: dates.length, columns, sha256 }, people: [lines(`Wrote ${file}: ${dates.length} rows, ${columns.length} columns.`)] };
    },
  };
}

export const exportReturns = exporting('returns', 'Writes the out-of-sample net returns of a sleeve run, or the joined matrix of a meta run.', returnsOf);
export const exportWeights = exporting('weights', 'Writes the weights of a run as one row at its as-of date.', weightsOf);
