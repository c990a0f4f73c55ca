/**
 * Connection strings without what lets somebody in. A password may hold any character, also `@`, `/` and `?` that should have been
 * percent-encoded: everything up to the last `@` counts as credentials, so that a wrong string shows rather too little.
 */

/** A user that is surely one and nothing more. */
const plainUser = /^[^:/?#@]+(?=:)/;

function masked(credentials: string, mask: string): string {
  const user = plainUser.exec(credentials)?.[0];
  return user === undefined ? `${mask}@` : `${user}:${mask}@`;
}

/** A setting or location that may be a connection string, also one with too few slashes. */
export function withoutCredentials(setting: string, mask: string): string {
  return setting.replace(/^([a-z][a-z0-9+.-]+:\/*)(.*)@/is, (_, scheme: string, credentials: string) => scheme + masked(credentials, mask));
}

/** How a token of the HTTP API begins, so that it is known where it has no place. */
export const tokenPrefix = 'slt_';
const tokens = new RegExp(`${tokenPrefix}[A-Za-z0-9_-]{16,}`, 'g');

/** A text in which connection strings may stand, each ending at a blank, and tokens of the HTTP API. */
export function textWithoutCredentials(text: string, mask: string): string {
  const withoutTokens = text.replace(tokens, `${tokenPrefix}${mask}`);
  return withoutTokens.replace(
    /([a-z][a-z0-9+.-]*:\/\/)(\S*)@/gi,
    (_, scheme: string, credentials: string) => scheme + masked(credentials, mask),
  );
}
