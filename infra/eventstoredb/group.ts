import { createHash } from 'node:crypto';
import persistentMessages from '@eventstore/db-client/generated/persistent_pb.js';
import type { CreateReq } from '@eventstore/db-client/generated/persistent_pb.js';
import sharedMessages from '@eventstore/db-client/generated/shared_pb.js';
import { domainStreamPattern } from '../../domain/audit/chain.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { withRetries } from './retry.ts';
import { knownPosition, type LogPosition } from './positions.ts';
import { domainEventsOf } from './recorded-event.ts';
import type { Session } from './session.ts';

const { CreateReq: Request } = persistentMessages;

/** How the server shares events out; the same for every group. */
export const groupSettings = {
  /** Unsettled events that one member holds at once. */
  unsettledMax: 64,
  /** A member that is connected and says nothing for this long about an event has it given to another. */
  messageTimeoutMs: 60_000,
  /**
   * The most that the server can count: an event is never parked, however slow or unlucky its handlers, but comes again until it is
   * settled.
   */
  retriesMax: 2_147_483_647,
  /** The server notes its place after each event, at most this often: a restart repeats no more than that. */
  checkpointAfterMs: 1_000,
  checkpointEventsMin: 1,
  checkpointEventsMax: 1_000,
  liveBufferEvents: 500,
  historyBufferEvents: 500,
  readBatchEvents: 20,
} as const;

export interface Group {
  readonly name: string;
  /** The newest event when this call made the group, which begins after it; null when the group was there, or nothing else. */
  readonly since: LogPosition | null;
}

/** Another choice of types is another group: the server would keep the old one's filter, and nobody can ask what it is. */
export function groupName(group: string, types: readonly string[]): string {
  const chosen = JSON.stringify([...new Set(types)].toSorted(byCodeUnits));
  return `${group}-${createHash('sha256').update(chosen).digest('hex').slice(0, 12)}`;
}

/**
 * Makes the group unless it is there. It begins at the newest event of the moment, by its position: the server's own "from the end"
 * means the end of whenever it starts, so that a restart before its first note would skip events.
 *
 * Errors: StoreAccessDenied, StoreUnavailable.
 */
export async function beginGroup(session: Session, group: string, types: readonly string[], ended: AbortSignal): Promise<Group> {
  const { client, retry } = session;
  const name = client.names.outer(groupName(group, types));
  const newest = await withRetries(
    session,
    { call: 'read $all' },
    () => client.readAllPage(null, { streams: domainStreamPattern }, 1, 'backwards', retry.callMsMax),
    ended,
  );
  const [event] = domainEventsOf(newest, null);
  const since = event === undefined ? null : knownPosition(event.position);
  const outerTypes = [...new Set(types)].map((type) => client.names.outerType(type));
  const made = await withRetries(
    session,
    { call: 'make a group' },
    () => client.createGroup(creation(name, outerTypes, since), retry.callMsMax),
    ended,
  );
  return { name, since: made ? since : null };
}

/**
 * One member gets everything until it holds all that it may, then the next: several results of one portfolio meet in one process, which
 * answers them by one computation, where taking turns would have every process compute the same.
 */
export function creation(name: string, types: readonly string[], since: LogPosition | null): CreateReq {
  const settings = new Request.Settings();
  settings.setNamedConsumerStrategy(Request.ConsumerStrategy.DISPATCHTOSINGLE);
  settings.setResolveLinks(false);
  settings.setExtraStatistics(false);
  settings.setMaxSubscriberCount(0);
  settings.setMessageTimeoutMs(groupSettings.messageTimeoutMs);
  settings.setMaxRetryCount(groupSettings.retriesMax);
  settings.setCheckpointAfterMs(groupSettings.checkpointAfterMs);
  settings.setMinCheckpointCount(groupSettings.checkpointEventsMin);
  settings.setMaxCheckpointCount(groupSettings.checkpointEventsMax);
  settings.setLiveBufferSize(groupSettings.liveBufferEvents);
  settings.setHistoryBufferSize(groupSettings.historyBufferEvents);
  settings.setReadBatchSize(groupSettings.readBatchEvents);
  const all = new Request.AllOptions();
  if (since === null) all.setStart(new sharedMessages.Empty());
  else {
    const position = new Request.Position();
    position.setCommitPosition(String(since.commit));
    position.setPreparePosition(String(since.prepare));
    all.setPosition(position);
  }
  const expression = new Request.AllOptions.FilterOptions.Expression();
  expression.setPrefixList([...types]);
  const filter = new Request.AllOptions.FilterOptions();
  filter.setEventType(expression);
  filter.setCount(new sharedMessages.Empty());
  filter.setCheckpointintervalmultiplier(1);
  all.setFilter(filter);
  const options = new Request.Options();
  options.setGroupName(name);
  options.setSettings(settings);
  options.setAll(all);
  const request = new Request();
  request.setOptions(options);
  return request;
}
