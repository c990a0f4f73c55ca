import type { Manifest } from '../../../domain/manifest/schema.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import type { PriceTable } from '../../../domain/returns/series.ts';
import { createDeliveries } from '../../../handlers/runtime/deliveries.ts';
import { flowMeta, type FlowMeta, type MetaRunOutcome } from '../../../handlers/commands/flow-meta.ts';
import { flowProduction, produceSleeveRun, recordSleeveRun } from '../../../handlers/commands/flow-production.ts';
import { openedLedger } from '../../../handlers/runtime/session.ts';
import type { SleeveRunOptions } from '../../../domain/allocation/sleeve/options.ts';
import type { PriceFile } from '../../../domain/returns/price-file.ts';
import type { Ports } from '../../../handlers/ports/ports.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { createMemoryStore, type MemoryStore } from '../../../infra/memory/memory-store.ts';
import { fixedClock } from '../../../infra/system/clock.ts';
import { memorySession } from '../../support/imported-run.ts';
import { priceFile, simulatedPrices } from '../../support/prices.ts';

export interface Ledger {
  readonly session: Session;
  readonly memory: MemoryStore;
  /** Bytes of the artifacts as the store holds them. */
  readonly held: Map<string, Uint8Array>;
}

/** A ledger in memory, written at a fixed instant by a build that can be named. */
export function memoryLedger(code: Ports['code'] = { version: '0.0.0', commit: 'c'.repeat(40), lockHash: '1'.repeat(64) }): Ledger {
  const held = new Map<string, Uint8Array>();
  const memory = createMemoryStore({ artifacts: held, cut: new Map() });
  const ports: Ports = {
    ...memorySession().ports,
    ...memory,
    deliveries: createDeliveries(memory.store),
    clock: fixedClock('2026-11-21T08:00:00.000Z'),
    code,
  };
  return {
    session: { ports, ledger: { ledgerId: '00000000-0000-5000-8000-000000000000', origin: 'test', verifierKey: 'none' }, actor: 'test' },
    memory,
    held,
  };
}

const standard: SleeveRunOptions = { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: {} };

export async function produce(
  ledger: Ledger,
  manifest: Manifest,
  profile: string,
  files: readonly PriceFile[],
  options: Partial<SleeveRunOptions> = {},
  correction = 0,
): Promise<string> {
  const computed = produceSleeveRun(ledger.session.ports, { manifest, profile, files, options: { ...standard, ...options }, correction });
  await recordSleeveRun(ledger.session, computed);
  return computed.runId;
}

/** The same by the command that a person gives. */
export async function flow(
  ledger: Ledger,
  manifest: Manifest,
  profile: string,
  files: readonly PriceFile[],
  correction = 0,
): Promise<string> {
  const { session } = ledger;
  return (await flowProduction(session.ports, openedLedger(session), { manifest, profile, files, options: standard, correction })).runId;
}

const asDefined = { risks: null, join: null, projection: null, proxies: null, asOf: null, restateWhy: null } as const;

export function allocate(ledger: Ledger, manifest: Manifest, meta: string, options: Partial<FlowMeta> = {}): Promise<MetaRunOutcome> {
  return flowMeta(ledger.session, { manifest, meta, ...asDefined, ...options });
}

const markets = {
  stocks: ['NYSE:AAA', 'NYSE:BBB', 'NASDAQ:CCC', 'NYSE:DDD'],
  funds: ['AMEX:EEE', 'AMEX:FFF', 'AMEX:SPY'],
  coins: ['BINANCE:XXXUSDT', 'BINANCE:YYYUSDT'],
} as const;
export type SleeveName = keyof typeof markets;

/** Simulated prices of a sleeve: half a year more than its lookback. */
export function pricesOf(sleeve: SleeveName, last = '2022-12-30', seed = 7): PriceTable {
  return simulatedPrices({ symbols: markets[sleeve], first: '2022-01-03', last, seed });
}

export function fileOf(sleeve: SleeveName, last?: string, seed?: number): PriceFile {
  return priceFile(`${sleeve}.csv`, pricesOf(sleeve, last, seed));
}

const profiles = 'min_variance,hrp,risk_parity,max_sharpe,barbell,equal_weight,market,benchmark';

/** Three sleeves on their calendars, one portfolio over them and one that holds a portfolio; `change` edits the manifest first. */
export function manifestOf(change: (manifest: { profiles: Record<string, Record<string, unknown>> }) => void = () => undefined): Manifest {
  const manifest = {
    defaults: {
      data: { lookback_days: 200 },
      backtest: { train_window: 40, test_window: 20, step_size: 20, profiles, benchmark_symbols: 'AMEX:SPY' },
    },
    profiles: {
      stocks: {},
      funds: {},
      coins: { backtest: { backtest_slippage: 0.001, backtest_commission: 0.0004 } },
      whole: {
        sleeves: [
          { id: 'stocks', profile: 'stocks' },
          { id: 'funds', profile: 'funds' },
          { id: 'coins', profile: 'coins' },
        ],
        meta_allocation: { profile: 'risk_parity', min_weight: 0.05, max_weight: 0.6 },
        parity: { exceptions: [] },
      },
      nested: {
        sleeves: [
          { id: 'listed', meta_profile: 'listed' },
          { id: 'coins', profile: 'coins' },
        ],
        meta_allocation: { profile: 'risk_parity', min_weight: 0.05, max_weight: 0.9 },
      },
      listed: {
        sleeves: [
          { id: 'stocks', profile: 'stocks' },
          { id: 'funds', profile: 'funds' },
        ],
        meta_allocation: { profile: 'risk_parity', min_weight: 0.05, max_weight: 0.7 },
      },
    } as Record<string, Record<string, unknown>>,
  };
  change(manifest);
  return parseManifest(JSON.stringify(manifest), 'manifest.json');
}

/** A ledger with a run of each sleeve. */
export async function ledgerWithSleeves(manifest: Manifest = manifestOf()): Promise<Ledger> {
  const ledger = memoryLedger();
  for (const sleeve of Object.keys(markets) as SleeveName[]) await produce(ledger, manifest, sleeve, [fileOf(sleeve)]);
  return ledger;
}
