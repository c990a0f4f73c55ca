import type { ApiRequest } from '../ports/ports.ts';

/** With `__Host-` a browser takes it by TLS only, for this host alone and from nobody else. */
const underTls = '__Host-sleeve-ledger-session';
export const plainSessionCookie = 'sleeve-ledger-session';

type Asked = Pick<ApiRequest, 'headers' | 'origin'>;

export function isUnderTls({ origin }: Pick<ApiRequest, 'origin'>): boolean {
  return origin.startsWith('https:');
}

/**
 * The id of a session that a request shows; null where it shows none. Two are none: where there is no TLS, whoever listens at another port
 * of this machine can give a browser one, to have somebody act under a name that is not theirs.
 */
export function sessionShown(request: Asked): string | null {
  const name = isUnderTls(request) ? underTls : plainSessionCookie;
  const pairs = (request.headers['cookie'] ?? '').split(';').map((pair) => pair.trim());
  const [value, ...more] = pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
  return value === undefined || more.length > 0 || !/^[A-Za-z0-9_-]{1,100}$/.test(value) ? null : value;
}

function cookie(request: Asked, value: string, seconds: number): string {
  const secure = isUnderTls(request);
  const attributes = [`Max-Age=${seconds}`, 'Path=/', 'HttpOnly', 'SameSite=Strict', ...(secure ? ['Secure'] : [])];
  return [`${secure ? underTls : plainSessionCookie}=${value}`, ...attributes].join('; ');
}

/** `set-cookie` for a session that lasts so long. */
export function sessionCookie(request: Asked, id: string, seconds: number): string {
  return cookie(request, id, Math.max(0, Math.floor(seconds)));
}

/** `set-cookie` that has the browser forget it. */
export function endedCookie(request: Asked): string {
  return cookie(request, '', 0);
}
