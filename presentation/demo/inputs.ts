import { byDate } from '../../domain/shared/table-formats.ts';
import { resolveProfile } from '../../domain/manifest/resolve.ts';
import { parseManifest } from '../../domain/manifest/validate.ts';
import type { Manifest } from '../../domain/manifest/schema.ts';
import { calendarOfSymbol, isRoundTheClock } from '../../domain/returns/calendar.ts';
import type { CsvAsked } from '../../domain/shared/csv-reading.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { Ports } from '../../handlers/ports/ports.ts';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import { demoManifest, type DemoSleeve } from './manifest.ts';
import { simulatePrices, simulation } from './simulate.ts';

type Tools = Pick<Ports, 'files' | 'tables' | 'prices'>;

export interface DemoInputs {
  readonly manifest: Manifest;
  readonly manifestFile: string;
  readonly sleeves: readonly (DemoSleeve & { readonly prices: readonly PriceFile[] })[];
  readonly asOf: string;
  readonly simulated: boolean;
  /** Price files of the folder that the demonstration leaves alone. */
  readonly unused: readonly string[];
  /** What was written now; nothing on a second run. */
  readonly written: readonly string[];
}

const documentedNames = [
  { stem: 'equities', id: 'instruments', profile: 'production' },
  { stem: 'etfs', id: 'etfs', profile: 'institutional_etf' },
  { stem: 'crypto', id: 'crypto', profile: 'crypto_production' },
] as const;

function stemOf(file: string): string {
  return file
    .slice(file.lastIndexOf('/') + 1)
    .replace(/\.[^.]*$/, '')
    .replace(/^simulated_/, '');
}

function sleeveOf(file: string, symbols: readonly string[]): DemoSleeve {
  const stem = stemOf(file);
  const documented = documentedNames.find((name) => name.stem === stem);
  const name = stem.replaceAll(/[^a-zA-Z0-9_-]+/g, '_');
  return { id: documented?.id ?? name, profile: documented?.profile ?? name, file, symbols };
}

/**
 * The three files that the documents name, when the folder has them, else every price file of the folder. Errors: FileMissing, Usage.
 */
async function filesIn({ files }: Tools, directory: string): Promise<{ readonly used: string[]; readonly unused: string[] }> {
  const names = (await files.list(directory)).filter((name) => /\.(csv|parquet)$/.test(name));
  const documented = documentedNames.flatMap(({ stem }) => names.find((name) => stemOf(name) === stem) ?? []);
  const used = documented.length === documentedNames.length ? documented : names;
  if (used.length < 2)
    throw new LedgerError('Usage', `${directory} has ${used.length} price files; a meta portfolio needs two sleeves or more`, {
      at: { path: '--prices' },
    });
  return { used: used.map((name) => `${directory}/${name}`), unused: names.filter((name) => !used.includes(name)) };
}

async function simulatedFiles({ files, tables }: Tools, output: string, written: string[]): Promise<string[]> {
  const used: string[] = [];
  for (const { file, table } of simulatePrices()) {
    const path = `${output}/${file}`;
    used.push(path);
    if (await files.exists(path)) continue;
    await tables.writeTable(
      path,
      byDate(table.dates),
      table.symbols.map((name, column) => ({ name, values: table.closes[column]! })),
    );
    written.push(path);
  }
  return used;
}

/** The last date on which every symbol of every file has a price. Errors: Usage. */
export function lastCommonDate(prices: readonly Pick<PriceFile, 'table'>[]): string {
  const complete = prices.map(
    ({ table }) => new Set(table.dates.filter((_, row) => table.closes.every((closes) => !Number.isNaN(closes[row]!)))),
  );
  const last = [...(complete[0] ?? [])].toSorted(byCodeUnits).findLast((date) => complete.every((dates) => dates.has(date)));
  if (last === undefined)
    throw new LedgerError('Usage', 'there is no date on which every symbol has a price; give --as-of', { at: { path: '--as-of' } });
  return last;
}

/**
 * A benchmark may stand in another sleeve's file: that file is read as well, for this column only. A sleeve that trades every day
 * gets none: a benchmark must have a price on each of its dates.
 */
function withBenchmarks(manifest: Manifest, own: PriceFile, all: readonly PriceFile[]): PriceFile[] {
  const wanted: readonly string[] = [manifest.defaults?.backtest?.benchmark_symbols ?? []].flat();
  if (own.table.symbols.map((symbol) => calendarOfSymbol(symbol)).every(isRoundTheClock)) return [own];
  return [own, ...all.filter((file) => wanted.some((name) => file.table.symbols.includes(name) && !own.table.symbols.includes(name)))];
}

/** A manifest that an earlier demonstration left must have these sleeves and symbols. */
function refuseForeign(manifest: Manifest, file: string, sleeves: readonly DemoSleeve[]): void {
  for (const { profile, symbols } of sleeves) {
    const known = manifest.profiles[profile] !== undefined;
    const strange = known
      ? (resolveProfile(manifest, profile).blocks.data.symbols ?? []).find((symbol) => !symbols.includes(symbol))
      : undefined;
    if (known && strange === undefined) continue;
    const why = known ? `its profile ${profile} has ${strange}, which these prices do not` : `it has no profile ${profile}`;
    throw new LedgerError('Usage', `${file} is of another demonstration: ${why}; give another --output`, {
      at: { file, path: `profiles.${profile}` },
    });
  }
}

/** Prices and manifest of the demonstration; what is there already is used as it is. */
export async function demoInputs(
  tools: Tools,
  request: {
    readonly output: string;
    readonly manifestFile: string;
    readonly prices: string | null;
    readonly asOf: string | null;
    readonly csv: CsvAsked;
  },
): Promise<DemoInputs> {
  const { output, manifestFile } = request;
  const written: string[] = [];
  await tools.files.makeFolder(output);
  const simulated = request.prices === null;
  const { used, unused } =
    request.prices === null ? { used: await simulatedFiles(tools, output, written), unused: [] } : await filesIn(tools, request.prices);
  const prices: PriceFile[] = [];
  for (const file of used) prices.push(await tools.prices.readPrices(file, request.csv));
  const sleeves = prices.map(({ file, table }) => sleeveOf(file, table.symbols));
  const asOf = request.asOf ?? lastCommonDate(prices);
  if (!(await tools.files.exists(manifestFile))) {
    // A folder may have three symbols: what is given is held whole, until its owner says how to select.
    const selectionMode = simulated ? 'v4' : 'none';
    const source = simulated ? `SIMULATED prices (seed ${simulation.seed}), no market data` : 'prices as given';
    await tools.files.writeWhole(manifestFile, `${JSON.stringify(demoManifest(sleeves, source, selectionMode), null, 2)}\n`);
    written.push(manifestFile);
  }
  const manifest = parseManifest(await tools.files.readText(manifestFile), manifestFile);
  refuseForeign(manifest, manifestFile, sleeves);
  return {
    manifest,
    manifestFile,
    sleeves: sleeves.map((sleeve, index) => ({ ...sleeve, prices: withBenchmarks(manifest, prices[index]!, prices) })),
    asOf,
    simulated,
    unused,
    written,
  };
}
