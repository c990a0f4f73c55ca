import { streamKindNames, wholeStreamNames } from '../shared/stream-names.ts';

/**
 * Streams whose events are leaves of the tree: an allow-list, so that stores' own streams can never become leaves. A name with a hyphen at
 * its end stands for every stream that begins so, one without for the stream itself.
 */
export const domainStreamPrefixes: readonly string[] = [...wholeStreamNames, ...streamKindNames.map((kind) => `${kind}-`)];

/** A regular expression for the streams of an allow-list; also for stores that filter on their side. */
export function streamPatternOf(prefixes: readonly string[]): string {
  const whole = prefixes.filter((prefix) => !prefix.endsWith('-'));
  const begun = prefixes.filter((prefix) => prefix.endsWith('-')).map((prefix) => prefix.slice(0, -1));
  return `^(?:${[...whole, ...(begun.length === 0 ? [] : [`(?:${begun.join('|')})-.+`])].join('|')})$`;
}

/** Whether a stream is one of an allow-list. */
export function streamTestOf(prefixes: readonly string[]): (stream: string) => boolean {
  const pattern = new RegExp(streamPatternOf(prefixes));
  return (stream) => pattern.test(stream);
}

export const domainStreamPattern = streamPatternOf(domainStreamPrefixes);

/** Whether the events of a stream are leaves, as this build knows it. */
export const isDomainStream = streamTestOf(domainStreamPrefixes);
