import { randomUUID } from 'node:crypto';
import { parseConnectionString, type ConnectionSettings } from '../../infra/eventstoredb/connection-string.ts';
import { LedgerClient } from '../../infra/eventstoredb/client.ts';
import { groupName } from '../../infra/eventstoredb/group.ts';
import { openEventStoreDb, type EventStoreDbLedger } from '../../infra/eventstoredb/open.ts';
import type { Deliveries } from '../../handlers/ports/ports.ts';
import { clearLedger } from '../support/clear-ledger.ts';

/** Connection string of a running server; empty without one. */
const location = process.env['EVENTSTORE_URL'] ?? '';

/** A ledger of its own on a running server, gone when it is disposed of. */
export class LiveSubject {
  readonly #name = `t${randomUUID().replaceAll('-', '')}`;
  readonly #opened: EventStoreDbLedger[] = [];
  readonly #groups = new Set<string>();
  readonly operator = new LedgerClient(this.#settings);

  get #settings(): ConnectionSettings {
    return parseConnectionString(`${location}${location.includes('?') ? '&' : '?'}ledger=${this.#name}`);
  }

  /** Another connection to the ledger. */
  open(): Omit<EventStoreDbLedger, 'deliveries'> & { readonly deliveries: Deliveries } {
    const ledger = openEventStoreDb(this.#settings);
    this.#opened.push(ledger);
    const deliveries: Deliveries = {
      join: (group, options) => {
        this.#groups.add(this.operator.names.outer(groupName(group, options.types)));
        return ledger.deliveries.join(group, options);
      },
    };
    return { ...ledger, deliveries };
  }

  /** Leaves nothing behind. */
  async dispose(): Promise<void> {
    for (const { store } of this.#opened) await store.close();
    await clearLedger(this.operator, this.#groups);
    await this.operator.shutDown();
  }
}
