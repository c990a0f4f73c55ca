import { isObject } from '../../domain/manifest/values.ts';
import { interruptsSending } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { type IncomingEvent, readCloudEvent } from '../messages/cloud-event.ts';
import type { Log, MessageSink } from '../ports/ports.ts';
import { pause } from '../runtime/pause.ts';
import type { Session } from '../runtime/session.ts';
import { handInRead } from './incoming.ts';
import { createIntake, type IntakeOptions, type IntakeOutcome } from './intake.ts';
import { toldOf } from './letters.ts';

/** A result that its sender hands in and waits for: what a broker would have as value and headers of a message. */
export interface PostedMessage {
  readonly value: Uint8Array;
  /** By name in lower case, those of CloudEvents as they are in messages of Kafka: `ce_type`. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface PostedOutcome extends IntakeOutcome {
  readonly outcome: Exclude<IntakeOutcome['outcome'], 'gathered'>;
  /** What is wrong with a message that became a letter: told to its sender, and to nobody else. */
  readonly refusal: { readonly reason: string; readonly path: string | null } | null;
}

export interface Posting {
  /**
   * Takes messages in, in their order for each sleeve: what each leads to is durable when this resolves. Whatever was taken in is known
   * when it is handed in again. Errors: IntakeBusy, and those of the store: then some may be recorded and some not.
   */
  take(acting: Session, messages: readonly PostedMessage[]): Promise<readonly PostedOutcome[]>;
}

interface Room {
  readonly messages: number;
  readonly bytes: number;
}

export interface PostingOptions extends Omit<IntakeOptions, 'resultsTopic' | 'flood' | 'onRefused' | 'onGathered'> {
  /** Where they come from: the topic of messages that no broker has. */
  readonly origin: string;
  /** One of a flood waits so long for the others of it. */
  readonly floodPauseMs?: number;
  /** What may wait for the store at once. */
  readonly room?: Room;
}

/**
 * Numbers of messages that no broker numbers: microseconds since 1970, each greater than the one before. A process that starts again goes
 * on behind the last, and two that work at once do not meet but by the microsecond.
 */
class Numbers {
  #last = 0n;

  next(nowMs: number): string {
    const now = BigInt(nowMs) * 1_000n;
    this.#last = now > this.#last ? now : this.#last + 1n;
    return this.#last.toString();
  }
}

function sleeveIn({ partitionKey, subject, data }: IncomingEvent): string | null {
  const named = isObject(data) ? data['sleeve'] : null;
  return partitionKey ?? subject ?? (typeof named === 'string' ? named : null);
}

/**
 * Of which sleeve a message is: its partition key, which the CloudEvents binding of Kafka makes the key of a message; else its subject;
 * else the sleeve that its data name. A message that cannot be read is of the sleeve that its headers name, or of none.
 */
function keyOf({ value, headers }: PostedMessage): string | null {
  try {
    const event = readCloudEvent(value, headers);
    handInRead(value, event);
    return headers['ce_partitionkey'] ?? sleeveIn(event);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return headers['ce_partitionkey'] ?? headers['ce_subject'] ?? null;
  }
}

/** What a process has in its hands, so that senders who are faster than the store do not fill its memory. */
class InHand {
  readonly #room: Room;
  #messages = 0;
  #bytes = 0;

  constructor(room: Room) {
    this.#room = room;
  }

  /** Errors: IntakeBusy. */
  take(messages: readonly PostedMessage[]): () => void {
    const bytes = messages.reduce((sum, { value }) => sum + value.length, 0);
    const isFull = this.#messages + messages.length > this.#room.messages || this.#bytes + bytes > this.#room.bytes;
    if (this.#messages > 0 && isFull)
      throw new LedgerError('IntakeBusy', `${this.#messages} results that were sent before wait for the store`);
    this.#messages += messages.length;
    this.#bytes += bytes;
    return () => {
      this.#messages -= messages.length;
      this.#bytes -= bytes;
    };
  }
}

const everyRoom: Room = { messages: limits.postedInHandMax, bytes: limits.postedInHandBytesMax };

/** No broker waits for a sign of life. */
const beat = async (): Promise<void> => undefined;

/** The letter is recorded and its sender hears of it: a broker that is away keeps neither from being said. */
function asFarAsItGoes(sink: MessageSink | null, log: Log): MessageSink | null {
  if (sink === null) return null;
  return {
    send: async (topic, messages) => {
      try {
        await sink.send(topic, messages);
      } catch (error) {
        if (!interruptsSending(error)) throw error;
        log.warn({ topic, error: error.message }, 'a dead letter is recorded, and its message was not sent');
      }
    },
    close: () => sink.close(),
  };
}

/** Takes in what senders hand over themselves: the same judgement, identity and dead letters as for messages of a broker. */
export function createPosting(session: Session, given: PostingOptions): Posting {
  const { origin, floodPauseMs = limits.floodPauseMs, room = everyRoom, ...options } = given;
  const { clock, log } = session.ports;
  const intake = createIntake(session, { ...options, resultsTopic: origin, deadLetters: asFarAsItGoes(options.deadLetters, log) });
  const numbers = new Numbers();
  const inHand = new InHand(room);
  const encoder = new TextEncoder();

  const takeOne = async (acting: Session, posted: PostedMessage): Promise<PostedOutcome> => {
    const key = keyOf(posted);
    const brokerTimeMs = Date.parse(clock.now());
    const message = {
      topic: origin,
      partition: 0,
      offset: numbers.next(brokerTimeMs),
      key: key === null ? null : encoder.encode(key),
      value: posted.value,
      headers: Object.fromEntries(Object.entries(posted.headers).map(([name, text]) => [name, encoder.encode(text)])),
      brokerTimeMs,
    };
    const heard: { refusal: PostedOutcome['refusal']; letterId: Promise<string> | null } = { refusal: null, letterId: null };
    const handled = await intake.handle(message, beat, {
      session: acting,
      onRefused: (error) => {
        heard.refusal = toldOf(error);
      },
      onGathered: (letterId) => {
        heard.letterId = letterId;
        letterId.catch(() => undefined);
      },
    });
    const { outcome } = handled;
    if (outcome !== 'gathered') return { ...handled, outcome, refusal: heard.refusal };
    await pause(floodPauseMs, new AbortController().signal);
    // Others of the flood may have been faster; what fails of a letter of theirs is told to them.
    const flushed = await intake.flush().catch((error: unknown) => error);
    if (heard.letterId === null) throw flushed as Error;
    return { ...handled, outcome: 'rejected', letterId: await heard.letterId, refusal: heard.refusal };
  };

  return {
    take: async (acting, messages) => {
      const done = inHand.take(messages);
      try {
        // Each is begun in its turn, so that the results of a sleeve stay in order; none is left under way when one fails.
        const settled = await Promise.allSettled(messages.map((message) => takeOne(acting, message)));
        const failed = settled.find((one) => one.status === 'rejected');
        if (failed !== undefined) throw failed.reason as Error;
        return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      } finally {
        done();
      }
    },
  };
}
