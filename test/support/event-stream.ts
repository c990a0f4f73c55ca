/** One event of a stream, as the HTML standard has it parsed. */
export interface StreamEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** A reader of Server-Sent Events, after the HTML standard (9.2.6): lines, fields, dispatch at an empty line. */
export class EventStreamReader {
  readonly status: number;
  readonly headers: Headers;
  /** What came outside of events. */
  readonly comments: string[] = [];
  retryMs: number | null = null;
  /** What a browser would send when it connects again. */
  lastEventId = '';
  ended = false;
  /** Whether it broke off, instead of being ended by the server. */
  failed = false;
  readonly #events: StreamEvent[] = [];
  readonly #gone: AbortController;
  #text = '';
  #arrived: () => void = () => undefined;
  #held = { id: '', event: '', data: [] as string[] };
  /** Settles when nothing comes any more. */
  readonly done: Promise<void>;

  private constructor(response: Response, gone: AbortController) {
    this.status = response.status;
    this.headers = response.headers;
    this.#gone = gone;
    this.done = this.#read(response);
  }

  static async open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventStreamReader> {
    const gone = new AbortController();
    return new EventStreamReader(await fetch(url, { headers, signal: gone.signal }), gone);
  }

  /** The next so many events; whatever comes meanwhile where the stream ends before. */
  async take(count: number): Promise<StreamEvent[]> {
    while (this.#events.length < count && !this.ended) await new Promise<void>((resolve) => (this.#arrived = resolve));
    return this.#events.splice(0, count);
  }

  /** Goes away as a reader does whose machine is switched off. */
  async leave(): Promise<void> {
    this.#gone.abort();
    await this.done;
  }

  async #read(response: Response): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const part of response.body!) {
        this.#text += decoder.decode(part as Uint8Array, { stream: true });
        const lines = this.#text.split('\n');
        this.#text = lines.pop()!;
        for (const line of lines) this.#line(line);
        this.#arrived();
      }
    } catch {
      this.failed = true;
    }
    this.ended = true;
    this.#arrived();
  }

  #line(line: string): void {
    if (line === '') return this.#dispatch();
    if (line.startsWith(':')) return void this.comments.push(line.slice(1));
    const [field, ...rest] = line.split(':');
    const value = rest.join(':').replace(/^ /, '');
    if (field === 'id') this.#held.id = value;
    else if (field === 'event') this.#held.event = value;
    else if (field === 'data') this.#held.data.push(value);
    else if (field === 'retry') this.retryMs = Number(value);
    else throw new Error(`no field of an event stream: ${line}`);
  }

  #dispatch(): void {
    const { id, event, data } = this.#held;
    this.lastEventId = id;
    this.#held = { id, event: '', data: [] };
    if (data.length > 0) this.#events.push({ id, event, data: JSON.parse(data.join('\n')) as Record<string, unknown> });
  }
}
