/** A session without a server: a test scripts what the client answers, and sees what was asked of it and what was logged. */
import { EventEmitter, setMaxListeners } from 'node:events';
import { NameSpace } from '../../../infra/eventstoredb/name-space.ts';
import type { Recorded } from '../../../infra/eventstoredb/recorded-event.ts';
import { defaultRetryPolicy, type RetryPolicy } from '../../../infra/eventstoredb/retry-policy.ts';
import type { Session } from '../../../infra/eventstoredb/session.ts';

export const credentials = { username: 'ops', password: 'secret' };

export interface ScriptedSession {
  readonly session: Session;
  readonly closing: AbortController;
  /** What was logged, as level, fields and message. */
  readonly lines: unknown[][];
  /** What the watch over the server was told. */
  readonly heard: string[];
}

/** `client` has the calls that a test scripts; any other fails as a function that is not there. */
export function scriptedSession(client: object, retry: Partial<RetryPolicy> = {}, ledger: string | null = null): ScriptedSession {
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const lines: unknown[][] = [];
  const heard: string[] = [];
  const say =
    (level: string) =>
    (fields: object, message: string): void =>
      void lines.push([level, fields, message]);
  const contact = {
    watch: () => ({ refused: new Promise<never>(() => undefined), stop: () => undefined }),
    answered: () => void heard.push('answered'),
    failed: () => void heard.push('failed'),
    refusal: async () => null,
  };
  const session = {
    client: Object.assign(client, { names: new NameSpace(ledger), credentials }),
    retry: { ...defaultRetryPolicy, ...retry },
    server: 's:1',
    user: 'ops',
    contact,
    pace: { answered: () => void heard.push('paced'), slowMs: (msMin: number) => msMin },
    closed: closing.signal,
    log: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
  } as unknown as Session;
  return { session, closing, lines, heard };
}

/** An answer that a test gives when it is time. */
export class Later<T> {
  readonly answer: Promise<T>;
  say!: (answer: T) => void;

  constructor() {
    this.answer = new Promise((resolve) => (this.say = resolve));
  }
}

/** An event as the client gives it, at a commit position. */
export function recordedAt(commit: number, more: object = {}): Recorded {
  return {
    id: `00000000-0000-4000-8000-${String(commit).padStart(12, '0')}`,
    type: 'ThingSeen',
    streamId: 'sleeve-a',
    revision: 0n,
    isJson: false,
    data: Buffer.from(`{"at":${commit}}`),
    metadata: { attempt: 'a', contentHash: `c${commit}`, hash: `h${commit}`, recordedAt: 't' },
    position: { commit: BigInt(commit), prepare: BigInt(commit) },
    created: new Date(0),
    ...more,
  } as unknown as Recorded;
}

/** A subscription of the client to `$all`; a test has it bring, fail and end. */
export class ScriptedFeed extends EventEmitter implements AsyncIterableIterator<unknown> {
  readonly asked: Readonly<Record<string, unknown>>;
  readonly done: string[] = [];
  readonly #items: unknown[] = [];
  #wake: (() => void) | null = null;
  #end: { readonly error: unknown } | 'end' | null = null;

  constructor(asked: Readonly<Record<string, unknown>>) {
    super();
    this.asked = asked;
  }

  push(...items: readonly unknown[]): void {
    this.#items.push(...items);
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#end = { error };
    this.#wake?.();
  }

  finish(): void {
    this.#end = 'end';
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<unknown>> {
    while (this.#items.length === 0 && this.#end === null) await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#items.length > 0) return { done: false, value: this.#items.shift() };
    if (this.#end !== 'end' && this.#end !== null) throw this.#end.error;
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async unsubscribe(): Promise<void> {
    this.done.push('unsubscribe');
    throw new Error('the connection is gone already');
  }

  destroy(): void {
    this.done.push('destroy');
  }
}
