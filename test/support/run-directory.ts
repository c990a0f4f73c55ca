import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ReturnSeries } from '../../domain/returns/series.ts';
import { formatCsvTable } from '../../infra/csv/csv-table.ts';
import { formatParquetTable } from '../../infra/parquet/parquet-table.ts';
import { manifestWithEvidence } from './parity-evidence.ts';
import { pickledSeries } from './pickle-series.ts';
import { byDate } from '../../domain/shared/table-formats.ts';

/** One asset of a portfolio file, as the origin writes it. */
export interface PortfolioAsset {
  readonly Symbol: string;
  readonly Weight: number;
  readonly Net_Weight?: number;
  readonly Gross_Weight?: number;
  readonly Direction?: 'LONG' | 'SHORT' | 'FLAT';
  readonly [field: string]: unknown;
}

export interface RunDirectoryContent {
  readonly runId?: string;
  /** Name of the manifest profile, `production` by default. */
  readonly profile?: string;
  /** Written to config/resolved_manifest.json as it is; null leaves the file out. */
  readonly manifest?: Readonly<Record<string, unknown>> | null;
  /** Series by file name below data/returns; the extension decides the format (.pkl, .parquet, .csv). */
  readonly returns?: Readonly<Record<string, ReturnSeries>>;
  /** Assets by risk profile; null leaves the file out. */
  readonly flattened?: Readonly<Record<string, readonly PortfolioAsset[]>> | null;
  readonly optimized?: Readonly<Record<string, readonly PortfolioAsset[]>> | null;
  /** Records besides genesis; null leaves audit.jsonl out. */
  readonly audit?: readonly Readonly<Record<string, unknown>>[] | null;
  /** Further files, by path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** A double as Python's `repr` prints it. */
function pythonNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return Object.is(value, -0) ? '-0.0' : String(value);
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power >= 16 || power < -4) return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  return String(value);
}

/** `json.dumps(value, sort_keys=sorted)`, for values whose keys are ASCII. */
export function pythonDumps(value: unknown, sorted = false): string {
  if (typeof value === 'number') return pythonNumber(value);
  if (typeof value === 'string')
    return JSON.stringify(value).replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (Array.isArray(value)) return `[${value.map((item) => pythonDumps(item, sorted)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value);
  if (sorted) entries.sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, member]) => `${pythonDumps(key)}: ${pythonDumps(member, sorted)}`).join(', ')}}`;
}

/** An audit.jsonl chained as the origin chains it. */
export function originAudit(records: readonly Readonly<Record<string, unknown>>[]): string {
  let previous = '0'.repeat(64);
  const lines = records.map((record, index) => {
    const open = { ...record, ts: `2024-03-01T08:00:${String(index % 60).padStart(2, '0')}.000001`, prev_hash: previous };
    previous = createHash('sha256').update(pythonDumps(open, true)).digest('hex');
    return `${pythonDumps({ ...open, hash: previous })}\n`;
  });
  return lines.join('');
}

/** Genesis, then an intent and an outcome for each step. */
export function originRecords(runId: string, profile: string, steps: readonly string[]): Readonly<Record<string, unknown>>[] {
  const env = { python: '3.11.7', manifest_hash: 'ab'.repeat(32), env_hash: 'cd'.repeat(32), git_hash: '888ce6b' };
  return [
    { type: 'genesis', run_id: runId, profile, env },
    ...steps.flatMap((step) => [
      { type: 'action', status: 'intent', step, intent: { params: { gamma: 0.1, floor: 1e-7 }, input_hashes: {} } },
      { type: 'action', status: 'success', step, outcome: { output_hashes: { returns: 'ef'.repeat(32) }, metrics: { rows: 60 } } },
    ]),
  ];
}

function returnsBytes(name: string, series: ReturnSeries): Uint8Array {
  if (name.endsWith('.csv')) return formatCsvTable(byDate(series.dates), [{ name: 'returns', values: series.values }]);
  if (name.endsWith('.parquet')) return formatParquetTable(byDate(series.dates), [{ name: 'returns', values: series.values }]);
  return pickledSeries(series.dates, [...series.values]);
}

/** Simulator, slippage and commission under names that no release of the origin had: not comparable. */
export const vagueManifest = {
  data: { lookback_days: 500 },
  features: { entropy_order: 5 },
  selection: { selection_mode: 'none' },
  backtest: { train_window: 60, test_window: 20, step_size: 20, simulators: ['vectorbt'], slippage: 0.0005, commission: 0.0001 },
};

const defaultManifest = { ...manifestWithEvidence, features: { entropy_order: 5 } };

function portfolioFile(profiles: Readonly<Record<string, readonly PortfolioAsset[]>>, flattened: boolean): string {
  const wrapped = Object.fromEntries(Object.entries(profiles).map(([profile, assets]) => [profile, { assets, clusters: [] }]));
  return pythonDumps({
    profiles: wrapped,
    metadata: { generated_at: '2024-03-01T08:00:00', ...(flattened ? { flattened } : { cluster_cap: 0.25 }) },
  });
}

/** Writes a run directory as the Python origin leaves it (docs/how-to/import-a-run.md) below `root`, and returns `root`. */
export function writeRunDirectory(root: string, content: RunDirectoryContent = {}): string {
  const {
    runId = '20240301-080000',
    profile = 'production',
    manifest = defaultManifest,
    returns = {},
    flattened = null,
    optimized = null,
    files = {},
  } = content;
  const write = (path: string, data: string | Uint8Array): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), data);
  };
  mkdirSync(root, { recursive: true });
  if (manifest !== null) write('config/resolved_manifest.json', pythonDumps({ profile, ...manifest }));
  for (const [name, series] of Object.entries(returns)) write(`data/returns/${name}`, returnsBytes(name, series));
  if (flattened !== null) write('data/portfolio_flattened.json', portfolioFile(flattened, true));
  if (optimized !== null) write('data/portfolio_optimized_v2.json', portfolioFile(optimized, false));
  const records = content.audit === undefined ? originRecords(runId, profile, ['data_prep', 'backtest_simulate']).slice(1) : content.audit;
  if (records !== null) write('audit.jsonl', originAudit([...originRecords(runId, profile, []), ...records]));
  for (const [path, data] of Object.entries(files)) write(path, data);
  return root;
}
