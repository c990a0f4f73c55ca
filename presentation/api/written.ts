import { LedgerError } from '../../domain/shared/errors.ts';
import type { Files, Log } from '../../handlers/ports/ports.ts';
import type { ApiAnswer } from '../ports/ports.ts';

type WriteWhole = Files['writeWhole'];
type Pieces = Extract<Parameters<WriteWhole>[1], AsyncIterable<unknown>>;

/** A promise that is settled from outside; what comes after the first time says nothing. */
interface Outside<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

export function outside<Value>(): Outside<Value> {
  let settle: Omit<Outside<Value>, 'promise'> | null = null;
  const promise = new Promise<Value>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle! };
}

const left = (): LedgerError => new LedgerError('Interrupted', 'whoever asked has left');

/** Pieces as they are read; `ended` hears how it went. */
async function* poured(pieces: Pieces, ended: Outside<null>, log: Log): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
    ended.resolve(null);
  } catch (error) {
    log.error({ error }, 'an answer of the API broke off');
    ended.reject(error);
    throw error;
  } finally {
    // Nothing where it has ended: whoever reads no further is told to the verb as one who has left.
    ended.reject(left());
  }
}

/** Who waits for what is written. */
export interface Reader {
  /** Aborted when nobody does any more. */
  readonly signal: AbortSignal;
  /** Whether only headers are wanted. */
  readonly headersOnly: boolean;
  readonly log: Log;
}

/**
 * The one file that a verb writes, as the body of an answer: what it writes whole is sent whole, and what it writes piece by piece is sent
 * as fast as it is read, so that an answer of any length is never in memory. Errors: those of the verb before its first piece; a later one
 * breaks the answer off.
 */
export async function writtenBy(
  perform: (write: WriteWhole) => Promise<unknown>,
  { signal, headersOnly, log }: Reader,
): Promise<ApiAnswer['body']> {
  const begun = outside<ApiAnswer['body']>();
  let whole: string | Uint8Array | null = null;
  const write: WriteWhole = async (_file, content) => {
    if (typeof content === 'string' || content instanceof Uint8Array) {
      whole = content;
      return;
    }
    const ended = outside<null>();
    signal.addEventListener('abort', () => ended.reject(left()), { once: true });
    if (headersOnly || signal.aborted) ended.reject(left());
    begun.resolve(headersOnly ? '' : poured(content, ended, log));
    await ended.promise;
  };
  const performed = perform(write).then(() => whole ?? '');
  // Once pieces are sent, they say themselves that they broke off.
  performed.catch(() => undefined);
  return Promise.race([begun.promise, performed]);
}
