import type { ResolvedEvent } from '@eventstore/db-client';

type Recorded = NonNullable<ResolvedEvent['event']>;

/**
 * The names of one ledger among several on a server: `NAME.` before its streams, groups and types of event, and nothing for the ledger
 * without a name. Only the adapter sees it. No name holds a dot or a hyphen, so no ledger's names begin like another's, nor like those of
 * the ledger without one. The types bear it too, for the server filters by stream or by type, not by both.
 */
export class NameSpace {
  readonly #prefix: string;

  constructor(name: string | null) {
    this.#prefix = name === null ? '' : `${name}.`;
  }

  /** A stream, the stream of its metadata, or a group, as the server has it. */
  outer(name: string): string {
    return name.startsWith('$$') ? `$$${this.#prefix}${name.slice(2)}` : this.#prefix + name;
  }

  outerType(type: string): string {
    return this.#prefix + type;
  }

  /** A pattern of whole names, `^...$`, for the server's filter. */
  outerPattern(pattern: string): string {
    return pattern.replace(/^\^(\\\$\\\$)?/, (start) => start + this.#prefix.replace('.', String.raw`\.`));
  }

  /** An event by the ledger's own names. Somebody else's becomes what a link is whose event is gone: something to pass over. */
  inner<E extends { readonly event?: unknown; readonly link?: unknown }>(resolved: E): E {
    const event = resolved.event as Recorded | undefined;
    if (this.#prefix === '' || event === undefined) return resolved;
    const streamId = this.#own(event.streamId);
    if (streamId === null) return { ...resolved, event: undefined, link: resolved.link ?? event };
    return { ...resolved, event: { ...event, streamId, type: this.#ownType(event.type) } };
  }

  #own(stream: string): string | null {
    const begin = stream.startsWith('$$') ? `$$${this.#prefix}` : this.#prefix;
    if (!stream.startsWith(begin)) return null;
    return stream.startsWith('$$') ? `$$${stream.slice(begin.length)}` : stream.slice(begin.length);
  }

  /** The server writes types of its own into the ledger's streams, such as that of a deletion. */
  #ownType(type: string): string {
    return type.startsWith(this.#prefix) ? type.slice(this.#prefix.length) : type;
  }
}
