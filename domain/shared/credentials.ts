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

/** A text in which connection strings may stand, each ending at a blank. */
export function textWithoutCredentials(text: string, mask: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)(\S*)@/gi, (_, scheme: string, credentials: string) => scheme + masked(credentials, mask));
}
