import { openEventStoreDb, type EventStoreDbLedger } from '../../../infra/eventstoredb/open.ts';
import { parseConnectionString } from '../../../infra/eventstoredb/connection-string.ts';
import type { RetryPolicy } from '../../../infra/eventstoredb/retry-policy.ts';
import { FakeEventStoreDb } from './fake-server.ts';

/** Waits in tests are short: a silent server must not cost seconds. */
export const quick: Partial<RetryPolicy> = { callMsMax: 150, waitMsMax: 1_500, backoffMsMin: 2, backoffMsMax: 20, silenceMsMax: 200 };

export interface FakeSubject extends EventStoreDbLedger {
  readonly fake: FakeEventStoreDb;
  /** What the adapter said, as level and message. */
  readonly logged: string[];
  /** Another client of the same server. */
  second(ledger?: string): EventStoreDbLedger;
  dispose(): Promise<void>;
}

/** A fresh fake server and the real adapter, through the real client, on it; with a name, on the ledger of that name. */
export async function fakeSubject(retry: Partial<RetryPolicy> = {}, name?: string): Promise<FakeSubject> {
  const fake = await FakeEventStoreDb.start();
  const opened: EventStoreDbLedger[] = [];
  const logged: string[] = [];
  const say = (level: string) => (_fields: Record<string, unknown>, message: string) => void logged.push(`${level}: ${message}`);
  const log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
  const open = (ledgerName = name): EventStoreDbLedger => {
    const location = (ledgerName ?? '') === '' ? fake.location : `${fake.location}&ledger=${ledgerName}`;
    const ledger = openEventStoreDb(parseConnectionString(location), { retry, log });
    opened.push(ledger);
    return ledger;
  };
  return {
    ...open(),
    fake,
    logged,
    second: open,
    dispose: async () => {
      for (const { store } of opened) await store.close();
      await fake.stop();
    },
  };
}
