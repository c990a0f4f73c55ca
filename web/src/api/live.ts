import type { QueryClient } from '@tanstack/preact-query';
import { Store } from '../state/store.ts';
import { refresh } from './refreshing.ts';
import { StreamParser } from './stream-reader.ts';

export interface Happening {
  readonly position: string;
  readonly event: string;
  readonly type: string | null;
  readonly recordedAt: string | null;
  readonly meta: string | null;
  readonly sleeve: string | null;
  readonly runId: string | null;
}

export type Liveness = 'connecting' | 'live' | 'asking' | 'away';

export const liveness = new Store<Liveness>('connecting');
/** What happened while the page was open, newest first. */
export const happenings = new Store<readonly Happening[]>([]);

const keptMax = 60;
const askEveryMs = 10_000;
const waitsMs = [1_000, 2_000, 5_000, 10_000];

const textIn = (data: Readonly<Record<string, unknown>>, name: string): string | null => {
  const value = data[name];
  return typeof value === 'string' ? value : null;
};

function happeningOf(id: string, event: string, data: string): Happening {
  let told: Readonly<Record<string, unknown>> = {};
  try {
    told = JSON.parse(data) as Readonly<Record<string, unknown>>;
  } catch {
    // What happened is known by its name and place.
  }
  return {
    position: textIn(told, 'position') ?? id,
    event,
    type: textIn(told, 'type'),
    recordedAt: textIn(told, 'recordedAt'),
    meta: textIn(told, 'meta'),
    sleeve: textIn(told, 'sleeve'),
    runId: textIn(told, 'runId'),
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}

let lastId: string | null = null;

/** Reads one connection until it ends; false where the server has no stream. */
async function readStream(client: QueryClient, signal: AbortSignal): Promise<boolean> {
  const response = await fetch('/v1/stream', {
    credentials: 'same-origin',
    headers: { accept: 'text/event-stream', ...(lastId === null ? {} : { 'last-event-id': lastId }) },
    signal,
  });
  if (response.status === 404 || response.status === 405) return false;
  if (!response.ok || response.body === null) throw new Error(`the stream answers ${response.status}`);
  liveness.set('live');
  refresh(client);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new StreamParser();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return true;
    const messages = parser.take(value);
    lastId = parser.lastId ?? lastId;
    if (messages.length === 0) continue;
    const news = messages.map(({ id, event, data }) => happeningOf(id, event, data)).toReversed();
    happenings.set([...news, ...happenings.value].slice(0, keptMax));
    refresh(
      client,
      news.map(({ meta }) => meta),
    );
  }
}

/** Where there is no stream, what is shown is asked for again from time to time: it costs an answer of a line. */
async function askNowAndThen(client: QueryClient, signal: AbortSignal): Promise<void> {
  liveness.set('asking');
  while (!signal.aborted) {
    await pause(askEveryMs, signal);
    if (document.visibilityState === 'visible') refresh(client);
  }
}

/** Keeps the page in step with the ledger until it is stopped. */
export async function follow(client: QueryClient, signal: AbortSignal): Promise<void> {
  let failed = 0;
  while (!signal.aborted) {
    try {
      if (!(await readStream(client, signal))) return await askNowAndThen(client, signal);
      failed = 0;
    } catch {
      if (signal.aborted) return;
      liveness.set('away');
      failed++;
    }
    await pause(waitsMs[Math.min(failed, waitsMs.length - 1)]!, signal);
  }
}
