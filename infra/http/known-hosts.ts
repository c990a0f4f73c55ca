import { isLoopback } from '../../domain/shared/loopback.ts';
import { plainAddress } from '../../domain/shared/network.ts';

/** `name`, `name:port`, `1.2.3.4:port` or `[::1]:port`, as the name alone in lower case; null for what is no host. */
function nameOf(host: string | undefined): string | null {
  const { bracketed, name } = /^(?:\[(?<bracketed>[0-9a-f:.]+)\]|(?<name>[^\s:[\]/@]+))(?::\d{1,5})?$/i.exec(host ?? '')?.groups ?? {};
  const found = bracketed ?? name;
  return found === undefined ? null : found.toLowerCase().replace(/(?<=.)\.$/, '');
}

/** No address at all to ask for, although some systems connect it to this machine. */
const everyAddress: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** An address of IPv6 as it stands in a URL. */
const bracketed = (name: string): string => (/^[^[]*:.*:/.test(name) ? `[${name}]` : name);

/**
 * Whether a request asks for this server under a name that is its own. A page of a stranger can have its own name point at this address
 * (DNS rebinding), and a browser then lets it read the answers; but the browser says that name.
 */
export function createKnownHosts(
  bound: string,
  configured: readonly string[],
): (host: string | undefined, reachedAt: string | undefined) => boolean {
  const names = new Set([...(everyAddress.has(bound) ? [] : [bound]), ...configured].map((name) => nameOf(bracketed(name))));
  return (host, reachedAt) => {
    const name = nameOf(host);
    if (name === null) return false;
    // Bound to every address: the one by which this connection came.
    return isLoopback(name) || names.has(name) || (reachedAt !== undefined && name === plainAddress(reachedAt));
  };
}
