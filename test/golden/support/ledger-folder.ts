import { readFileSync } from 'node:fs';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import type { ReceivedMessage, StoredEvent } from '../../../handlers/ports/ports.ts';
import type { IntakeOutcome } from '../../../handlers/intake/intake.ts';
import type { SentMessage } from './memory-broker.ts';
import type { Answered } from './program.ts';

/** What lies in the folder of a recorded ledger. Every path is relative to the folder. */

export interface RecordedCommand extends Answered {
  readonly stage: string;
  readonly now: string;
  readonly argv: readonly string[];
}

export interface RecordedQuery extends Answered {
  readonly argv: readonly string[];
  /** Copy of the file that the query wrote, by its name below `expected/files`; null when it wrote none. */
  readonly file: string | null;
}

export interface RecordedStage {
  readonly name: string;
  /** Newest position, and the time, at its end. */
  readonly position: string;
  readonly at: string;
  readonly checkpoint: string;
  readonly verifierKey: string;
}

export interface Recording {
  readonly code: { readonly version: string; readonly commit: string };
  readonly endedAt: string;
  readonly stages: readonly RecordedStage[];
  readonly events: number;
  readonly eventsByType: Readonly<Record<string, number>>;
  /** Runs by a word for each, as the queries ask for them. */
  readonly runs: Readonly<Record<string, string>>;
  /** Sleeves for new runs beside the old ones: their flags, but for the as-of date. */
  readonly goOn: { readonly asOf: string; readonly sleeves: readonly (readonly string[])[]; readonly meta: string };
}

/** What a second delivery of everything answered, at the end of the recording. */
export interface Redelivered {
  readonly commands: readonly ({ readonly argv: readonly string[] } & Answered)[];
  readonly messages: readonly IntakeOutcome[];
}

export interface MessageLine {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly about: string;
  readonly keyBase64: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBase64: string | null;
}

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

export const readRecording = (): Recording => read('recording.json') as Recording;
export const readCommands = (): RecordedCommand[] => read('commands.json') as RecordedCommand[];
export const readRedelivered = (): Redelivered => read('expected/redelivered.json') as Redelivered;
export const readSent = (): SentMessage[] => read('expected/sent.json') as SentMessage[];
/** The questions of one kind, with their answers. */
export const readAnswers = (question: string): RecordedQuery[] => read(`expected/queries/${question}.json`) as RecordedQuery[];

export function readMessages(file = 'inputs/messages.jsonl'): MessageLine[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as MessageLine);
}

const bytesOf = (base64: string | null): Uint8Array | null => (base64 === null ? null : new Uint8Array(Buffer.from(base64, 'base64')));

export function messageOf({ topic, partition, offset, keyBase64, headers, bodyBase64 }: MessageLine): ReceivedMessage {
  const named = Object.entries(headers).map(([name, text]) => [name, new TextEncoder().encode(text)]);
  return {
    topic,
    partition,
    offset,
    key: bytesOf(keyBase64),
    value: bytesOf(bodyBase64),
    headers: Object.fromEntries(named),
    brokerTimeMs: 0,
  };
}

/** Every event of the ledger in the working folder. */
export async function eventsHere(): Promise<StoredEvent[]> {
  const { store, close } = openSqlite('ledger.sqlite', { access: 'read', create: false });
  try {
    const all: StoredEvent[] = [];
    for (;;) {
      const page = await store.readAll({ after: all.at(-1)?.position ?? null, maxCount: 1000, types: null });
      all.push(...page);
      if (page.length < 1000) return all;
    }
  } finally {
    close();
  }
}

/** Events that say something: a seal only covers what was said. */
export async function domainEventsHere(): Promise<number> {
  // What a build tells of the ledger itself: how far it is sealed, and which format it has from now on.
  return (await eventsHere()).filter(({ type }) => type !== 'LedgerSealed' && type !== 'LedgerFormatRaised').length;
}
