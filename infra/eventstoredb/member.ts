import persistentMessages from '@eventstore/db-client/generated/persistent_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/persistent_pb.js';
import utils from '@eventstore/db-client/dist/utils/index.js';
import type { PersistentSubscriptionToAllResolvedEvent } from '@eventstore/db-client';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { groupSettings } from './group.ts';
import { pause, withTimeout } from './retry.ts';
import type { Session } from './session.ts';

const { ReadReq: Request } = persistentMessages;

export type Received = PersistentSubscriptionToAllResolvedEvent;

/** For the server to hear the last words. One that takes longer may not have heard them: those events come again. */
const leaveMsMax = 500;
/** Between the answer to a question asked after the last word, and the end of the call. */
const leaveMs = 50;

/** One connection to a group, until it ends for whatever reason. */
export class Member {
  readonly #session: Session;
  readonly #stream: ClientDuplexStream<ReadReq, ReadResp>;
  readonly #group: string;
  readonly #ended: AbortSignal;
  readonly #leaving = new AbortController();
  /** Words that wait for their moment, or are on their way. */
  readonly #unsaid = new Set<Promise<void>>();
  #saidAt = Number.NEGATIVE_INFINITY;
  /** No more is sent: the member has left. */
  #over = false;
  /** The server has ended the call. */
  #gone = false;

  private constructor(session: Session, stream: ClientDuplexStream<ReadReq, ReadResp>, group: string, ended: AbortSignal) {
    this.#session = session;
    this.#stream = stream;
    this.#group = group;
    this.#ended = ended;
  }

  static async open(session: Session, name: string, ended: AbortSignal): Promise<Member> {
    const opening = session.client.openGroup(name, groupSettings.unsettledMax);
    try {
      return new Member(session, await withTimeout(opening, session.retry.callMsMax, ended), name, ended);
    } catch (error) {
      opening.then(
        (stream) => stream.cancel(),
        () => undefined,
      );
      throw error;
    }
  }

  /** What the server sends until it ends the call, fails or falls silent. `onConfirmed` is called once the member belongs to the group. */
  async *received(onConfirmed: () => void): AsyncGenerator<Received, void, undefined> {
    const { names } = this.#session.client;
    const answers = this.#stream[Symbol.asyncIterator]() as AsyncIterator<ReadResp, undefined>;
    for (;;) {
      const { done, value } = await withTimeout(this.#next(answers), this.#session.retry.silenceMsMax, this.#ended);
      if (done === true) return;
      if (value.hasSubscriptionConfirmation()) onConfirmed();
      if (value.hasEvent()) yield names.inner(utils.convertPersistentSubscriptionGrpcEvent<Received>(value.getEvent()!));
    }
  }

  async #next(answers: AsyncIterator<ReadResp, undefined>): Promise<IteratorResult<ReadResp, undefined>> {
    try {
      const next = await answers.next();
      this.#gone = next.done === true;
      return next;
    } catch (error) {
      this.#gone = true;
      throw error;
    }
  }

  /** One that is lost leads to another delivery, nothing worse. */
  async acknowledge(received: Received): Promise<void> {
    const acknowledgement = new Request.Ack();
    acknowledgement.addIds(utils.createUUID(idOf(received)));
    const request = new Request();
    request.setAck(acknowledgement);
    await this.#say(this.#send(request));
  }

  /** Has the server deliver it again, at once, after a pause that ends when the member leaves. */
  async refuse(received: Received, why: string, pauseMs: number): Promise<void> {
    const refusal = new Request.Nack();
    refusal.setAction(Request.Nack.Action.RETRY);
    refusal.setReason(why);
    refusal.addIds(utils.createUUID(idOf(received)));
    const request = new Request();
    request.setNack(refusal);
    await this.#say(pause(pauseMs, this.#leaving.signal).then(() => this.#send(request)));
  }

  /** Says what is unsaid, lets the server hear it, and hands what is not settled to the others. */
  async leave(): Promise<void> {
    this.#leaving.abort();
    await withTimeout(this.#sayTheRest(), leaveMsMax, this.#session.closed).catch(() => undefined);
    this.#over = true;
    this.#stream.cancel();
  }

  /**
   * Whatever is on its way is thrown away with the call, and the server never says what it has heard. But it takes what comes over one
   * connection in order: once it answers a question that was asked after the last word, it has that word as well.
   */
  async #sayTheRest(): Promise<void> {
    await Promise.all(this.#unsaid);
    this.#over = true;
    this.#stream.end();
    if (this.#gone || performance.now() - this.#saidAt > leaveMsMax) return;
    await this.#session.client.groupInfo(this.#group, leaveMsMax).catch(() => undefined);
    await pause(leaveMs, this.#session.closed);
  }

  async #say(word: Promise<void>): Promise<void> {
    this.#unsaid.add(word);
    await word.finally(() => this.#unsaid.delete(word));
  }

  /** Settles once it is on its way, or the connection gone, or the time up: nobody waits for a server that does not read. */
  async #send(request: ReadReq): Promise<void> {
    if (this.#over || this.#gone || !this.#stream.writable) return;
    this.#saidAt = performance.now();
    const written = new Promise<void>((resolve) => {
      this.#stream.write(request, () => resolve());
    });
    await withTimeout(written, this.#session.retry.callMsMax, this.#session.closed).catch(() => undefined);
  }
}

/** By the link where there is one: that is what the server counts. */
function idOf({ link, event }: Received): string {
  return (link ?? event)!.id;
}
