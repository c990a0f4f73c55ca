import dbClient from '@eventstore/db-client';
import { limits } from '../../domain/shared/limits.ts';
import type { LedgerClient } from '../../infra/eventstoredb/client.ts';
import type { LogPosition } from '../../infra/eventstoredb/positions.ts';

const callMsMax = 10_000;
const deletionsAtOnce = 16;

/** Streams in the name space of a client, by the ledger's own names. */
async function streamsOf(operator: LedgerClient): Promise<string[]> {
  const streams = new Set<string>();
  for (let from: LogPosition | null = null; ;) {
    const page = await operator.readAllPage(from, { streams: '^.+$' }, limits.readPageEventsMax, 'forwards', callMsMax);
    for (const { event } of page) if (event !== undefined) streams.add(event.streamId);
    const last: LogPosition | undefined = page.at(-1)?.event?.position;
    if (page.length < limits.readPageEventsMax || last === undefined) return [...streams];
    from = last;
  }
}

/** Deletes every stream in the name space of a client, and the groups named. The server drops the data at its next scavenge. */
export async function clearLedger(operator: LedgerClient, groups: Iterable<string>): Promise<void> {
  const { credentials, names } = operator;
  for (const group of groups) {
    await operator.deletePersistentSubscriptionToAll(group, { credentials }).catch((error: unknown) => {
      // One that was asked for and never made.
      if (!(error instanceof dbClient.PersistentSubscriptionDoesNotExistError)) throw error;
    });
  }
  const streams = await streamsOf(operator);
  for (let start = 0; start < streams.length; start += deletionsAtOnce) {
    const deletions = streams.slice(start, start + deletionsAtOnce).map(async (stream) => {
      await operator.deleteStream(names.outer(stream), { credentials }).catch((error: unknown) => {
        if (!(error instanceof dbClient.StreamDeletedError)) throw error;
      });
    });
    await Promise.all(deletions);
  }
}
