import type { Json } from '../shared/canonical-json.ts';
import { byCodeUnits } from '../shared/order.ts';
import { atrPercent, passKeys, type Passes } from './gates.ts';
import { valueIn } from './response.ts';
import type { JudgedRow, Rejection, ScanResult } from './scan-result.ts';
import type { Scanner } from './scanner.ts';

/** Who made an export, when, and from what. */
export interface ExportStamp {
  readonly runId: string;
  /** An instant of the record, or one that was given: an export made again has the same bytes. */
  readonly generatedAt: string;
  /** Market time of the response. */
  readonly asOf: string;
  readonly configSource: string;
}

const products: Readonly<Record<string, string>> = { america: 'STOCKS' };

function metaOf(scanner: Scanner, { verdict, selected }: ScanResult, stamp: ExportStamp): Record<string, Json> {
  const { id, exportSymbol, dataCategory, markets, gates } = scanner;
  const exchanges = [...new Set(selected.map((symbol) => symbol.slice(0, symbol.indexOf(':'))))].toSorted(byCodeUnits);
  const [market] = markets;
  return {
    schema: 'universe_selector_export',
    schema_version: 1,
    run_id: stamp.runId,
    generated_at: stamp.generatedAt,
    as_of: stamp.asOf,
    selector: id,
    config_source: stamp.configSource,
    symbol: id,
    export_symbol: exportSymbol,
    data_category: dataCategory,
    direction: gates.direction,
    product: market === undefined ? null : (products[market] ?? null),
    primary_exchange: exchanges.length === 1 ? exchanges[0]! : null,
    markets,
    exchanges,
    verdict,
    trend: {
      direction: gates.direction,
      logic: gates.logic,
      recommendation_min: gates.recommendationMin,
      adx_min: gates.adxMin,
      momentum: gates.momentum.map(({ column, op, value }) => ({ column, op, value })),
    },
  };
}

function passesJson(passes: Passes): Json {
  return Object.fromEntries(passKeys.map((key) => [key, passes[key]]));
}

function rejectionJson({ stage, gate, column, operation, threshold, value }: Rejection): Json {
  return { stage, gate, column, operation, threshold, value };
}

function rowJson(row: JudgedRow, columns: readonly string[]): Record<string, Json> {
  return {
    symbol: row.symbol,
    ...Object.fromEntries(columns.map((column) => [column, valueIn(row, column)])),
    passes: passesJson(row.passes),
    selected: row.selected,
    rank: row.rank,
    rejection: row.rejection === null ? null : rejectionJson(row.rejection),
    atr_pct: atrPercent(row),
  };
}

/** The selected rows in rank order, then all others by symbol. */
function exportOrder({ rows, selected }: ScanResult): readonly JudgedRow[] {
  const place = new Map(selected.map((symbol, index) => [symbol, index]));
  const chosen = rows.filter((row) => row.selected).toSorted((left, right) => place.get(left.symbol)! - place.get(right.symbol)!);
  return [...chosen, ...rows.filter((row) => !row.selected)];
}

/** The export of a scan, as text: `{meta, data}` with one row on each line, every fetched row among them. */
export function exportText(scanner: Scanner, result: ScanResult, stamp: ExportStamp): string {
  const meta = JSON.stringify(metaOf(scanner, result, stamp), null, 1);
  const data = exportOrder(result).map((row) => JSON.stringify(rowJson(row, scanner.columns)));
  return `{"meta":${meta},\n"data":[\n${data.join(',\n')}\n]}\n`;
}
