import { readFileSync } from 'node:fs';
import { LedgerError } from '../../domain/shared/errors.ts';
import { isLoopback } from '../../domain/shared/loopback.ts';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface ConnectionSettings {
  readonly endpoints: readonly Endpoint[];
  /** `esdb+discover://`: the one host is asked, through DNS, for the members of its cluster. */
  readonly discover: boolean;
  readonly tls: boolean;
  readonly rootCertificate: Buffer | null;
  /** The password is not enumerable: neither an inspection nor a log of the object shows it. */
  readonly credentials: { readonly username: string; readonly password: string };
  readonly connectionName: string | null;
  /** Name of the ledger among several on the server; null for the one without a name. */
  readonly ledger: string | null;
  /** File of the read models, null for one named after the hosts in the working folder. */
  readonly readModels: string | null;
  /** Hosts and ports, without user or password: fit for any message. */
  readonly shown: string;
}

const schemePattern = /^esdb(?<discover>\+discover)?:\/\//;
const layoutPattern = /^(?:(?<user>[^:@/?]+)(?::(?<password>[^@/?]*))?@)?(?<hosts>[^@/?]+)\/?(?:\?(?<query>.*))?$/;
const hostPattern = /^(?<address>\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::(?<port>\d{1,5}))?$/;
const optionNames = ['tls', 'tlsCAFile', 'connectionName', 'readModels', 'ledger'] as const;
/** No hyphen and no dot: see `NameSpace`. */
const ledgerPattern = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
type OptionName = (typeof optionNames)[number];

export function isEventStoreDbLocation(location: string): boolean {
  return schemePattern.test(location);
}

function refuse(why: string): never {
  throw new LedgerError('ConfigInvalid', `the EventStoreDB location ${why}`, { at: { path: 'store' } });
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse(`has a ${what} that is not percent-encoded text`);
  }
}

function endpointOf(text: string): Endpoint {
  const groups = hostPattern.exec(text)?.groups;
  const port = Number(groups?.['port'] ?? 2113);
  if (groups === undefined || port < 1 || port > 65_535) return refuse('names a host that is not a name:port');
  return { address: groups['address']!, port };
}

function optionsOf(query: string): Partial<Record<OptionName, string>> {
  const options: Partial<Record<OptionName, string>> = {};
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    const known = optionNames.find((option) => option === name);
    // The client warns of such options with the whole string, password included, so they never reach it.
    if (known === undefined || value === '') return refuse(`has an option other than ${optionNames.join(', ')}`);
    options[known] = decoded(value, 'value');
  }
  return options;
}

function certificateIn(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new LedgerError('FileMissing', `the certificate file ${file} cannot be read`, { at: { file }, cause });
  }
}

/**
 * Reads `esdb://[user:password@]host[:port][,host...][?tls=..&tlsCAFile=..&connectionName=..&readModels=..&ledger=..]`. The client's own
 * parser is not used: it writes the string with its password to warnings, debug output and errors.
 *
 * TLS is on; `tls=false` is for loopback only. With TLS a user is needed. No message repeats any part but names of files.
 *
 * Errors: ConfigInvalid, FileMissing.
 */
export function parseConnectionString(location: string): ConnectionSettings {
  const scheme = schemePattern.exec(location) ?? refuse('must begin with esdb:// or esdb+discover://');
  const groups =
    layoutPattern.exec(location.slice(scheme[0].length))?.groups ?? refuse('must have the form esdb://user:password@host:port?options');
  const endpoints = groups['hosts']!.split(',').map(endpointOf);
  const options = optionsOf(groups['query'] ?? '');
  const discover = scheme.groups?.['discover'] !== undefined;
  if (options.tls !== undefined && options.tls !== 'true' && options.tls !== 'false') refuse('must say tls=true or tls=false');
  if (options.ledger !== undefined && !ledgerPattern.test(options.ledger))
    refuse('names a ledger by something else than a letter and at most 63 letters, digits and underscores');
  const tls = options.tls !== 'false';
  if (!tls && (discover || !endpoints.every((endpoint) => isLoopback(endpoint.address))))
    refuse('turns TLS off, which is for loopback addresses only');
  if (tls && groups['user'] === undefined) refuse('names no user, but a server with TLS needs one');
  // A server without TLS knows no users; the call still needs some, see append.ts.
  const credentials = { username: decoded(groups['user'] ?? 'nobody', 'user'), password: '' };
  Object.defineProperty(credentials, 'password', { value: decoded(groups['password'] ?? '', 'password'), enumerable: false });
  return {
    endpoints,
    discover,
    tls,
    rootCertificate: options.tlsCAFile === undefined ? null : certificateIn(options.tlsCAFile),
    credentials,
    connectionName: options.connectionName ?? null,
    readModels: options.readModels ?? null,
    ledger: options.ledger ?? null,
    shown: endpoints.map(({ address, port }) => `${address}:${port}`).join(','),
  };
}
