import { readFileSync } from 'node:fs';
import { LedgerError } from '../../domain/shared/errors.ts';
import { isLoopback } from '../../domain/shared/loopback.ts';

export interface KafkaTls {
  /** Certificates of the authorities trusted, null for those that Node trusts. */
  readonly ca: Buffer | null;
  /** What this client shows of itself, where the brokers ask. */
  readonly client: { readonly certificate: Buffer; readonly key: Buffer } | null;
}

export type SaslMechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512';

export interface KafkaSasl {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: string;
}

export interface KafkaSettings {
  /** `host:port` of the brokers asked first; they name the others. */
  readonly brokers: readonly string[];
  readonly tls: KafkaTls | null;
  /** The password is not enumerable: neither an inspection nor a log of the object shows it. */
  readonly sasl: KafkaSasl | null;
  readonly clientId: string;
  /** Hosts and ports, without user or password: fit for any message. */
  readonly shown: string;
}

const layoutPattern = /^kafka:\/\/(?:(?<user>[^:@/?]+):(?<password>[^@/?]*)@)?(?<hosts>[^@/?]+)\/?(?:\?(?<query>.*))?$/;
const hostPattern = /^(?<address>\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):(?<port>\d{1,5})$/;
const optionNames = ['tls', 'mechanism', 'ca', 'cert', 'key', 'clientId'] as const;
type Options = Partial<Record<(typeof optionNames)[number], string>>;
const mechanisms: readonly SaslMechanism[] = ['plain', 'scram-sha-256', 'scram-sha-512'];

function refuse(why: string): never {
  throw new LedgerError('ConfigInvalid', `the Kafka connection ${why}`, { at: { path: 'kafka' } });
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse(`has a ${what} that is not percent-encoded text`);
  }
}

function brokerOf(text: string): string {
  const groups = hostPattern.exec(text)?.groups;
  const port = Number(groups?.['port']);
  return groups !== undefined && port >= 1 && port <= 65_535
    ? `${groups['address']}:${port}`
    : refuse('names a host that is not a name:port');
}

function optionsOf(query: string): Options {
  const options: Options = {};
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    const known = optionNames.find((option) => option === name);
    if (known === undefined || value === '') return refuse(`has an option other than ${optionNames.join(', ')}`);
    if (options[known] !== undefined) return refuse(`says ${known} twice`);
    options[known] = decoded(value, 'value');
  }
  return options;
}

function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new LedgerError('FileMissing', `the file ${file} of the Kafka connection cannot be read`, { at: { file }, cause });
  }
}

function tlsOf(options: Options, brokers: readonly string[]): KafkaTls | null {
  if (options.tls !== undefined && options.tls !== 'true' && options.tls !== 'false') return refuse('must say tls=true or tls=false');
  if ((options.cert === undefined) !== (options.key === undefined)) return refuse('must name cert and key together, or neither');
  if (options.tls !== 'false') {
    return {
      ca: options.ca === undefined ? null : contentOf(options.ca),
      client: options.cert === undefined ? null : { certificate: contentOf(options.cert), key: contentOf(options.key!) },
    };
  }
  if (options.ca !== undefined || options.cert !== undefined) return refuse('names certificates although it turns TLS off');
  if (!brokers.every((broker) => isLoopback(broker.slice(0, broker.lastIndexOf(':')))))
    return refuse('turns TLS off, which is for loopback addresses only');
  return null;
}

function saslOf(options: Options, user: string | undefined, password: string): KafkaSasl | null {
  if (user === undefined) return options.mechanism === undefined ? null : refuse('names a mechanism but no user and password');
  const mechanism =
    mechanisms.find((known) => known === options.mechanism) ??
    refuse(`must name a mechanism with its user: mechanism=${mechanisms.join('|')}`);
  const sasl = { mechanism, username: decoded(user, 'user'), password: '' };
  return Object.defineProperty(sasl, 'password', { value: decoded(password, 'password'), enumerable: false });
}

/**
 * Reads `kafka://[user:password@]host:port[,host:port...][?tls=..&mechanism=..&ca=..&cert=..&key=..&clientId=..]`.
 *
 * TLS is on. `tls=false`, and so a password in the clear, is for loopback only: a network of containers is not loopback. A user names
 * the mechanism, for there is none that suits every cluster. No message repeats any part but names of files.
 *
 * Errors: ConfigInvalid at `kafka`, FileMissing.
 */
export function parseKafkaConnection(text: string): KafkaSettings {
  const groups = layoutPattern.exec(text)?.groups ?? refuse('must have the form kafka://user:password@host:port?options');
  const brokers = groups['hosts']!.split(',').map(brokerOf);
  const options = optionsOf(groups['query'] ?? '');
  return {
    brokers,
    tls: tlsOf(options, brokers),
    sasl: saslOf(options, groups['user'], groups['password'] ?? ''),
    clientId: options.clientId ?? 'sleeve-ledger',
    shown: brokers.join(','),
  };
}
