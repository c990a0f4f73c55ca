import utils from '@eventstore/db-client/dist/utils/index.js';
import streamsMessages from '@eventstore/db-client/generated/streams_pb.js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import { type ClientDuplexStream, status } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import type { ExpectedRevision } from '../../handlers/ports/ports.ts';
import { type Appended, appendedBy } from './appended.ts';
import { batchRequest, type Proposed } from './requests.ts';

type Call = ClientDuplexStream<BatchAppendReq, BatchAppendResp>;

/**
 * Appends that are under way together share one call, which takes a quarter of the processor time of a call each. It is the quick way only:
 * whatever is answered but a success (a refusal, an error, the end of the call) fails none of them, and each is asked again by a call of
 * its own, with the same ids and the same expected revision, whose answer counts. So none can harm another, and a server that does not
 * know such calls is asked without.
 */
export class SharedAppends {
  readonly #open: () => Promise<Call>;
  readonly #deadlineIn: (ms: number) => Date;
  readonly #waiting = new Map<string, (appended: Appended | null) => void>();
  #call: Promise<Call> | null = null;
  #isKnown = true;

  /** `open` opens a call without a deadline; `deadlineIn` says when so many milliseconds will be over. */
  constructor(open: () => Promise<Call>, deadlineIn: (ms: number) => Date) {
    this.#open = open;
    this.#deadlineIn = deadlineIn;
  }

  /** Where the last event stands; null where a call of its own must say. `signal`: nobody needs the answer any more. */
  async append(
    stream: string,
    proposed: readonly Proposed[],
    expected: ExpectedRevision,
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<Appended | null> {
    if (!this.#isKnown) return null;
    const id = randomUUID();
    const call = await (this.#call ??= this.#opened()).catch(() => null);
    if (call === null) {
      this.#call = null;
      return null;
    }
    if (signal.aborted || !call.writable) return null;
    return new Promise((resolve) => {
      const settle = (appended: Appended | null): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        this.#waiting.delete(id);
        resolve(appended);
      };
      const giveUp = (): void => settle(null);
      // A call that is silent may be broken: the others are not left waiting on it either.
      const timer = setTimeout(() => call.cancel(), deadlineMs);
      signal.addEventListener('abort', giveUp);
      this.#waiting.set(id, settle);
      call.write(batchRequest(id, stream, proposed, expected, this.#deadlineIn(deadlineMs)));
    });
  }

  async #opened(): Promise<Call> {
    const call = await this.#open();
    const over = (error?: { readonly code?: unknown }): void => {
      this.#isKnown &&= error?.code !== status.UNIMPLEMENTED;
      this.#call = null;
      for (const settle of this.#waiting.values()) settle(null);
    };
    call.on('data', (answer) => this.#answered(answer));
    call.on('error', over);
    call.on('end', over);
    return call;
  }

  #answered(answer: BatchAppendResp): void {
    const settle = this.#waiting.get(utils.parseUUID(answer.getCorrelationId()) ?? '');
    const isDone = answer.getResultCase() === streamsMessages.BatchAppendResp.ResultCase.SUCCESS;
    settle?.(isDone ? appendedBy(answer.getSuccess()!) : null);
  }
}
