import { averageTraded } from '../../domain/scan-audit/average-traded.ts';
import { readSpecTable } from '../../domain/scan-audit/spec-table.ts';
import { readExport } from '../../domain/scan/import-export.ts';
import { allScanners, loadScanner } from '../../domain/scan/scanner-set.ts';
import type { ConfigFiles } from '../../domain/scan/config-file.ts';
import { readScanner } from '../../domain/scan/read-scanner.ts';
import type { AskedOf, FoundConfig, ScanSide } from '../../domain/scan-record/audit-asked.ts';
import { storedResponse } from '../../domain/scan-record/stored-response.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import type { Tools } from '../runtime/opening.ts';
import type { Ports } from '../ports/ports.ts';
import { recordedScan } from '../scans/recorded-scan.ts';
import { categoryMapIn, readJson, savedResponse, type SavedResponse } from '../scans/scan-inputs.ts';

/** A saved response that a question is about. */
export interface ResponseQuestion extends SavedResponse {
  readonly asOf: string;
  readonly categoryMapFile: string | null;
}

async function about({ files }: Tools, asked: ResponseQuestion) {
  const response = await savedResponse(files, asked, []);
  return { asOf: asked.asOf, response: storedResponse(response), categoryMap: await categoryMapIn(files, asked.categoryMapFile) };
}

export async function mapQuestion(tools: Tools, asked: ResponseQuestion): Promise<AskedOf<'map'>> {
  return { question: 'map', ...(await about(tools, asked)) };
}

type BesideScanners = ResponseQuestion & { readonly scanners: string };

/** Gaps and attributes are about every scanner of a folder too. */
async function besideScanners(tools: Tools, asked: BesideScanners) {
  const loaded = allScanners(await tools.scannerFiles.readScanners(asked.scanners));
  return { ...(await about(tools, asked)), configs: loaded.map(({ config }) => config) };
}

export async function gapsQuestion(tools: Tools, asked: BesideScanners): Promise<AskedOf<'gaps'>> {
  return { question: 'gaps', ...(await besideScanners(tools, asked)) };
}

export async function attributesQuestion(tools: Tools, asked: BesideScanners): Promise<AskedOf<'attributes'>> {
  return { question: 'attributes', ...(await besideScanners(tools, asked)) };
}

export interface LiquidityQuestion extends ResponseQuestion {
  /** Money that is to be sold. */
  readonly notional: number;
  /** Daily volumes and closes of the same symbols; null for the averages of the response. */
  readonly history: { readonly volumes: string; readonly prices: string } | null;
}

export async function liquidityQuestion(tools: Tools, asked: LiquidityQuestion): Promise<AskedOf<'liquidity'>> {
  const { history, notional, asOf } = asked;
  const advBySymbol =
    history === null
      ? {}
      : averageTraded((await tools.prices.readPrices(history.prices)).table, (await tools.prices.readPrices(history.volumes)).table, asOf);
  return { question: 'liquidity', ...(await about(tools, asked)), notional, advBySymbol };
}

async function sideOf(
  ports: Pick<Ports, 'store' | 'artifacts'>,
  scanner: string,
  asOf: string | null,
): Promise<ScanSide & { asOf: string }> {
  const { fact } = await recordedScan(ports, scanner, { asOf, exact: false });
  const { rows } = await loadDocument(ports.artifacts, 'scan-rows', fact.rows);
  return {
    scanner,
    snapshot: fact.snapshot,
    asOf: fact.asOf,
    selected: fact.selected,
    passing: rows.filter(({ passes, rejection }) => passes.all === true && rejection?.stage !== 'api').map(({ symbol }) => symbol),
    fetched: rows.map(({ symbol }) => symbol),
  };
}

/** Errors: ScanNotRecorded. */
export async function overlapQuestion(
  ports: Pick<Ports, 'store' | 'artifacts'>,
  [left, right]: readonly [string, string],
  asOf: string | null,
): Promise<AskedOf<'overlap'>> {
  const { asOf: leftAsOf, ...a } = await sideOf(ports, left, asOf);
  const { asOf: rightAsOf, ...b } = await sideOf(ports, right, asOf);
  return { question: 'overlap', asOf: leftAsOf > rightAsOf ? leftAsOf : rightAsOf, a, b };
}

function foundConfig(files: ConfigFiles, id: string): FoundConfig {
  try {
    const { config } = loadScanner(files, id);
    readScanner(config);
    return { id, config };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return error.code === 'ScannerUnknown' ? { id, missing: true } : { id, broken: `${error.code}: ${error.message}` };
  }
}

/** The files of the scanners that the table names, as far as they load. */
export async function specQuestion(
  tools: Tools,
  { scanners, table }: { scanners: string; table: string | null },
): Promise<AskedOf<'audit'>> {
  const files = await tools.scannerFiles.readScanners(scanners);
  const file = table ?? `${scanners}/spec-table.json`;
  const spec = readSpecTable(await readJson(tools.files, file), file);
  return { question: 'audit', asOf: null, table: spec, found: spec.scanners.map(({ id }) => foundConfig(files, id)) };
}

export async function candidatesQuestion(tools: Tools, files: readonly string[]): Promise<AskedOf<'candidates'>> {
  const exports = [];
  for (const file of files) exports.push(readExport(await readJson(tools.files, file), file));
  const dates = exports.flatMap(({ asOf }) => asOf ?? []).toSorted();
  return { question: 'candidates', asOf: dates.at(-1) ?? null, exports };
}

export async function orphansQuestion(
  tools: Tools,
  { scanners, paths }: { scanners: string; paths: readonly string[] },
): Promise<AskedOf<'orphans'>> {
  const files = await tools.scannerFiles.readScanners(scanners);
  const kept = [...files.values()].map((file) => ('tree' in file ? file : { path: file.path, why: file.broken.message }));
  return { question: 'orphans', asOf: null, files: kept, scanners: [...paths] };
}
