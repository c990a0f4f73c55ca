import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { MessagesRefused } from '../../domain/sleeve/intake-events.ts';
import { toBase64 } from '../../domain/audit/base64.ts';
import { deadLetterMessage } from '../messages/dead-letter.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import { type Incoming, keyRequest, knownId } from './incoming.ts';
import { type DeadLetterTarget, lettersOf, toldOf } from './letters.ts';
import { isKept, type RefusedMessage, sealMany } from './sealing.ts';

/** Of whom a flood is: a defined sleeve, or whatever else comes by a topic; the key of a message costs its sender nothing. */
interface Sender {
  readonly sleeve: string | null;
  readonly topic: string;
}

interface Gathered {
  readonly sender: Sender;
  /** Under whose name it is recorded. */
  readonly session: Session;
  readonly messages: RefusedMessage[];
  /** Of the first. */
  readonly incoming: Incoming;
  /** Told the id of the letter that all of them become, or why there is none. */
  readonly recorded: ((letterId: Promise<string>) => void)[];
  bytes: number;
}

interface Window {
  readonly beganMs: number;
  letters: number;
}

function placeOf({ source: { topic, partition, offset } }: RefusedMessage): MessagesRefused['first'] {
  return { topic, partition, offset };
}

/** How often each code was the reason, by code. */
function reasonsOf(messages: readonly RefusedMessage[]): MessagesRefused['reasons'] {
  const counts = new Map<string, number>();
  for (const { code } of messages) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].toSorted(([left], [right]) => byCodeUnits(left, right)).map(([code, count]) => ({ code, count }));
}

/**
 * Takes refusals together where one sender has too many of them: beyond so many letters in a window the rest is gathered and becomes one
 * fact for hundreds of messages. Nothing is lost by it: the fact seals every message whole, and none counts as dealt with before it is
 * recorded.
 */
export class Flood {
  readonly #target: DeadLetterTarget;
  readonly #windows = new Map<string, Window>();
  readonly #gathered = new Map<string, Gathered>();
  #inHand: Promise<unknown> = Promise.resolve();

  constructor(target: DeadLetterTarget) {
    this.#target = target;
  }

  /**
   * Whether a refusal was gathered; if not, it is a letter of its own. `onGathered` is told of the letter that it becomes together with the
   * others, once that is recorded.
   */
  async gathers(
    session: Session,
    incoming: Incoming,
    error: LedgerError,
    onGathered?: (letterId: Promise<string>) => void,
  ): Promise<boolean> {
    const sender = await this.#senderOf(session, incoming);
    const name = JSON.stringify([sender.sleeve, sender.topic, session.actor]);
    // One that is known becomes no letter once more, and is none of a flood.
    const { all } = await lettersOf(session, { sleeve: incoming.source.key, topic: incoming.source.topic });
    const known = await knownId(session, 'letter', incoming, (id) => all.has(id));
    if (known !== null && all.has(known)) return false;
    if (this.#windowOf(name, session.ports.clock.now()).letters++ < limits.lettersPerWindowMax) return false;
    const gathered = this.#gathered.get(name) ?? { sender, session, messages: [], incoming, recorded: [], bytes: 0 };
    this.#gathered.set(name, gathered);
    if (onGathered !== undefined) gathered.recorded.push(onGathered);
    const { source, sha256, value } = incoming;
    const kept = isKept(incoming) ? value : null;
    gathered.messages.push({ source, sha256, code: error.code, ...toldOf(error), headers: source.headers, value: kept });
    gathered.bytes += kept?.length ?? 0;
    if (gathered.messages.length >= limits.refusedTogetherMax || gathered.bytes >= limits.refusedTogetherBytesMax)
      await this.#record(name, gathered);
    return true;
  }

  /** Records everything gathered, and waits for what others of this process are recording. Once that failed, it fails for good. */
  async flush(): Promise<void> {
    for (const [name, gathered] of this.#gathered) await this.#record(name, gathered);
    await this.#inHand;
  }

  async #senderOf(session: Session, { source: { key, topic } }: Incoming): Promise<Sender> {
    if (key === null) return { sleeve: null, topic };
    const { definition } = await streams.sleeve.state(session, key);
    return { sleeve: definition === null ? null : key, topic };
  }

  #windowOf(name: string, now: string): Window {
    const nowMs = Date.parse(now);
    const before = this.#windows.get(name);
    if (before !== undefined && nowMs - before.beganMs < limits.letterWindowMs && nowMs >= before.beganMs) return before;
    const window = { beganMs: nowMs, letters: 0 };
    this.#windows.set(name, window);
    return window;
  }

  /** Partitions are worked on at once: nobody else gathers into what is being recorded. */
  async #record(name: string, gathered: Gathered): Promise<void> {
    this.#gathered.delete(name);
    const written = this.#write(gathered);
    for (const tell of gathered.recorded) tell(written);
    this.#inHand = Promise.all([this.#inHand, written]);
    this.#inHand.catch(() => undefined);
    await written;
  }

  async #write(gathered: Gathered): Promise<string> {
    const { sender, session, messages, incoming, bytes } = gathered;
    const { ports, ledger } = session;
    const hashes = messages.map(({ sha256 }) => sha256).join(' ');
    const all = { ...incoming, sha256: ports.crypto.sha256Hex(new TextEncoder().encode(hashes)), arrival: `from ${incoming.arrival} on` };
    const key = await ports.letterKeys.keyFor(keyRequest(session, 'refused', all));
    const refused: MessagesRefused = {
      letterId: key.keyId,
      sleeve: sender.sleeve,
      count: messages.length,
      reasons: reasonsOf(messages),
      first: placeOf(messages[0]!),
      last: placeOf(messages.at(-1)!),
      payload: { bytes, whole: messages.every(({ value }) => value !== null), sealed: await sealMany(session, key, messages) },
    };
    const command = { kind: 'RefuseMessages' as const, refused };
    const { appended } =
      sender.sleeve === null
        ? await streams.intake.handle(session, sender.topic, command)
        : await streams.sleeve.handle(session, sender.sleeve, command);
    const { letterId, count, reasons, first, last } = refused;
    ports.log.warn({ letterId, count, reasons, first, last }, 'refused messages of a flood');
    const [event] = appended;
    if (event === undefined || this.#target.deadLetters === null) return letterId;
    const data = {
      letterId,
      sleeve: sender.sleeve,
      code: reasons.toSorted((left, right) => right.count - left.count)[0]!.code,
      reason: `${count} messages, from ${first.partition}/${first.offset} to ${last.partition}/${last.offset}, were refused together`,
      path: null,
      message: { ...first, key: sender.sleeve },
      payload: { bytes, sha256: all.sha256, headBase64: toBase64(new Uint8Array()), kept: refused.payload.whole },
    };
    await this.#target.deadLetters.send(this.#target.deadLettersTopic, [
      deadLetterMessage(data, { ledgerId: ledger.ledgerId, at: event.recordedAt }),
    ]);
    return letterId;
  }
}
