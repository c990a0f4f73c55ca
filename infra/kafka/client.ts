import { connect as connectPlainly, isIP, type Socket } from 'node:net';
import { connect as connectWithTls } from 'node:tls';
import kafkajs from 'kafkajs';
import type { ISocketFactory, Kafka, LogEntry, RetryOptions, SASLOptions } from 'kafkajs';
import type { Log } from '../../handlers/ports/ports.ts';
import type { KafkaConnection } from './connection.ts';
import type { KafkaSettings } from './connection-string.ts';
import type { Outage } from './outage.ts';
import type { KafkaTuning } from './tuning.ts';

export interface KafkaClient {
  readonly kafka: Kafka;
  /** Ends every connection at once, and refuses new ones: what is still under way in the library fails. */
  cut(): void;
}

/** Each broker of the list is asked once; the caller repeats what is worth repeating. */
export function singlePass(settings: KafkaSettings, tuning: KafkaTuning): RetryOptions {
  return {
    retries: settings.brokers.length,
    initialRetryTime: tuning.backoffMsMin,
    maxRetryTime: tuning.backoffMsMin,
    factor: 0.2,
    multiplier: 1,
  };
}

const keepAliveMs = 60_000;

/** What the library says at every try while brokers are away. */
const saysAway = new RegExp(
  [
    'connect|ECONN|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE|timed out|timeout|seed broker|not available|no leader',
    'coordinator|NumberOfRetriesExceeded|Restarting the consumer|Failed to send messages',
  ].join('|'),
  'i',
);

/** Writes the library's lines to the log: chosen fields only, its errors as warnings, because the adapter decides what is an error. */
function intoLog(log: Log, outage: Outage): (entry: LogEntry) => void {
  return ({ level, namespace, log: line }) => {
    const said = [line.message, line['error']].filter((part) => typeof part === 'string').join(': ');
    if (level <= kafkajs.logLevel.WARN && saysAway.test(said)) {
      outage.away(said);
      return;
    }
    const fields = {
      client: `kafkajs ${namespace}`,
      broker: line['broker'],
      group: line['groupId'],
      topic: line['topic'],
      partition: line['partition'],
      error: line['error'],
    };
    const logged = Object.fromEntries(Object.entries(fields).filter(([, value]) => typeof value === 'string' || typeof value === 'number'));
    if (level === kafkajs.logLevel.ERROR) log.warn(logged, line.message);
    else log.info(logged, line.message);
  };
}

/**
 * One client of the library with connections of its own. It connects when something is asked of it. Its retries are nested, and where the
 * innermost gives up all the others do, so `retry` limits them all.
 */
export function openClient({ settings, tuning, log, outage }: Omit<KafkaConnection, 'closed'>, retry: RetryOptions): KafkaClient {
  const sockets = new Set<Socket>();
  let isCut = false;
  const socketFactory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (isCut) throw new Error('the connection is closed');
    // The server's name is sent where it is a name: RFC 6066 knows no addresses.
    const socket = ssl
      ? connectWithTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect)
      : connectPlainly({ host, port }, onConnect);
    socket.setKeepAlive(true, keepAliveMs);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const { tls, sasl } = settings;
  const kafka = new kafkajs.Kafka({
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    ...(tls === null
      ? {}
      : {
          ssl: {
            minVersion: 'TLSv1.2',
            rejectUnauthorized: true,
            ...(tls.ca === null ? {} : { ca: tls.ca }),
            ...(tls.client === null ? {} : { cert: tls.client.certificate, key: tls.client.key }),
          },
        }),
    ...(sasl === null ? {} : { sasl: { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password } as SASLOptions }),
    connectionTimeout: tuning.connectMsMax,
    authenticationTimeout: tuning.requestMsMax,
    reauthenticationThreshold: 10_000,
    requestTimeout: tuning.requestMsMax,
    enforceRequestTimeout: true,
    retry,
    socketFactory,
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => (entry) => {
      if (!isCut) intoLog(log, outage)(entry);
    },
  });
  return {
    kafka,
    cut: () => {
      isCut = true;
      // With an error, for a silent end leaves the library's requests and timers waiting.
      for (const socket of sockets) socket.destroy(new Error('the connection is closed'));
    },
  };
}
