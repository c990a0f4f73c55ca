import persistentMessages from '@eventstore/db-client/generated/persistent_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/persistent_pb.js';
import utils from '@eventstore/db-client/dist/utils/index.js';
import type { PersistentSubscriptionToAllResolvedEvent } from '@eventstore/db-client';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { Session } from './appending.ts';
import { groupSettings } from './group.ts';
import { pause, withTimeout } from './retry.ts';

const { ReadReq: Request } = persistentMessages;

export type Received = PersistentSubscriptionToAllResolvedEvent;

/** Between the last acknowledgement and the end of the call: whatever is on its way is thrown away with the call. */
const leaveMs = 50;

/** One connection to a group, until it ends for whatever reason. */
export class Member {
  readonly #session: Session;
  readonly #stream: ClientDuplexStream<ReadReq, ReadResp>;
  readonly #ended: AbortSignal;
  /** No more is sent: the member has left. */
  #over = false;
  /** The server has ended the call. */
  #gone = false;

  private constructor(session: Session, stream: ClientDuplexStream<ReadReq, ReadResp>, ended: AbortSignal) {
    this.#session = session;
    this.#stream = stream;
    this.#ended = ended;
  }

  static async open(session: Session, name: string, ended: AbortSignal): Promise<Member> {
    const opening = session.client.openGroup(name, groupSettings.unsettledMax);
    try {
      return new Member(session, await withTimeout(opening, session.retry.callMsMax, ended), ended);
    } catch (error) {
      opening.then(
        (stream) => stream.cancel(),
        () => undefined,
      );
      throw error;
    }
  }

  /** What the server sends until it ends the call, fails or falls silent. */
  async *received(): AsyncGenerator<Received, void, undefined> {
    const answers = this.#stream[Symbol.asyncIterator]() as AsyncIterator<ReadResp, undefined>;
    for (;;) {
      const { done, value } = await withTimeout(this.#next(answers), this.#session.retry.silenceMsMax, this.#ended);
      if (done === true) return;
      if (value.hasEvent()) yield utils.convertPersistentSubscriptionGrpcEvent<Received>(value.getEvent()!);
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
    await this.#send(request);
  }

  /** Has the server deliver it again, at once. */
  async refuse(received: Received, why: string): Promise<void> {
    const refusal = new Request.Nack();
    refusal.setAction(Request.Nack.Action.RETRY);
    refusal.setReason(why);
    refusal.addIds(utils.createUUID(idOf(received)));
    const request = new Request();
    request.setNack(refusal);
    await this.#send(request);
  }

  /** Hands what is not settled to the others. */
  async leave(): Promise<void> {
    this.#over = true;
    this.#stream.end();
    if (!this.#gone) await pause(leaveMs, this.#session.closed);
    this.#stream.cancel();
  }

  /** Settles once it is on its way, or the connection gone, or the time up: nobody waits for a server that does not read. */
  async #send(request: ReadReq): Promise<void> {
    if (this.#over || !this.#stream.writable) return;
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
