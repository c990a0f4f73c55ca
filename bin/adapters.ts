import type { Tools } from '../handlers/cli/verb.ts';
import type { OpenStore, StoreMode } from '../handlers/cli/program.ts';
import { createCharts } from '../infra/charts/echarts.ts';
import { createNodeCrypto } from '../infra/crypto/node-crypto.ts';
import { parseCsvPrices } from '../infra/csv/csv-prices.ts';
import { parseCsvReturns } from '../infra/csv/csv-returns.ts';
import { formatCsvTable } from '../infra/csv/csv-table.ts';
import { createFiles } from '../infra/files/node-files.ts';
import { createPriceSource } from '../infra/files/price-source.ts';
import { createRunDirectories } from '../infra/files/run-directories.ts';
import { createTableFiles } from '../infra/files/table-files.ts';
import { parseParquetPrices } from '../infra/parquet/parquet-prices.ts';
import { parseParquetReturns } from '../infra/parquet/parquet-returns.ts';
import { formatParquetTable } from '../infra/parquet/parquet-table.ts';
import { parsePickledReturns } from '../infra/pickle/pickled-returns.ts';
import { openSqlite } from '../infra/sqlite/open.ts';
import { systemClock } from '../infra/system/clock.ts';
import { codeInForce } from '../infra/system/code.ts';
import { uuidIds } from '../infra/system/ids.ts';
import { createLog } from '../infra/system/log.ts';
import { packageFiles } from '../infra/system/package-files.ts';
import { createProgress } from '../infra/system/progress.ts';
import { nodeRuntime } from '../infra/system/runtime.ts';
import { deterministicZip } from '../infra/zip/deterministic-zip.ts';

/** Everything that handlers ask of the world, but for the store. */
export function createTools(options: { readonly logLevel: string; readonly isTerminal: boolean }): Tools {
  const files = createFiles();
  const returnsParsers = { csv: parseCsvReturns, parquet: parseParquetReturns, pickle: parsePickledReturns };
  return {
    prices: createPriceSource({ csv: parseCsvPrices, parquet: parseParquetPrices }),
    runDirectories: createRunDirectories(returnsParsers),
    returnsParsers,
    tables: createTableFiles({ csv: formatCsvTable, parquet: formatParquetTable }, files),
    files,
    packageFiles,
    archives: deterministicZip,
    charts: createCharts(),
    clock: systemClock,
    ids: uuidIds,
    crypto: createNodeCrypto(),
    log: createLog(options.logLevel, options.isTerminal),
    progress: createProgress(options.isTerminal),
    code: codeInForce(),
    runtime: nodeRuntime(),
  };
}

/** Opens a store by its location: a path is a SQLite file. */
export async function openStore(location: string, mode: StoreMode): Promise<OpenStore> {
  const ledger = openSqlite(location, { access: mode === 'inspect' ? 'read' : 'write', create: mode === 'write' });
  return { store: ledger.store, artifacts: ledger.artifacts, readModels: ledger.readModels, integrity: ledger.integrity };
}
