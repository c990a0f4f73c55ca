import type { ApiRequest } from '../ports/ports.ts';

/**
 * How long the asker would wait: `wait` among the preferences of RFC 7240, in seconds. Null where none is well-formed, as what is not
 * understood is ignored.
 */
export function preferredWait({ headers }: Pick<ApiRequest, 'headers'>): number | null {
  const seconds = /(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:[;,]|$)/i.exec(headers['prefer'] ?? '')?.[1];
  return seconds === undefined ? null : Number(seconds);
}

/** The same, at most so long; 0 where nothing is said of it. */
export function preferredSeconds(request: Pick<ApiRequest, 'headers'>, most: number): number {
  return Math.min(preferredWait(request) ?? 0, most);
}
