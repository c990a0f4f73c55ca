import type { ApiRequest } from '../ports/ports.ts';

/** How long the asker would wait (`Prefer: wait=SECONDS` of RFC 7240), at most so long; 0 where nothing is said of it. */
export function preferredSeconds({ headers }: Pick<ApiRequest, 'headers'>, most: number): number {
  const wait = (headers['prefer'] ?? '')
    .split(/[,;]/)
    .map((one) => /^\s*wait\s*=\s*"?(\d{1,6})"?\s*$/i.exec(one)?.[1])
    .find((seconds) => seconds !== undefined);
  return wait === undefined ? 0 : Math.min(Number(wait), most);
}
