import { domainEvent } from '../../domain/catalogue.ts';
import { formatDifference, formatOfBuild, raisedFormat, unionOf } from '../../domain/ledger/format.ts';
import { formatOf010 } from '../../domain/ledger/format-of-010.ts';
import { canonicalJson } from '../../domain/shared/canonical-json.ts';
import { type DraftEvent, decodeEnvelope, emptyTail, type StreamTail } from '../../domain/shared/envelope.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { draftLedger } from '../../domain/shared/ledger-slice.ts';
import { ledgerStream } from '../../domain/shared/ledger-stream.ts';
import type { LedgerFormat } from '../../domain/shared/ledger-events.ts';
import type { EventStore, StoredEvent } from '../ports/ports.ts';
import { isConflict } from '../../domain/shared/error-kinds.ts';
import { appendAtTail } from '../runtime/record.ts';
import type { Session } from '../runtime/session.ts';
import { tailOf } from '../runtime/stored-events.ts';
import { streamPages, streamPagesBackwards } from '../runtime/stream-pages.ts';

/** The first few, for a message. */
export function shown(words: readonly string[]): string {
  return `${words.slice(0, 5).join(', ')}${words.length > 5 ? ` and ${words.length - 5} more` : ''}`;
}

function tooNew(lacks: readonly string[]): LedgerError {
  return new LedgerError(
    'StoreTooNew',
    `a newer build has raised the format of this ledger; this build lacks ${shown(lacks)}: it writes and seals nothing`,
    { evidence: { lacks } },
  );
}

/** Errors: StoreTooNew when a ledger may hold what this build does not know. */
export function requireKnown(format: LedgerFormat): void {
  const lacks = formatDifference(format, formatOfBuild);
  if (lacks.length > 0) throw tooNew(lacks);
}

/**
 * The format that an event of the ledger's own stream records; null for any other event. Errors: StoreTooNew when it is written in a later
 * way.
 */
export function formatIn(event: StoredEvent): LedgerFormat | null {
  if (event.type !== 'LedgerFormatRaised') return null;
  const envelope = decodeEnvelope(event.bytes);
  const known = formatOfBuild.events['LedgerFormatRaised']!;
  if (envelope.schemaVersion > known) throw tooNew([`event LedgerFormatRaised version ${envelope.schemaVersion}`]);
  const raised = domainEvent(envelope, event.position);
  return raised.type === 'LedgerFormatRaised' ? raised.data : null;
}

interface Recorded {
  readonly format: LedgerFormat;
  readonly tail: StreamTail;
}

/** From the end of the stream back to the newest format: each raise records the whole of it. */
async function newestIn(store: EventStore): Promise<Recorded> {
  let tail: StreamTail | null = null;
  for await (const page of streamPagesBackwards(store, ledgerStream)) {
    tail ??= tailOf(page.slice(0, 1));
    for (const event of page) {
      const format = formatIn(event);
      if (format !== null) return { format, tail };
    }
  }
  return { format: formatOf010, tail: tail ?? emptyTail };
}

/** The format that a ledger records. Each look after the first reads only what was appended to its stream since. */
export class RecordedFormat {
  readonly #store: EventStore;
  #seen: Recorded | null = null;

  constructor(store: EventStore) {
    this.#store = store;
  }

  /** Errors: StoreTooNew; UnknownEventType and SchemaViolation for damage. */
  async current(): Promise<Recorded> {
    let seen = this.#seen ?? (await newestIn(this.#store));
    for await (const page of streamPages(this.#store, ledgerStream, BigInt(seen.tail.revision + 1))) {
      seen = { format: page.reduce((format, event) => formatIn(event) ?? format, seen.format), tail: tailOf(page) };
    }
    this.#seen = seen;
    return seen;
  }

  /** Errors: StoreTooNew. */
  async requireKnown(): Promise<void> {
    requireKnown((await this.current()).format);
  }
}

/** Streams whose events are leaves: those that this build knows, and those that the ledger's format names beside them. */
export function leafStreams(format: LedgerFormat): readonly string[] {
  return unionOf(format, formatOfBuild).streams;
}

/** The same, of the ledger in a store. Errors: StoreTooNew for a format that is recorded in a way unknown to this build. */
export async function recordedStreams(store: EventStore): Promise<readonly string[]> {
  return leafStreams((await new RecordedFormat(store).current()).format);
}

/** The format that a new ledger begins with. */
export function firstFormat(): DraftEvent {
  return draftLedger('LedgerFormatRaised', unionOf(formatOf010, formatOfBuild));
}

const attemptsMax = 20;

/**
 * Makes the ledger's format cover this build before the build writes anything else. Of two processes that raise at once the later one
 * looks again: the same build finds it raised, another may find that it now lacks something. Errors: StoreTooNew, with nothing written.
 */
export async function raiseFormat(session: Session): Promise<void> {
  const recorded = new RecordedFormat(session.ports.store);
  for (let attempt = 1; ; attempt++) {
    const { format, tail } = await recorded.current();
    requireKnown(format);
    const raised = raisedFormat(format, formatOfBuild);
    if (raised === null) return;
    try {
      const command = ['LedgerFormatRaised', canonicalJson(raised)];
      await appendAtTail(session, tail, {
        stream: ledgerStream,
        drafts: [draftLedger('LedgerFormatRaised', raised)],
        command,
        correlation: session.ledger.ledgerId,
      });
      session.ports.log.info({ gained: formatDifference(raised, format) }, 'raised the format of the ledger');
      return;
    } catch (error) {
      if (!isConflict(error) || attempt >= attemptsMax) throw error;
    }
  }
}
