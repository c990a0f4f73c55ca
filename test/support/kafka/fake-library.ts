/** The Kafka library in memory: notes what it is given and asked, in order, and does what a test says, by the name of the call. */
import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { jest } from '@jest/globals';
import kafkajs from 'kafkajs';
import type { Kafka, KafkaConfig } from 'kafkajs';
import { parseKafkaConnection } from '../../../infra/kafka/connection-string.ts';
import type { KafkaConnection } from '../../../infra/kafka/connection.ts';
import { Outage } from '../../../infra/kafka/outage.ts';
import { defaultTuning, type KafkaTuning } from '../../../infra/kafka/tuning.ts';
import type { Log } from '../../../handlers/ports/ports.ts';

type Call = (asked: unknown) => unknown;

export class FakeKafka {
  /** What each client was opened with. */
  readonly clients: KafkaConfig[] = [];
  readonly asked: [string, unknown][] = [];
  /** By the name of the call, as `send` or `admin.connect`; what is not there succeeds with nothing. */
  readonly does: Record<string, Call> = {};
  readonly listeners: Record<string, (event: { readonly payload: unknown }) => void> = {};

  constructor() {
    const open = (config: KafkaConfig): unknown => {
      this.clients.push(config);
      return this.#library();
    };
    jest.spyOn(kafkajs, 'Kafka').mockImplementation((config) => open(config) as Kafka);
  }

  /** What was asked by these names, in order. */
  askedOf(...names: readonly string[]): unknown[] {
    return this.asked.filter(([name]) => names.includes(name)).map(([, given]) => given);
  }

  #call(name: string): (given?: unknown) => Promise<unknown> {
    return async (given) => {
      this.asked.push([name, given]);
      return this.does[name]?.(given);
    };
  }

  #library(): unknown {
    const events = { HEARTBEAT: 'heartbeat', CRASH: 'crash', GROUP_JOIN: 'join' };
    return {
      admin: () => ({
        connect: this.#call('admin.connect'),
        fetchTopicMetadata: this.#call('fetchTopicMetadata'),
        listTopics: this.#call('listTopics'),
        createTopics: this.#call('createTopics'),
      }),
      producer: (config: unknown) => {
        this.asked.push(['producer', config]);
        return { connect: this.#call('producer.connect'), send: this.#call('send') };
      },
      consumer: (config: unknown) => {
        this.asked.push(['consumer', config]);
        return {
          events,
          on: (name: string, listener: (event: { readonly payload: unknown }) => void) => void (this.listeners[name] = listener),
          connect: this.#call('consumer.connect'),
          subscribe: this.#call('subscribe'),
          run: this.#call('run'),
          disconnect: this.#call('disconnect'),
        };
      },
    };
  }
}

/** Opens a connection as the library does. */
export function connectBy(
  config: KafkaConfig | undefined,
  {
    host = '127.0.0.1',
    port = 1,
    ssl,
    onConnect = () => undefined,
  }: { host?: string; port?: number; ssl?: ConnectionOptions; onConnect?: () => void } = {},
): Socket {
  // Its types do not say that there may be no TLS.
  return config!.socketFactory!({ host, port, ssl: ssl as ConnectionOptions, onConnect });
}

export type Line = readonly [level: keyof Log, fields: Record<string, unknown>, message: string];

export interface Opened {
  readonly connection: KafkaConnection;
  readonly lines: Line[];
  readonly closing: AbortController;
}

/** A connection whose log is a list; the waits of the default are milliseconds here. */
export function openedFor(tuning: Partial<KafkaTuning> = {}, text = 'kafka://127.0.0.1:9092?tls=false'): Opened {
  const lines: Line[] = [];
  const at =
    (level: keyof Log) =>
    (fields: Record<string, unknown>, message: string): void =>
      void lines.push([level, fields, message]);
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const closing = new AbortController();
  const settings = parseKafkaConnection(text);
  return {
    lines,
    closing,
    connection: {
      settings,
      log,
      tuning: { ...defaultTuning, backoffMsMin: 1, backoffMsMax: 4, ...tuning },
      outage: new Outage(log, settings.shown),
      closed: closing.signal,
    },
  };
}

const ProtocolError: new (said: object) => Error = kafkajs.KafkaJSProtocolError as unknown as new (said: object) => Error;

export function protocolError(type: string, retriable = false): Error {
  return new ProtocolError(Object.assign(new Error(`said ${type}`), { type, code: 1, retriable }));
}
