import type { ResolvedEvent } from '@eventstore/db-client';
import { domainStreamPattern } from '../../domain/audit/chain.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { StorageFinding } from '../../handlers/ports/ports.ts';
import { retention } from './appending.ts';
import { withRetries } from './retry.ts';
import { comparePositions, type LogPosition } from './positions.ts';
import type { Session } from './session.ts';

const metadataStreams = domainStreamPattern.replace('^', String.raw`^\$\$`);

/** Streams of the ledger that the server has been configured to truncate: their events may still be there, and go when it cleans up. */
export async function truncatedStreams(session: Session): Promise<readonly StorageFinding[]> {
  const { client, retry } = session;
  const cuts = new Map<string, readonly string[]>();
  for (let from: LogPosition | null = null; ;) {
    const start: LogPosition | null = from;
    const page: readonly ResolvedEvent[] = await withRetries(session, { call: 'read $all' }, () =>
      client.readAllPage(start, { streams: metadataStreams }, limits.readPageEventsMax, 'forwards', retry.callMsMax),
    );
    for (const { event } of page) {
      const metadata = event?.data as Record<string, unknown> | undefined;
      // The last word of a stream's metadata counts.
      if (event !== undefined && metadata !== undefined)
        cuts.set(
          event.streamId.slice(2),
          retention.filter((name) => (metadata[name] ?? null) !== null),
        );
    }
    const last: LogPosition | undefined = page.at(-1)?.event?.position;
    if (page.length < limits.readPageEventsMax || last === undefined || (start !== null && comparePositions(last, start) <= 0)) break;
    from = last;
  }
  return [...cuts]
    .filter(([, names]) => names.length > 0)
    .map(([stream, names]) => ({ kind: 'stream_cut', detail: `stream ${stream} is cut by ${names.join(', ')} in its metadata` }));
}
