import { openEventStoreDb, type EventStoreDbLedger } from '../../../infra/eventstoredb/open.ts';
import { parseConnectionString } from '../../../infra/eventstoredb/connection-string.ts';
import type { Patience } from '../../../infra/eventstoredb/patience.ts';
import { FakeEventStoreDb } from './fake-server.ts';

/** Waits in tests are short: a silent server must not cost seconds. */
export const quick: Partial<Patience> = { callMsMax: 150, waitMsMax: 1_500, backoffMsMin: 2, backoffMsMax: 20, silenceMsMax: 200 };

export interface FakeSubject extends EventStoreDbLedger {
  readonly fake: FakeEventStoreDb;
  /** Another client of the same server. */
  second(): EventStoreDbLedger;
  dispose(): Promise<void>;
}

/** A fresh fake server and the real adapter, through the real client, upon it. */
export async function fakeSubject(patience: Partial<Patience> = {}): Promise<FakeSubject> {
  const fake = await FakeEventStoreDb.start();
  const opened: EventStoreDbLedger[] = [];
  const open = (): EventStoreDbLedger => {
    const ledger = openEventStoreDb(parseConnectionString(fake.location), { patience });
    opened.push(ledger);
    return ledger;
  };
  return {
    ...open(),
    fake,
    second: open,
    dispose: async () => {
      for (const { store } of opened) await store.close();
      await fake.stop();
    },
  };
}
