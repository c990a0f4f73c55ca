import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { LedgerError } from '../../domain/shared/errors.ts';
import { isLoopback } from '../../domain/shared/loopback.ts';
import { plainAddress } from '../../domain/shared/network.ts';

/** How a request came here, as whoever sent it sees it. */
export interface WayIn {
  /** Address of whoever asks, as far as it is known: behind a proxy, what that says. */
  readonly peer: string;
  /** Name and port that were asked for. */
  readonly host: string | undefined;
  /** As a browser writes its origin; empty where no host was asked for. */
  readonly origin: string;
  /** Whether nobody between could read it: it came by TLS, or within this machine. */
  readonly isPrivate: boolean;
}

const isNone = (): boolean => false;

/** Whether an address is that of a proxy. Errors: ConfigInvalid for what is no address. */
export function createProxies(proxies: readonly string[]): (address: string) => boolean {
  // Looking an address up in a list that is empty takes a twentieth of what a short answer does.
  if (proxies.length === 0) return isNone;
  const list = new BlockList();
  for (const proxy of proxies) {
    const { address = '', bits } = /^(?<address>[0-9a-fA-F:.]+)(?:\/(?<bits>\d{1,3}))?$/.exec(proxy.trim())?.groups ?? {};
    const family = isIP(address);
    const isNet = bits === undefined || (Number(bits) > 0 && Number(bits) <= (family === 4 ? 32 : 128));
    if (family === 0 || !isNet)
      throw new LedgerError('ConfigInvalid', `${proxy} is no address of a proxy, and no net such as 10.0.0.0/8`, {
        at: { path: '--behind-proxy' },
      });
    const kind = family === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, kind);
    else list.addSubnet(address, Number(bits), kind);
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
  };
}

/** The last of several values: the one that the nearest proxy wrote. */
function lastOf(header: string | readonly string[] | undefined): string | undefined {
  const text = typeof header === 'string' ? header : header?.join(',');
  const last = text?.split(',').at(-1)?.trim();
  return last === '' ? undefined : last;
}

/** Who asked the first of our proxies: what stands before that in the header is written by anybody. */
function askerOf(header: string | readonly string[] | undefined, isProxy: (address: string) => boolean): string | undefined {
  const text = typeof header === 'string' ? header : (header?.join(',') ?? '');
  const addresses = text.split(',').map((address) => plainAddress(address.trim()));
  const asker = addresses.findLast((address) => !isProxy(address));
  return asker === undefined || isIP(asker) === 0 ? undefined : asker;
}

function originOf(scheme: string, host: string | undefined): string {
  const url = `${scheme}://${host ?? ''}`;
  return host !== undefined && URL.canParse(url) ? new URL(url).origin : '';
}

/**
 * Tells how a request came. What stands in `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Forwarded-For` is written by anybody, so it
 * counts from the addresses of proxies alone.
 */
export function createWaysIn({
  isProxy,
  hasTls,
}: {
  readonly isProxy: (address: string) => boolean;
  readonly hasTls: boolean;
}): (headers: IncomingHttpHeaders, peer: string | undefined) => WayIn {
  return (headers, peer = '') => {
    const address = plainAddress(peer);
    const isByProxy = isProxy(address);
    const own = hasTls ? 'https' : 'http';
    const scheme = (isByProxy ? lastOf(headers['x-forwarded-proto'])?.toLowerCase() : undefined) ?? own;
    const host = (isByProxy ? lastOf(headers['x-forwarded-host']) : undefined) ?? headers.host;
    return {
      peer: (isByProxy ? askerOf(headers['x-forwarded-for'], isProxy) : undefined) ?? address,
      host,
      origin: originOf(scheme === 'https' ? 'https' : 'http', host),
      isPrivate: scheme === 'https' || (!isByProxy && isLoopback(address)),
    };
  };
}
