import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { networkOf } from '../../domain/shared/network.ts';
import type { ApiAnswer, ApiRequest } from '../ports/ports.ts';
import type { Identity } from './identity.ts';
import { idempotencyKeyOf, KeptAnswers } from './kept-answers.ts';
import { TokenBuckets } from './token-buckets.ts';
import { Turns } from './turns.ts';
import { outside } from './written.ts';

/** What an endpoint records: decisions of people, of which few come, or what programs send. */
export type Recording = 'decisions' | 'messages';

/** What an endpoint waits its turn for: to compute, or to read much of the ledger, which takes as long as whoever asks takes it. */
export type Turn = 'computing' | 'reading';

type Head = Pick<ApiRequest, 'headers' | 'peer'>;

/** Who counts as one: everybody without a name, by where they ask from. */
export function whoIs({ by, name }: Identity, { peer }: Head): string {
  return JSON.stringify(by === 'loopback' ? ['at', networkOf(peer)] : ['is', name]);
}

function newTurns(): Turns {
  return new Turns({
    atOnceMax: limits.apiHeavyAtOnceMax,
    waitingMax: limits.apiHeavyWaitingMax,
    waitingOfOneMax: limits.apiHeavyWaitingOfOneMax,
  });
}

/** Parts of an answer, and when nobody takes more of them. */
function watched(parts: AsyncIterable<Uint8Array>, signal: AbortSignal): { parts: AsyncIterable<Uint8Array>; ended: Promise<null> } {
  const { promise: ended, resolve: end } = outside<null>();
  signal.addEventListener('abort', () => end(null), { once: true });
  if (signal.aborted) end(null);
  const passedOn = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* parts;
    } finally {
      end(null);
    }
  };
  return { parts: passedOn(), ended };
}

function requireToken(secondsUntilNext: number, message: string): void {
  if (secondsUntilNext > 0) throw new LedgerError('TooManyRequests', message, { evidence: { retryAfterSeconds: secondsUntilNext } });
}

/** Keeps one who asks from using up what all need. It lives in one process, and is forgotten with it. */
export class Protection {
  readonly #requests: TokenBuckets;
  readonly #decisions: TokenBuckets;
  readonly #failures: TokenBuckets;
  readonly #sha256Hex: (bytes: Uint8Array) => string;
  /** What was valid when it was shown last, as hashes; oldest first. */
  readonly #valid = new Set<string>();
  readonly #answers: KeptAnswers;
  /** Whoever takes an answer slowly keeps nobody from computing. */
  readonly #turns: Readonly<Record<Turn, Turns>> = { computing: newTurns(), reading: newTurns() };

  constructor(sha256Hex: (bytes: Uint8Array) => string, nowMs: () => number = () => performance.now()) {
    this.#sha256Hex = sha256Hex;
    const buckets = (perSecond: number, atOnce: number): TokenBuckets =>
      new TokenBuckets({ perSecond, atOnce }, limits.apiRememberedMax, nowMs);
    this.#requests = buckets(limits.apiRequestsPerSecondMax, limits.apiRequestsAtOnceMax);
    this.#decisions = buckets(limits.apiDecisionsPerSecondMax, limits.apiDecisionsAtOnceMax);
    this.#failures = buckets(limits.apiFailuresPerSecondMax, limits.apiFailuresAtOnceMax);
    this.#answers = new KeptAnswers(
      {
        countMax: limits.apiKeptAnswersMax,
        ofOneMax: limits.apiKeptAnswersOfOneMax,
        bytesMax: limits.apiKeptAnswersBytesMax,
        msMax: limits.apiKeptAnswersMsMax,
      },
      nowMs,
    );
  }

  /**
   * Finds out who asks. An address from which too much was shown that was not valid is refused without a look, except for what was valid
   * before: others may stand behind the same address. Errors: TooManyRequests; those of `identify`.
   */
  async identified<Asked extends Head>(request: Asked, identify: (request: Asked) => Promise<Identity>): Promise<Identity> {
    const { authorization = '', cookie = '' } = request.headers;
    // To whoever shows nothing, nothing is looked up.
    if (authorization === '' && cookie === '') return identify(request);
    const network = networkOf(request.peer);
    const shown = this.#hashOf(`${authorization}\n${cookie}`);
    if (!this.#valid.has(shown))
      requireToken(this.#failures.secondsUntilNext(network), 'too many requests from there were not authenticated');
    try {
      const identity = await identify(request);
      this.#remember(shown);
      return identity;
    } catch (error) {
      if (error instanceof LedgerError && error.code === 'NotAuthenticated') {
        this.#valid.delete(shown);
        this.#failures.take(network);
      }
      throw error;
    }
  }

  /** Counts a request of somebody. Errors: TooManyRequests. */
  count(identity: Identity, request: Head): void {
    requireToken(this.#requests.take(whoIs(identity, request)), 'too many requests');
  }

  /**
   * An answer that takes long, in its turn; what is sent in parts has it until the last one is taken. Errors: TooManyRequests,
   * Interrupted; those of the work.
   */
  inTurn(identity: Identity, request: ApiRequest, turn: Turn, work: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
    const { signal } = request;
    return new Promise((resolve, reject) => {
      const held = this.#turns[turn].take(whoIs(identity, request), signal, async () => {
        const answer = await work();
        const { body } = answer;
        if (typeof body === 'string' || body instanceof Uint8Array) return resolve(answer);
        const { parts, ended } = watched(body, signal);
        resolve({ ...answer, body: parts });
        return ended;
      });
      held.catch(reject);
    });
  }

  /**
   * The answer to a request that records: that of the first time where it carries a key and comes again. Decisions are counted when they
   * were made. Errors: TooManyRequests; see `KeptAnswers.once`.
   */
  async once(identity: Identity, request: ApiRequest, records: Recording, compute: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
    const who = whoIs(identity, request);
    const counted = records === 'decisions' ? (): Promise<ApiAnswer> => this.#decided(who, compute) : compute;
    const key = idempotencyKeyOf(request.headers);
    if (key === null) return counted();
    const { method, target, headers, body } = request;
    const head = JSON.stringify([method, target, headers['content-type'] ?? null, this.#sha256Hex(body)]);
    return this.#answers.once({ who, key, fingerprint: this.#hashOf(head) }, counted);
  }

  async #decided(who: string, compute: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
    requireToken(this.#decisions.take(who), 'too many decisions');
    const answer = await compute();
    if (answer.status >= 400) this.#decisions.giveBack(who);
    return answer;
  }

  #hashOf(text: string): string {
    return this.#sha256Hex(new TextEncoder().encode(text));
  }

  #remember(shown: string): void {
    this.#valid.delete(shown);
    this.#valid.add(shown);
    const [oldest] = this.#valid;
    if (this.#valid.size > limits.apiRememberedMax && oldest !== undefined) this.#valid.delete(oldest);
  }
}
