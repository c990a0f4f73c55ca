import type { ReturnSeries } from '../../domain/returns/series.ts';
import { commonRiskProfiles } from '../../domain/risk/schemas.ts';
import { addDays } from '../../domain/returns/days.ts';
import { createDeliveries } from '../../handlers/runtime/deliveries.ts';
import type { Ports } from '../../handlers/ports/ports.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import { createTools } from '../../bin/adapters.ts';
import { parseCsvReturns } from '../../infra/csv/csv-returns.ts';
import { createMemoryStore } from '../../infra/memory/memory-store.ts';
import { parseParquetReturns } from '../../infra/parquet/parquet-returns.ts';
import { parsePickledReturns } from '../../infra/pickle/pickled-returns.ts';
import { seeded } from './figures.ts';
import type { PortfolioAsset, RunDirectoryContent } from './run-directory.ts';

/** The real adapters over a store in memory. */
export function memorySession(): Session & { readonly ports: Ports } {
  const returnsParsers = { csv: parseCsvReturns, parquet: parseParquetReturns, pickle: parsePickledReturns };
  const memory = createMemoryStore();
  const ports: Ports = {
    ...createTools({ logLevel: 'silent', isTerminal: false }),
    returnsParsers,
    ...memory,
    deliveries: createDeliveries(memory.store),
  };
  return { ports, ledger: { ledgerId: '2d1f0c6e-0000-5000-8000-000000000000', origin: 'test', verifierKey: 'test' }, actor: 'tests' };
}

/** Simulated daily returns on every day of a span, the same for the same seed. */
export function dailyReturns(seed: number, rows: number, first = '2024-01-01', scale = 0.02): ReturnSeries {
  const next = seeded(seed);
  const dates: string[] = [];
  for (let date = first; dates.length < rows; date = addDays(date, 1)) dates.push(date);
  return { dates, values: Float64Array.from(dates, () => scale * (next() + next() - 1)) };
}

export const twoCoins: readonly PortfolioAsset[] = [
  { Symbol: 'BINANCE:BTCUSDT', Weight: 0.6, Net_Weight: 0.6, Direction: 'LONG' },
  { Symbol: 'BINANCE:ETHUSDT', Weight: 0.4, Net_Weight: -0.4, Direction: 'SHORT' },
];

/** A run that deserves its certificate: every profile with returns and holdings, a sign test without errors, a chained audit log. */
export function wholeRun(seed = 1, profile = 'crypto_long'): RunDirectoryContent {
  return {
    profile,
    returns: Object.fromEntries(commonRiskProfiles.map((risk, index) => [`${risk}.pkl`, dailyReturns(seed + index, 90)])),
    flattened: Object.fromEntries(commonRiskProfiles.map((risk) => [risk, twoCoins])),
    files: { 'data/directional_sign_test.json': '{"errors": 0, "warnings": 0, "findings": []}' },
  };
}
