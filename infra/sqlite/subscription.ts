import type { ReadAllOptions, StoredEvent, SubscribeOptions } from '../../handlers/ports/ports.ts';
import type { Connection } from './connection.ts';

const pageEvents = 200;
/** Events come in bursts: for so long after one, it is looked for the next so many times as often. */
const burstMs = 2_000;
const burstTimes = 5;

/**
 * Pages through the log, then waits: a commit of this connection wakes it at once, one of another process is noticed by
 * polling `data_version`. The sign of change is taken before the page is read, so that no append falls between the two.
 */
export async function* subscription(
  connection: Connection,
  readPage: (options: ReadAllOptions) => Promise<readonly StoredEvent[]>,
  options: SubscribeOptions,
  pollMs: number,
): AsyncGenerator<StoredEvent, void, undefined> {
  let after = options.after;
  let burstEnds = Number.NEGATIVE_INFINITY;
  while (!options.signal.aborted && connection.open) {
    const seen = connection.changes();
    const page = await readPage({ after, maxCount: pageEvents, types: options.types });
    for (const event of page) {
      if (options.signal.aborted) return;
      after = event.position;
      yield event;
    }
    if (page.length > 0) burstEnds = performance.now() + burstMs;
    else await changed(connection, seen, options.signal, { pollMs, burstEnds });
  }
}

interface Pace {
  readonly pollMs: number;
  /** As `performance.now()` tells. */
  readonly burstEnds: number;
}

/** Settles once the database has changed since `seen`, or the signal aborts, or the connection closes. */
async function changed(connection: Connection, seen: string, signal: AbortSignal, { pollMs, burstEnds }: Pace): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let timer: NodeJS.Timeout;
    const look = (): void => {
      try {
        if (signal.aborted || !connection.open || connection.changes() !== seen) finish(resolve);
      } catch (error) {
        finish(() => reject(error));
      }
    };
    const lookNowAndThen = (): void => {
      timer = setTimeout(lookNowAndThen, performance.now() < burstEnds ? pollMs / burstTimes : pollMs);
      look();
    };
    const stopListening = connection.onCommit(look);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      stopListening();
      signal.removeEventListener('abort', look);
      settle();
    };
    signal.addEventListener('abort', look);
    lookNowAndThen();
  });
}
