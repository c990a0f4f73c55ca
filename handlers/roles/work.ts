import { StreamFolds } from '../runtime/folds.ts';
import { lastSeal } from '../ledger/last-seal.ts';
import { RecentRecords } from '../runtime/recent-records.ts';
import { createSealer } from '../ledger/sealer.ts';
import { wasInterrupted } from '../../domain/shared/error-kinds.ts';
import type { MessageBroker } from '../ports/ports.ts';
import type { Session } from '../runtime/session.ts';
import type { Settings } from '../runtime/settings.ts';
import { enforcingFormat } from './enforcing-format.ts';
import { meteredStore } from '../runtime/observability/metered-store.ts';
import { keepingLedger } from './keeping-ledger.ts';
import type { Operations, Readiness } from './operations.ts';
import type { Role } from './role.ts';
import { brokerRoles, createRoles, type RoleName, roleNames, rolesByDefault } from './roles.ts';
import { supervise } from './supervise.ts';
import { ensureTopics } from './topics.ts';

export { brokerRoles, type RoleName, roleNames, rolesByDefault };

export interface Work {
  readonly roles: readonly RoleName[];
  readonly settings: Settings;
  /** Null where there is none: then no role may need it. */
  readonly broker: MessageBroker | null;
  /** Creates missing topics; null creates none. */
  readonly createTopics: { readonly partitions: number; readonly replicas: number } | null;
  /** Portfolios evaluated at the same time. */
  readonly concurrency: number;
  readonly operations: Operations;
  readonly signal: AbortSignal;
  /** Called once everything runs, with the ledger that was opened, and the address of the server if there is one. */
  readonly onStart: (url: string | null, ledgerId: string) => void;
}

/** A worker that has opened its ledger; null before. */
interface Working {
  readonly ports: Session['ports'];
  readonly roles: readonly Role[];
}

async function readiness(working: Working | null): Promise<Readiness> {
  if (working === null) return { ready: false, checks: [{ name: 'store', ok: false, detail: 'is waited for' }] };
  const { ports, roles } = working;
  const head = await ports.store.head().then(
    () => ({ name: 'store', ok: true, detail: 'answers' }),
    (error: Error) => ({ name: 'store', ok: false, detail: error.message }),
  );
  const checks = [...roles.map((role) => ({ name: role.name, ...role.state() })), head];
  return { ready: checks.every(({ ok }) => ok), checks };
}

/**
 * Consumes results, allocates and publishes until it is stopped; what the roles appended last is sealed. While the store is away,
 * also while `open` waits for it, the process lives and is not ready. Errors: those of the roles.
 */
export async function runWorker(open: () => Promise<Session>, work: Work): Promise<{ readonly sealedTo: number | null }> {
  const { settings, operations, signal } = work;
  let working: Working | null = null;
  const { http, httpHosts } = settings;
  const hosts = httpHosts?.split(',') ?? [];
  const server = http === null ? null : await operations.serve({ address: http, hosts }, () => readiness(working));
  try {
    const opened = await open();
    return await workOn(opened, work, server?.url ?? null, (begun) => {
      working = begun;
    });
  } catch (error) {
    // Stopped before it could begin: nothing is in hand.
    if (signal.aborted && wasInterrupted(error)) return { sealedTo: null };
    throw error;
  } finally {
    await server?.close();
  }
}

async function workOn(
  opened: Session,
  work: Work,
  url: string | null,
  onBegin: (working: Working) => void,
): Promise<{ readonly sealedTo: number | null }> {
  const { roles: names, settings, broker, createTopics, concurrency, operations, signal, onStart } = work;
  const { metrics, tracer } = operations;
  const ports = { ...opened.ports, store: meteredStore(opened.ports.store, metrics), metrics, tracer };
  const session: Session = { ...opened, ports, folds: new StreamFolds(ports.store), recent: new RecentRecords() };
  if (broker !== null && createTopics !== null) await ensureTopics(broker, settings, createTopics);
  const sealer = createSealer(session, settings);
  const roles = createRoles(session, names, { settings, broker, sealer, concurrency, holder: ports.runtime.processName });
  onBegin({ ports, roles });
  onStart(url, session.ledger.ledgerId);
  await supervise([...roles, enforcingFormat(session), keepingLedger(session)], signal, ports);
  return { sealedTo: names.includes('seal') ? await lastSeal(sealer, ports.log) : null };
}
