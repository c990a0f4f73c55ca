/** One message of a Server-Sent Events stream. */
export interface StreamMessage {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Takes text as it comes and gives whole messages, as the HTML standard parses an event stream; comments are heartbeats. */
export class StreamParser {
  #rest = '';
  #id = '';
  #event = '';
  #data: string[] = [];

  /** The id that was told last, with a message or by itself. */
  get lastId(): string | null {
    return this.#id === '' ? null : this.#id;
  }

  take(text: string): StreamMessage[] {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop()!;
    const messages: StreamMessage[] = [];
    for (const line of lines) {
      if (line === '') {
        if (this.#data.length > 0) messages.push({ id: this.#id, event: this.#event || 'message', data: this.#data.join('\n') });
        this.#event = '';
        this.#data = [];
      } else if (!line.startsWith(':')) this.#field(line);
    }
    return messages;
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'id') this.#id = value;
    else if (name === 'event') this.#event = value;
    else if (name === 'data') this.#data.push(value);
  }
}
