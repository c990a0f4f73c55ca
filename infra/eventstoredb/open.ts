import { setMaxListeners } from 'node:events';
import type { Log, StorageFinding } from '../../handlers/ports/ports.ts';
import { EventStoreDbArtifacts } from './artifacts.ts';
import { EventStoreDbCheckpoints } from './checkpoints.ts';
import { LedgerClient } from './client.ts';
import type { ConnectionSettings } from './connection-string.ts';
import { Contact } from './contact.ts';
import { EventStoreDbDeliveries } from './deliveries.ts';
import { EventStoreDbEventStore, closeConnection } from './event-store.ts';
import { Pace } from './pace.ts';
import { defaultRetryPolicy, type RetryPolicy } from './retry-policy.ts';
import { truncatedStreams } from './retention.ts';
import { tlsRefusal } from './handshake.ts';
import type { Session } from './session.ts';

export interface EventStoreDbOptions {
  readonly retry?: Partial<RetryPolicy>;
  readonly log?: Log | undefined;
  /** Runs once when the store is closed. */
  readonly onClose?: () => void;
}

export interface EventStoreDbLedger {
  readonly store: EventStoreDbEventStore;
  readonly artifacts: EventStoreDbArtifacts;
  readonly checkpoints: EventStoreDbCheckpoints;
  readonly deliveries: EventStoreDbDeliveries;
  /** Streams that an operator truncated on the server; an empty list when none. */
  readonly truncatedStreams: () => Promise<readonly StorageFinding[]>;
}

const ignore = (): void => undefined;
const silent: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Connects lazily: the first call finds out whether the server is there. */
export function openEventStoreDb(settings: ConnectionSettings, options: EventStoreDbOptions = {}): EventStoreDbLedger {
  const closing = new AbortController();
  // Every call under way listens to it, a thousand at once is not a leak.
  setMaxListeners(0, closing.signal);
  const log = options.log ?? silent;
  const session: Session = {
    client: new LedgerClient(settings),
    retry: { ...defaultRetryPolicy, ...options.retry },
    server: settings.shown,
    user: settings.credentials.username,
    contact: new Contact(settings.shown, log, () => tlsRefusal(settings)),
    pace: new Pace(),
    closed: closing.signal,
    log,
  };
  const close = async (): Promise<void> => {
    if (closing.signal.aborted) return;
    closing.abort();
    await closeConnection(session);
    options.onClose?.();
  };
  const artifacts = new EventStoreDbArtifacts(session);
  return {
    store: new EventStoreDbEventStore(session, artifacts, close),
    artifacts,
    checkpoints: new EventStoreDbCheckpoints(session),
    deliveries: new EventStoreDbDeliveries(session),
    truncatedStreams: () => truncatedStreams(session),
  };
}
