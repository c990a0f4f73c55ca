import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { ConsumeOptions, ReceivedMessage } from '../../handlers/ports/ports.ts';
import { openClient } from './client.ts';
import { Commits } from './commits.ts';
import type { KafkaConnection } from './connection.ts';
import { verdictOf } from './failures.ts';
import { withTimeout } from './retry.ts';
import { receivedMessage } from './received.ts';

/** Why a session is over: it was stopped, the handler failed, or the brokers or the library did. */
export type SessionEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'handler_failed'; readonly error: unknown }
  | { readonly kind: 'lost'; readonly error: unknown };

/** One generation of the group: a partition held in it is not known to be held in the next. */
interface Term {
  readonly commits: Commits;
  /** Set when a heartbeat or a commit is answered that the group has moved on. */
  lost: { readonly error: unknown } | null;
  isSuperseded: boolean;
}

type Outcome = 'done' | 'gathered' | 'failed';

/** A message in hand. */
interface Begun {
  readonly offset: string;
  readonly handled: Promise<Outcome>;
}

const never = new AbortController().signal;

/**
 * One consumer of the library, from joining the group to leaving it. It is never started again: whatever goes wrong ends the session, and
 * the next begins with a new one. The library's own ways out are not trusted:
 *
 * - its restart after a crash may leave it neither running nor crashed (tulios/kafkajs#659, #1441), so a session without a heartbeat ends;
 * - it tries a failed batch again by itself, so that a handler's rejection never reaches it;
 * - `consumer.commitOffsets` silently does nothing once the consumer stops, the batch's own function does;
 * - it notices a rebalance by heartbeats only, so they go on while a handler works, and a batch stops at the first that is refused;
 * - `run` resolves although joining failed, and reports a crash by an event only;
 * - it starts at the end of a topic unless told otherwise, which loses what was sent before the group was first seen.
 */
export class Session {
  readonly #connection: KafkaConnection;
  readonly #options: ConsumeOptions;
  readonly #onHeard: () => void;
  readonly #ending = new AbortController();
  readonly #inHand = new Set<Promise<boolean>>();
  #end: SessionEnd | null = null;
  #term: Term | null = null;
  #handled = 0;
  /** Messages in hand, over all partitions. */
  #unsettled = 0;

  /** `onHeard` is called when the group answers: what shows that brokers, membership and library are alive. */
  constructor(connection: KafkaConnection, options: ConsumeOptions, onHeard: () => void) {
    this.#connection = connection;
    this.#options = options;
    this.#onHeard = onHeard;
  }

  /** Messages that the handler took. */
  get handled(): number {
    return this.#handled;
  }

  /** The first reason counts. */
  end(why: SessionEnd): void {
    this.#end ??= why;
    this.#ending.abort();
  }

  /** Runs until `end` is called by anybody, finishes the messages in hand, commits and leaves the group. Never rejects. */
  async run(): Promise<SessionEnd> {
    const { tuning, log, outage } = this.#connection;
    // Some seconds, so that a broker that restarts finds the member it knows: a new one would wait for the old one's session to end.
    const retry = { retries: 9, initialRetryTime: tuning.backoffMsMin, maxRetryTime: tuning.backoffMsMax / 2, factor: 0.2, multiplier: 2 };
    const client = openClient(this.#connection, retry);
    const consumer = client.kafka.consumer({
      groupId: this.#options.group,
      sessionTimeout: tuning.sessionMs,
      heartbeatInterval: tuning.heartbeatMs,
      rebalanceTimeout: tuning.rebalanceMsMax,
      minBytes: 1,
      maxBytes: tuning.fetchBytesMax,
      maxBytesPerPartition: tuning.partitionBytesMax,
      maxWaitTimeInMs: tuning.fetchMs,
      metadataMaxAge: 300_000,
      allowAutoTopicCreation: false,
      readUncommitted: false,
      retry: { ...retry, restartOnFailure: () => Promise.resolve(false) },
    });
    const started = this.#start(consumer).catch((error: unknown) => this.end({ kind: 'lost', error }));
    await new Promise<void>((resolve) => {
      this.#ending.signal.addEventListener('abort', () => resolve());
      if (this.#ending.signal.aborted) resolve();
    });
    await Promise.all(this.#inHand);
    try {
      // A member that is still joining joins first: one that only vanishes would be waited for.
      await withTimeout(
        started.then(() => this.#term?.commits.settled()).then(() => consumer.disconnect()),
        tuning.closeMsMax,
        never,
      );
    } catch (error) {
      const say = outage.isOn ? log.info : log.warn;
      say({ group: this.#options.group, error: String(error) }, 'cut the connection instead of leaving the group');
    }
    this.#endTerm();
    client.cut();
    return this.#end!;
  }

  async #start(consumer: Consumer): Promise<void> {
    const { topic, group } = this.#options;
    consumer.on(consumer.events.HEARTBEAT, () => this.#onHeard());
    consumer.on(consumer.events.CRASH, ({ payload }) => this.end({ kind: 'lost', error: payload.error }));
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.#onHeard();
      this.#endTerm();
      this.#connection.log.info({ group, topic, partitions: payload.memberAssignment[topic] ?? [] }, 'joined the consumer group');
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.#connection.tuning.partitionsAtOnce,
      eachBatch: (payload) => this.#work(payload),
    });
  }

  #endTerm(): void {
    if (this.#term === null) return;
    this.#term.isSuperseded = true;
    this.#term.commits.end();
    this.#term = null;
  }

  /** The term that a first batch begins. Commits of all its partitions go together, by the function of that batch. */
  #beginTerm({ commitOffsetsIfNecessary }: EachBatchPayload): Term {
    const { topic } = this.#options;
    const { tuning } = this.#connection;
    /** Since when no commit was taken; null while they are. */
    let refusedSince: number | null = null;
    const commit = async (offsets: ReadonlyMap<number, string>): Promise<void> => {
      await commitOffsetsIfNecessary({
        topics: [{ topic, partitions: [...offsets].map(([partition, offset]) => ({ partition, offset })) }],
      });
      refusedSince = null;
    };
    const judge = (error: unknown): boolean => {
      const verdict = verdictOf(error);
      refusedSince ??= performance.now();
      // The member is forgotten by then. The library looks for another coordinator only once the batch is done, which waits for commits.
      const isForgotten = performance.now() - refusedSince > tuning.sessionMs;
      if (verdict === 'membership') term.lost ??= { error };
      else if (verdict !== 'unavailable' || isForgotten) this.end({ kind: 'lost', error });
      return verdict === 'unavailable' && !isForgotten;
    };
    const term: Term = { commits: new Commits(commit, judge, tuning), lost: null, isSuperseded: false };
    return term;
  }

  /** Works through a batch to its end, or until session or membership ends; what isn't resolved is fetched again. */
  async #work(payload: EachBatchPayload): Promise<void> {
    if (this.#ending.signal.aborted) return;
    const { tuning } = this.#connection;
    const { batch, heartbeat, resolveOffset } = payload;
    const term = (this.#term ??= this.#beginTerm(payload));
    const beat = async (): Promise<void> => {
      try {
        await heartbeat();
      } catch (error) {
        // A broker that does not answer may do so in time for the next one.
        if (verdictOf(error) === 'membership') term.lost ??= { error };
      }
    };
    const isOver = (): boolean => this.#ending.signal.aborted || term.lost !== null || term.isSuperseded;
    const pulse = setInterval(() => void beat(), tuning.heartbeatMs);
    try {
      const done = (offset: string): void => {
        resolveOffset(offset);
        term.commits.done(batch.partition, String(BigInt(offset) + 1n));
      };
      let gathered: string | null = null;
      let isCut = false;
      const flushed = async (): Promise<boolean> => gathered === null || this.#run(async () => this.#options.flush?.());
      const begun: Begun[] = [];
      /** Waits for the first in hand; its offset counts when everything before it does. */
      const settleFirst = async (): Promise<void> => {
        const { offset, handled } = begun.shift()!;
        const outcome = await handled;
        if (isCut || outcome === 'failed') return void (isCut = true);
        this.#handled++;
        if (outcome === 'gathered') return void (gathered = offset);
        // The partition may belong to another member now, which must not see this offset.
        if (!(await flushed()) || term.isSuperseded) return void (isCut = true);
        gathered = null;
        done(offset);
      };
      for (const message of batch.messages) {
        while (begun.length > 0 && this.#unsettled >= (this.#options.inFlightMax ?? 1)) await settleFirst();
        if (term.commits.waiting >= tuning.uncommittedMax) await term.commits.settled();
        if (isOver() || isCut) break;
        begun.push(this.#begin(receivedMessage(batch.topic, batch.partition, message), beat));
      }
      while (begun.length > 0) await settleFirst();
      if (gathered !== null && !isCut && (await flushed()) && !term.isSuperseded) done(gathered);
      if (isOver()) await term.commits.settled();
      else await this.#run(() => this.#options.onLag?.(batch.partition, Number(batch.offsetLag())));
    } finally {
      clearInterval(pulse);
    }
    // Thrown at the library, it makes it join again at once.
    if (term.lost !== null && !this.#ending.signal.aborted) throw term.lost.error;
  }

  #begin(given: ReceivedMessage, beat: () => Promise<void>): Begun {
    this.#unsettled++;
    let outcome: Outcome = 'failed';
    const handled = this.#run(async () => {
      outcome = (await this.#options.handle(given, beat)) ?? 'done';
    });
    return { offset: given.offset, handled: handled.then(() => outcome).finally(() => this.#unsettled--) };
  }

  /** Runs what is the caller's. Its failure ends the session, and the library never sees it. Returns whether it succeeded. */
  async #run(callersOwn: () => Promise<void> | void): Promise<boolean> {
    const done = (async () => {
      try {
        await callersOwn();
        return true;
      } catch (error) {
        this.end({ kind: 'handler_failed', error });
        return false;
      }
    })();
    this.#inHand.add(done);
    const isDone = await done;
    this.#inHand.delete(done);
    return isDone;
  }
}
