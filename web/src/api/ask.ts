/** What every answer of the API stands in: that of `--json`. */
export interface Answer<Result> {
  readonly ok: boolean;
  readonly command: string;
  readonly ledgerId: string | null;
  readonly position: string | null;
  readonly result: Result;
  readonly warnings: readonly string[];
  readonly error?: Problem;
}

/** Problem details of RFC 9457. */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly advice: string;
  readonly at?: { readonly path?: string };
}

/** The server answered, and the answer is no. */
export class Refusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'Refusal';
    this.problem = problem;
  }
}

const unread: Problem = {
  title: 'AnswerUnreadable',
  status: 502,
  detail: 'what answered is no ledger',
  advice: 'Check which server the address of this page belongs to.',
};
const unreachable: Problem = {
  title: 'ServerUnreachable',
  status: 503,
  detail: 'the server does not answer',
  advice: 'Check that `sleeve-ledger serve` is running; the page goes on by itself when it is back.',
};

export interface Request {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: object;
  readonly signal?: AbortSignal;
  /** Of a decision: the same key twice is the same decision. */
  readonly key?: string;
}

/** The body of an answer, whatever it is. Errors: Refusal. */
export async function requested(path: string, { method = 'GET', body, signal, key }: Request = {}): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        // What changes something says so, with a body or without: no page of a stranger can send it.
        ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new Refusal(unreachable);
  }
  const text = await response.text();
  if (response.ok && text === '') return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal({ ...unread, status: response.status });
  }
  if (!response.ok) throw new Refusal(value as Problem);
  return value;
}

/** An answer of the API. Errors: Refusal. */
export async function ask<Result>(path: string, request: Request = {}): Promise<Answer<Result>> {
  return (await requested(path, request)) as Answer<Result>;
}

/** An answer that is a file, such as a report: it stands by itself, and is given what it stands in elsewhere. Errors: Refusal. */
export async function askBare<Result>(path: string, request: Request = {}): Promise<Answer<Result>> {
  const result = (await requested(path, request)) as Result;
  return { ok: true, command: '', ledgerId: null, position: null, result, warnings: [] };
}
