import type { CliResult, RunOptions, Workbench } from './cli.ts';

/** JSON that tests look into as they please. */
// oxlint-disable-next-line typescript/no-explicit-any -- what is not there fails the test at runtime
type LooseJson = Record<string, any>;

export interface ApiReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  readonly json: LooseJson;
}

/** `sleeve-ledger serve` in this process on the ledger of a workbench, at a port of its own. */
export class ServedLedger {
  readonly url: string;
  readonly #stop: () => Promise<CliResult>;

  private constructor(url: string, stop: () => Promise<CliResult>) {
    this.url = url;
    this.#stop = stop;
  }

  static start(bench: Workbench, flags: readonly string[] = ['--anybody-reads'], options: RunOptions = {}): Promise<ServedLedger> {
    return ServedLedger.of(bench, ['serve', '--listen', '127.0.0.1:0', ...flags], options);
  }

  /** Any command line that serves in the end. */
  static async of(bench: Workbench, argv: readonly string[], options: RunOptions = {}): Promise<ServedLedger> {
    const stopping = new AbortController();
    let heard = '';
    let running: Promise<CliResult | void> = Promise.resolve();
    const url = await new Promise<string>((resolve, reject) => {
      running = bench
        .run(argv, {
          ...options,
          signal: stopping.signal,
          onStderr: (text) => {
            heard += text;
            options.onStderr?.(text);
            const at = / at (https?:\/\/[^ ]+) /.exec(heard)?.[1];
            if (at !== undefined) resolve(at);
          },
        })
        .then((ended) => {
          reject(new Error(`${argv[0]} ended with ${ended.exit}: ${ended.stderr}`));
          return ended;
        });
    });
    return new ServedLedger(url, async () => {
      stopping.abort();
      return (await running)!;
    });
  }

  async ask(path: string, { token, ...init }: RequestInit & { readonly token?: string } = {}): Promise<ApiReply> {
    const headers = new Headers(init.headers);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    // What else computes in this process may take longer than the server keeps a connection that nobody uses.
    if (!headers.has('connection')) headers.set('connection', 'close');
    const response = await fetch(`${this.url}${path}`, { ...init, headers });
    const text = await response.text();
    const isJson = /json(?!l)/.test(response.headers.get('content-type') ?? '') && text !== '';
    return { status: response.status, headers: response.headers, text, json: isJson ? (JSON.parse(text) as LooseJson) : {} };
  }

  /** Posts a JSON object. */
  send(path: string, body: object, token?: string): Promise<ApiReply> {
    return this.ask(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
      ...(token === undefined ? {} : { token }),
    });
  }

  /** How the command ended. */
  stop(): Promise<CliResult> {
    return this.#stop();
  }
}

/** A token of somebody, made at the command line. */
export async function tokenOf(bench: Pick<Workbench, 'json'>, holder: string, ...roles: readonly string[]): Promise<string> {
  const { result, error } = await bench.json(['token', 'create', '--holder', holder, '--role', roles.join(','), '--no-seal']);
  if (error !== undefined) throw new Error(JSON.stringify(error));
  return result['token'] as string;
}
