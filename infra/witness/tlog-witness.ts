import { formatAddCheckpoint } from '../../domain/audit/add-checkpoint.ts';
import { bytesWithin } from '../../domain/shared/bounded-bytes.ts';
import { fetchFailure } from '../../domain/shared/fetch-failure.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { Shown, Taken, Witness } from '../../handlers/ports/witness.ts';

interface Answered {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const tooLarge = (): Error => new Error(`an answer of more than ${limits.witnessAnswerBytesMax} bytes`);

async function textOf(response: Response): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true }).decode(await bytesWithin(response.body, limits.witnessAnswerBytesMax, tooLarge));
}

/** One request, with a time limit for the whole answer; a string says why there is none. */
async function asked(url: string, init: RequestInit): Promise<Answered | string> {
  try {
    // A server that sends elsewhere is not the one that was named.
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(limits.witnessMsMax) });
    return { status: response.status, type: response.headers.get('content-type') ?? '', text: await textOf(response) };
  } catch (error) {
    return fetchFailure(error);
  }
}

/** The size in a 409, which the protocol gives as decimals and a newline. */
function sizeIn({ text }: Answered): number | null {
  const digits = /^(0|[1-9][0-9]{0,15})\n$/.exec(text)?.[1];
  return digits === undefined || !Number.isSafeInteger(Number(digits)) ? null : Number(digits);
}

const firstLine = (text: string): string => text.split('\n', 1)[0]!.slice(0, 200);

function takenBy(answer: Answered): Taken {
  const { status, text } = answer;
  const why = `${status}: ${firstLine(text)}`;
  if (status === 200) return { kind: 'kept', lines: text };
  if (status === 422) return { kind: 'contradicted', why };
  if (status === 409) {
    const size = sizeIn(answer);
    return size === null ? { kind: 'refused', why: `${why} (no size)` } : { kind: 'other size', size };
  }
  // What a server in front of the witness says while the witness is down.
  return status >= 500 || status === 429 ? { kind: 'away', why } : { kind: 'refused', why };
}

/**
 * A server of the witness protocol (c2sp.org/tlog-witness). What it cosigned last is asked for at `/checkpoint`, which the protocol leaves
 * open: a server that does not know the path shows nothing.
 */
export function tlogWitness(url: string): Witness {
  return {
    show: async (origin): Promise<Shown> => {
      const place = `${url}/checkpoint?origin=${encodeURIComponent(origin)}`;
      const answer = await asked(place, { method: 'GET' });
      if (typeof answer === 'string') return { kind: 'away', why: answer };
      if (answer.status >= 500) return { kind: 'away', why: `${answer.status}: ${firstLine(answer.text)}` };
      return { kind: 'shown', newest: answer.status === 200 ? { file: url, note: answer.text } : null };
    },
    take: async (offer): Promise<Taken> => {
      const headers = { 'content-type': 'text/plain; charset=utf-8' };
      const answer = await asked(`${url}/add-checkpoint`, { method: 'POST', headers, body: formatAddCheckpoint(offer) });
      return typeof answer === 'string' ? { kind: 'away', why: answer } : takenBy(answer);
    },
  };
}
