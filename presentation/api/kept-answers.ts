import { LedgerError } from '../../domain/shared/errors.ts';
import type { ApiAnswer } from '../ports/ports.ts';

export interface KeptAnswersBounds {
  readonly countMax: number;
  readonly ofOneMax: number;
  readonly bytesMax: number;
  readonly msMax: number;
}

/** A request that may come again. */
export interface Repeatable {
  /** Whose key it is: the same key of somebody else is another. */
  readonly who: string;
  readonly key: string;
  /** Follows from all that the request says. */
  readonly fingerprint: string;
}

interface Kept {
  readonly who: string;
  readonly fingerprint: string;
  readonly since: number;
  readonly answer: ApiAnswer;
  readonly bytes: number;
}

/** Of a key and an answer in memory, beside the body. */
const overheadBytes = 1_024;

const keyPattern = /^(?:"(?<quoted>[\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|(?<plain>[\w.:~/+=-]{1,255}))$/;

/** The `Idempotency-Key` of a request, with quotes as a string of RFC 8941 or without; null where it has none. Errors: RequestInvalid. */
export function idempotencyKeyOf(headers: Readonly<Record<string, string | undefined>>): string | null {
  const given = headers['idempotency-key'];
  if (given === undefined) return null;
  const { quoted, plain } = keyPattern.exec(given.trim())?.groups ?? {};
  const key = quoted ?? plain;
  if (key === undefined)
    throw new LedgerError('RequestInvalid', 'idempotency-key: 1 to 255 visible characters, in quotes or of letters and digits', {
      at: { path: 'idempotency-key' },
    });
  return key;
}

/** What is done, or refused for what the request says, stays so; what may pass, or depends on who asks, is tried again. */
function staysSo({ status }: ApiAnswer): boolean {
  return status < 300 || status === 400 || status === 404 || status === 413 || status === 422;
}

/**
 * Answers to requests that carry a key, for when they come again. In memory of one server: what makes a repeated decision harmless in any
 * case, also after a restart, is the ledger, which knows it again.
 */
export class KeptAnswers {
  /** In the order in which they were answered. */
  readonly #kept = new Map<string, Kept>();
  readonly #underWay = new Map<string, string>();
  readonly #idsOf = new Map<string, Set<string>>();
  readonly #bounds: KeptAnswersBounds;
  readonly #nowMs: () => number;
  #bytes = 0;

  constructor(bounds: KeptAnswersBounds, nowMs: () => number) {
    this.#bounds = bounds;
    this.#nowMs = nowMs;
  }

  /** `compute` at the first time, its answer at the next. Errors: RequestUnderWay, IdempotencyKeyUsed; whatever `compute` rejects with. */
  async once({ who, key, fingerprint }: Repeatable, compute: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
    this.#dropExpired();
    const id = JSON.stringify([who, key]);
    const kept = this.#kept.get(id);
    requireSame(kept?.fingerprint ?? this.#underWay.get(id), fingerprint);
    if (kept !== undefined) return { ...kept.answer, headers: { ...kept.answer.headers, 'idempotent-replayed': 'true' } };
    if (this.#underWay.has(id))
      throw new LedgerError('RequestUnderWay', 'the same request is being answered', { evidence: { retryAfterSeconds: 1 } });
    this.#underWay.set(id, fingerprint);
    try {
      const answer = await compute();
      if (staysSo(answer) && typeof answer.body === 'string')
        this.#keep(id, { who, fingerprint, since: this.#nowMs(), answer, bytes: overheadBytes + 2 * answer.body.length });
      return answer;
    } finally {
      this.#underWay.delete(id);
    }
  }

  #keep(id: string, kept: Kept): void {
    const { countMax, ofOneMax, bytesMax } = this.#bounds;
    const own = this.#idsOf.get(kept.who) ?? new Set<string>();
    this.#idsOf.set(kept.who, own.add(id));
    this.#kept.set(id, kept);
    this.#bytes += kept.bytes;
    if (own.size > ofOneMax) this.#drop(own.values().next().value!);
    while (this.#kept.size > countMax || this.#bytes > bytesMax) this.#drop(this.#kept.keys().next().value!);
  }

  #drop(id: string): void {
    const { who, bytes } = this.#kept.get(id)!;
    const own = this.#idsOf.get(who)!;
    own.delete(id);
    if (own.size === 0) this.#idsOf.delete(who);
    this.#bytes -= bytes;
    this.#kept.delete(id);
  }

  #dropExpired(): void {
    const now = this.#nowMs();
    for (const [id, { since }] of this.#kept) {
      if (now - since < this.#bounds.msMax) return;
      this.#drop(id);
    }
  }
}

function requireSame(before: string | undefined, now: string): void {
  if (before !== undefined && before !== now)
    throw new LedgerError('IdempotencyKeyUsed', 'this idempotency-key was used for another request', { at: { path: 'idempotency-key' } });
}
