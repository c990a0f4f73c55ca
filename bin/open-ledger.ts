import { flowProduction, type ProduceSleeveRun, type RecordedRun } from '../handlers/commands/flow-production.ts';
import { flowMeta, type FlowMeta, type MetaRunOutcome } from '../handlers/commands/flow-meta.ts';
import { type AppliedManifest, applyManifest } from '../handlers/commands/apply-manifest.ts';
import { openLedger as openSession } from '../handlers/ledger/open-ledger.ts';
import { raiseFormat } from '../handlers/ledger/recorded-format.ts';
import { createSealer, type Sealing } from '../handlers/ledger/sealer.ts';
import { type Verification, verifyLedger } from '../handlers/ledger/verify.ts';
import { readKeyFile, witnessOf } from '../handlers/ledger/key-file.ts';
import { type AllocationQuery, currentAllocation, type CurrentAllocation } from '../handlers/queries/allocations.ts';
import { type LedgerStatus, ledgerStatus } from '../handlers/queries/status.ts';
import { Loaded } from '../handlers/reactors/loaded.ts';
import { type Reallocation, reallocate } from '../handlers/reactors/reallocate.ts';
import { StreamFolds } from '../handlers/folds.ts';
import { runEvents } from '../handlers/load-sleeve-run.ts';
import type { PriceFile } from '../handlers/ports.ts';
import { openedLedger, type Session } from '../handlers/session.ts';
import { resolveSettings, type Settings } from '../handlers/settings.ts';
import { type DomainEvent } from '../domain/catalogue.ts';
import type { Manifest } from '../domain/manifest/schema.ts';
import { createTools, openStore } from './adapters.ts';

/** A ledger to script against: the same handlers as the command line. */
export interface OpenLedger {
  readonly session: Session;
  readPrices(file: string): Promise<PriceFile>;
  produceSleeveRun(command: ProduceSleeveRun): Promise<RecordedRun>;
  allocate(command: FlowMeta): Promise<MetaRunOutcome>;
  weights(query: AllocationQuery): Promise<CurrentAllocation>;
  /** Makes the manifest's sleeves and portfolios known, with their publication policies. */
  applyManifest(manifest: Manifest): Promise<AppliedManifest>;
  /** Looks at a portfolio as a worker does: waits, publishes, skips, holds or refuses by its policy. */
  reallocate(meta: string): Promise<Reallocation>;
  status(): Promise<LedgerStatus>;
  events(kind: 'sleeveRun' | 'metaRun', runId: string): Promise<readonly DomainEvent[]>;
  seal(): Promise<Sealing>;
  verify(): Promise<Verification>;
  close(): Promise<void>;
}

/**
 * Opens the ledger in a store, and makes it when `create` says so. What writes looks at the ledger's format first and refuses one that a newer
 * build has raised (StoreTooNew); what only reads needs none. Errors: LedgerMissing, NotALedger, StoreBusy, StoreTooNew with `create`.
 */
export async function openLedger(options: Partial<Settings> & { readonly store: string; readonly create?: boolean }): Promise<OpenLedger> {
  const { create = false, ...flags } = options;
  const { settings } = resolveSettings(flags, {}, null);
  const tools = createTools({ logLevel: settings.logLevel, isTerminal: false });
  const ports = { ...tools, ...(await openStore(settings.store, create ? 'write' : 'read', tools.log)) };
  const session: Session = { ports, ledger: await openSession(ports, settings, create), actor: settings.actor, folds: new StreamFolds(ports.store) };
  const loaded = new Loaded(ports);
  const writing = async <Answer>(write: () => Promise<Answer>): Promise<Answer> => {
    await raiseFormat(session);
    return write();
  };
  const sealer = createSealer(session, settings);
  return {
    session,
    readPrices: (file) => ports.prices.readPrices(file),
    produceSleeveRun: async (command) =>
      writing(async () => {
        const { runId, already } = await flowProduction(ports, openedLedger(session), command);
        return { runId, already };
      }),
    allocate: async (command) => writing(() => flowMeta(session, command)),
    weights: async (query) => currentAllocation(ports, query),
    applyManifest: async (manifest) => writing(() => applyManifest(session, manifest, null)),
    reallocate: async (meta) => writing(() => reallocate(session, loaded, meta)),
    status: async () => ledgerStatus(ports, { meta: null, knownAt: null }),
    events: async (kind, runId) => runEvents(ports, kind, runId),
    seal: async () => writing(() => sealer.seal()),
    verify: async () => verifyLedger(ports, { witnessDirectory: witnessOf(settings, await readKeyFile(ports, settings)), checkpoint: null, integrity: ports.integrity }),
    close: () => ports.store.close(),
  };
}
