import type { ApiAnswer } from '../ports/ports.ts';

interface Kept {
  readonly head: string | null;
  readonly answer: Promise<ApiAnswer>;
  /** As `performance.now()` tells. */
  readonly asked: number;
}

const keptMax = 256;
/** Some answers also say what the time is: what is due, say. */
const keptMsMax = 1_000;

/**
 * The last answers of one endpoint by what was asked. One is good as long as the ledger ends where it ended, and those who ask the same at
 * once share one computation: many pages that look at a portfolio cost the store no more than one.
 */
export class RecentAnswers {
  readonly #kept = new Map<string, Kept>();

  /** `compute` where nothing good is kept. What is refused is kept for nobody. */
  async answer(target: string, head: string | null, compute: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
    const before = this.#kept.get(target);
    if (before !== undefined && before.head === head && performance.now() - before.asked < keptMsMax) return before.answer;
    const kept = { head, answer: compute(), asked: performance.now() };
    this.#kept.delete(target);
    this.#kept.set(target, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptMax && oldest !== undefined) this.#kept.delete(oldest);
    try {
      return await kept.answer;
    } catch (error) {
      if (this.#kept.get(target) === kept) this.#kept.delete(target);
      throw error;
    }
  }
}
