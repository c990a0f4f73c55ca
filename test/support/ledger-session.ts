/** A ledger in memory with its key and witness on disk, and the session to work on it. */
import { createTools } from '../../bin/adapters.ts';
import { createDeliveries } from '../../handlers/runtime/deliveries.ts';
import { openLedger } from '../../handlers/ledger/open-ledger.ts';
import type { Artifacts, EventStore } from '../../handlers/ports/ports.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import { resolveSettings, type Settings } from '../../handlers/runtime/settings.ts';
import { createMemoryStore } from '../../infra/memory/memory-store.ts';
import { fixedClock } from '../../infra/system/clock.ts';
import { sampleEvents } from './sample-events.ts';

export interface LedgerSession {
  readonly session: Session;
  readonly settings: Settings;
}

/** Two that are given one key file and do the same hold the same bytes: their clock stands still. */
export async function ledgerSession(
  location: string,
  given: { readonly store?: EventStore; readonly artifacts?: Artifacts; readonly key?: string } = {},
): Promise<LedgerSession> {
  const { settings } = resolveSettings(
    { store: location, witness: `${location}.witness`, ...(given.key === undefined ? {} : { key: given.key }) },
    {},
    null,
  );
  const memory = createMemoryStore();
  const ports = {
    ...createTools({ logLevel: 'silent', isTerminal: false }),
    ...memory,
    deliveries: createDeliveries(memory.store),
    clock: fixedClock('2026-11-21T08:00:00.000Z'),
    store: given.store ?? memory.store,
    artifacts: given.artifacts ?? memory.artifacts,
  };
  return { session: { ports, ledger: await openLedger(ports, settings, true), actor: 'tests' }, settings };
}

/** A store that does as another does, but for what is given. */
export function storeLike(store: EventStore, other: Partial<EventStore>): EventStore {
  return {
    append: (...given) => store.append(...given),
    readStream: (...given) => store.readStream(...given),
    readAll: (...given) => store.readAll(...given),
    subscribeAll: (...given) => store.subscribeAll(...given),
    head: () => store.head(),
    newest: () => store.newest(),
    comparePositions: (...given) => store.comparePositions(...given),
    close: () => store.close(),
    ...other,
  };
}

/** Opens a stream of sample events. */
export async function addRun(store: EventStore, run: string, count = 3): Promise<void> {
  const stream = `sleeveRun-${run}`;
  await store.append(stream, sampleEvents({ stream, count }), { expectedRevision: 'none' });
}
