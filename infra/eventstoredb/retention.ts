import type { ResolvedEvent } from '@eventstore/db-client';
import { domainStreamPattern } from '../../domain/audit/chain.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { StorageFinding } from '../../handlers/ports/ports.ts';
import { withRetries } from './retry.ts';
import { comparePositions, type LogPosition } from './positions.ts';
import type { Recorded } from './recorded-event.ts';
import type { Session } from './session.ts';

/** Metadata by which the server drops events: truncate before, maximum age, maximum count. */
const retention = ['$tb', '$maxAge', '$maxCount'] as const;

/** Streams with the metadata of the ledger's streams. */
export const metadataStreamPattern = domainStreamPattern.replace('^', String.raw`^\$\$`);

/** What an event with a stream's metadata says that its stream is cut by. */
export function cutsBy({ data }: Recorded): readonly string[] {
  const metadata = data as Record<string, unknown> | null | undefined;
  return retention.filter((name) => (metadata?.[name] ?? null) !== null);
}

/** By what each stream of the ledger is cut that has metadata. */
export async function readCuts(session: Session): Promise<Map<string, readonly string[]>> {
  const { client, retry } = session;
  const cuts = new Map<string, readonly string[]>();
  for (let from: LogPosition | null = null; ;) {
    const start: LogPosition | null = from;
    const page: readonly ResolvedEvent[] = await withRetries(session, { call: 'read $all' }, () =>
      client.readAllPage(start, { streams: metadataStreamPattern }, limits.readPageEventsMax, 'forwards', retry.callMsMax),
    );
    // The last word of a stream's metadata counts.
    for (const { event } of page) if (event !== undefined) cuts.set(event.streamId.slice(2), cutsBy(event));
    const last: LogPosition | undefined = page.at(-1)?.event?.position;
    if (page.length < limits.readPageEventsMax || last === undefined || (start !== null && comparePositions(last, start) <= 0)) break;
    from = last;
  }
  return cuts;
}

/** Streams of the ledger that the server has been configured to truncate: their events may still be there, and go when it cleans up. */
export async function truncatedStreams(session: Session): Promise<readonly StorageFinding[]> {
  return [...(await readCuts(session))]
    .filter(([, names]) => names.length > 0)
    .map(([stream, names]) => ({ kind: 'stream_cut', detail: `stream ${stream} is cut by ${names.join(', ')} in its metadata` }));
}
