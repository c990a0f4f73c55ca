import { limits } from '../../domain/shared/limits.ts';
import type { ApiAnswer } from '../ports/ports.ts';

interface Kept {
  /** What stands for everything that the answer follows from. */
  readonly state: string | null;
  readonly answer: Promise<ApiAnswer>;
  /** As `performance.now()` tells. */
  readonly asked: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly gone: AbortController;
  waiting: number;
  /** Characters of the body; 0 until it is there. */
  size: number;
}

const keptMax = 256;
/** Some answers also say what the time is: what is due, say. */
const keptMsMaxByDefault = 1_000;

export interface RecentAnswersBounds {
  /** Characters of all bodies together. */
  readonly sizeMax?: number;
  /** So long an answer is good while its state is the same. */
  readonly keptMsMax?: number;
}

/**
 * The last answers of one endpoint by what was asked. One is good as long as its state is the same, such as where the ledger ends, and
 * those who ask the same at once share one computation: many pages that look at a portfolio cost the store no more than one. It goes on as
 * long as one of them waits.
 */
export class RecentAnswers {
  readonly #kept = new Map<string, Kept>();
  readonly #sizeMax: number;
  readonly #keptMsMax: number;
  #size = 0;

  constructor({ sizeMax, keptMsMax }: RecentAnswersBounds = {}) {
    this.#sizeMax = sizeMax ?? limits.apiRecentBytesMax;
    this.#keptMsMax = keptMsMax ?? keptMsMaxByDefault;
  }

  /** `compute` where nothing good is kept. What is refused is kept for nobody. */
  async answer(
    target: string,
    state: string | null,
    signal: AbortSignal,
    compute: (signal: AbortSignal) => Promise<ApiAnswer>,
  ): Promise<ApiAnswer> {
    const before = this.#kept.get(target);
    const isGood = before !== undefined && before.state === state && performance.now() - before.asked < this.#keptMsMax;
    const kept = isGood ? before : this.#begun(target, state, compute);
    const leave = (): void => {
      kept.waiting -= 1;
      if (kept.waiting > 0) return;
      this.#drop(target, kept);
      kept.gone.abort();
    };
    kept.waiting += 1;
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await kept.answer;
    } catch (error) {
      this.#drop(target, kept);
      throw error;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  #begun(target: string, state: string | null, compute: (signal: AbortSignal) => Promise<ApiAnswer>): Kept {
    const gone = new AbortController();
    const kept: Kept = { state, answer: compute(gone.signal), asked: performance.now(), gone, waiting: 0, size: 0 };
    const before = this.#kept.get(target);
    if (before !== undefined) this.#drop(target, before);
    this.#kept.set(target, kept);
    kept.answer.then(
      ({ body }) => this.#measure(target, kept, typeof body === 'string' ? body.length : Number.POSITIVE_INFINITY),
      () => undefined,
    );
    this.#makeRoom();
    return kept;
  }

  #measure(target: string, kept: Kept, size: number): void {
    if (this.#kept.get(target) !== kept) return;
    if (size > this.#sizeMax) {
      this.#drop(target, kept);
      return;
    }
    kept.size = size;
    this.#size += size;
    this.#makeRoom();
  }

  #makeRoom(): void {
    for (const [oldest, kept] of this.#kept) {
      const isOld = performance.now() - kept.asked >= this.#keptMsMax;
      if (!isOld && this.#kept.size <= keptMax && this.#size <= this.#sizeMax) return;
      this.#drop(oldest, kept);
    }
  }

  #drop(target: string, kept: Kept): void {
    if (this.#kept.get(target) !== kept) return;
    this.#kept.delete(target);
    this.#size -= kept.size;
  }
}
