import { randomUUID } from 'node:crypto';
import { parseConnectionString } from '../../infra/eventstoredb/connection-string.ts';
import { LedgerClient } from '../../infra/eventstoredb/client.ts';
import { openEventStoreDb, type EventStoreDbLedger } from '../../infra/eventstoredb/open.ts';
import { IsolatedStore, OwnArtifacts, OwnCheckpoints, OwnDeliveries } from './isolated-store.ts';

/** Connection string of a running server; empty without one. */
export const location = process.env['EVENTSTORE_URL'] ?? '';

/** A corner of a running server with names of its own, so that tests can be repeated on it. */
export class LiveSubject {
  readonly token = `t${randomUUID().replaceAll('-', '')}`;
  readonly #start: string | null;
  readonly #opened: EventStoreDbLedger[] = [];
  readonly #own = new Set<string>();
  readonly #groups = new Set<string>();

  private constructor(start: string | null) {
    this.#start = start;
  }

  static async make(): Promise<LiveSubject> {
    const { store } = openEventStoreDb(parseConnectionString(location));
    const start = await store.head();
    await store.close();
    return new LiveSubject(start);
  }

  open(): {
    readonly store: IsolatedStore;
    readonly artifacts: OwnArtifacts;
    readonly checkpoints: OwnCheckpoints;
    readonly deliveries: OwnDeliveries;
  } {
    const ledger = openEventStoreDb(parseConnectionString(location));
    this.#opened.push(ledger);
    const artifacts = new OwnArtifacts(ledger.artifacts, this.#own);
    const store = new IsolatedStore(ledger.store, artifacts, this.token, this.#start);
    return {
      store,
      artifacts,
      checkpoints: new OwnCheckpoints(ledger.checkpoints, this.token),
      deliveries: new OwnDeliveries(ledger.deliveries, store, this.token, this.#groups),
    };
  }

  async dispose(): Promise<void> {
    for (const { store } of this.#opened) await store.close();
    const operator = new LedgerClient(parseConnectionString(location));
    for (const group of this.#groups) await operator.deletePersistentSubscriptionToAll(group, { credentials: operator.credentials });
    await operator.shutDown();
  }
}
