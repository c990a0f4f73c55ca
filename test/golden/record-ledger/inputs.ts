import { mkdirSync, writeFileSync } from 'node:fs';
import type { PriceTable } from '../../../domain/returns/series.ts';
import { addDays } from '../../../domain/returns/days.ts';
import { formatParquetTable } from '../../../infra/parquet/parquet-table.ts';
import { dailyReturns, twoCoins } from '../../support/imported-run.ts';
import { priceCsv, simulatedPrices } from '../../support/prices.ts';
import { writeRunDirectory } from '../../support/run-directory.ts';
import { firstManifest, manifest, symbols } from './manifests.ts';
import { byDate } from '../../../domain/shared/table-formats.ts';

/** Two as-of dates, and one for whoever goes on with the ledger later. */
export const firstDate = '2024-06-28';
export const secondDate = '2024-07-12';
export const laterDate = '2024-07-18';
const lastPrice = '2024-07-19';
const seed = 20_240_628;

/** A row on a Saturday, as careless downloads have it: the prices of the Friday again. */
function withSaturday(table: PriceTable): PriceTable {
  const row = table.dates.indexOf('2024-07-05');
  const closes = table.closes.map((column) => Float64Array.from([...column.slice(0, row + 1), column[row]!, ...column.slice(row + 1)]));
  return { ...table, dates: table.dates.toSpliced(row + 1, 0, '2024-07-06'), closes };
}

/** One close corrected afterwards. */
function withCorrection(table: PriceTable): PriceTable {
  const row = table.dates.indexOf('2024-06-20');
  return {
    ...table,
    closes: table.closes.map((column, index) =>
      index === 0 ? column.map((price, at) => (at === row ? Math.round(price * 10_050) / 10_000 : price)) : column,
    ),
  };
}

function writePrices(): void {
  const stocks = simulatedPrices({ symbols: symbols.stocks, first: '2023-09-05', last: lastPrice, seed });
  const etfs = simulatedPrices({ symbols: symbols.etfs, first: '2023-09-05', last: lastPrice, seed: seed + 1 });
  const coins = simulatedPrices({ symbols: symbols.coins, first: '2023-12-05', last: lastPrice, seed: seed + 2 });
  writeFileSync('inputs/equities.csv', priceCsv(stocks));
  writeFileSync('inputs/equities-saturday.csv', priceCsv(withSaturday(stocks)));
  writeFileSync(
    'inputs/etfs.parquet',
    formatParquetTable(
      byDate(etfs.dates),
      etfs.symbols.map((name, column) => ({ name, values: etfs.closes[column]! })),
    ),
  );
  writeFileSync('inputs/crypto.csv', priceCsv(coins));
  writeFileSync('inputs/crypto-corrected.csv', priceCsv(withCorrection(coins)));
}

/** Daily returns that end on a date. */
export function returnsUpTo(asOf: string, rows: number, ofSeed: number): ReturnType<typeof dailyReturns> {
  return dailyReturns(ofSeed, rows, addDays(asOf, 1 - rows));
}

const signTest = (errors: number): Record<string, string> => ({
  'data/directional_sign_test.json': JSON.stringify({ errors, warnings: 0, findings: [] }),
});
const series = (of: number): ReturnType<typeof dailyReturns> => returnsUpTo(firstDate, 100, of);
const portfolio = (risks: readonly string[]): Record<string, typeof twoCoins> => Object.fromEntries(risks.map((risk) => [risk, twoCoins]));

/**
 * Run directories as the Python system leaves them: a whole one with its audit chain, one with gaps, one whose short streams were not
 * turned.
 */
function writeRuns(): void {
  const all = ['min_variance', 'hrp', 'risk_parity', 'max_sharpe', 'barbell', 'equal_weight', 'market', 'benchmark'];
  const formats = ['pkl', 'parquet', 'csv'];
  writeRunDirectory('inputs/run-whole', {
    runId: '20240628-210000',
    profile: 'python_a',
    returns: Object.fromEntries(all.map((risk, index) => [`${risk}.${formats[index % 3]}`, series(100 + index)])),
    flattened: portfolio(all),
    files: signTest(0),
  });
  const ruined = series(203);
  ruined.values[50] = -1;
  writeRunDirectory('inputs/run-gaps', {
    runId: '20240628-213000',
    profile: 'python_b',
    returns: { 'hrp.pkl': series(201), 'equal_weight.csv': series(202), 'market.csv': ruined },
    optimized: portfolio(['hrp', 'equal_weight', 'market']),
    audit: null,
  });
  writeRunDirectory('inputs/run-ineligible', {
    runId: '20240628-220000',
    profile: 'python_b',
    returns: { 'hrp.csv': series(301) },
    flattened: portfolio(['hrp']),
    files: signTest(2),
  });
}

/** Writes everything that the commands read, into the working folder. */
export function writeInputs(): void {
  mkdirSync('inputs', { recursive: true });
  writeFileSync('inputs/manifest-first.json', `${JSON.stringify(firstManifest, null, 1)}\n`);
  writeFileSync('manifest.json', `${JSON.stringify(manifest, null, 1)}\n`);
  writeFileSync(
    'inputs/holdings.csv',
    'symbol,quantity,price,multiplier\nAMEX:SPY,400,120.50,1\nNYSE:AAA,-20,80.25,1\nBINANCE:BTCUSDT,3.5,150,1\nAMEX:TLT,10,90,1\n',
  );
  writePrices();
  writeRuns();
}
