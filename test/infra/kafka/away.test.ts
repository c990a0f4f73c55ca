/** Brokers that were away for a minute filled the log with hundreds of lines: the library's own, one for every try of every client. */
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { parseKafkaConnection } from '../../../infra/kafka/connection-string.ts';
import { openKafka } from '../../../infra/kafka/open.ts';
import { Outage } from '../../../infra/kafka/outage.ts';
import type { Log } from '../../../handlers/ports/ports.ts';

interface Line {
  readonly level: keyof Log;
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

function collected(): { readonly lines: Line[]; readonly log: Log } {
  const lines: Line[] = [];
  const at =
    (level: keyof Log) =>
    (fields: Record<string, unknown>, message: string): void =>
      void lines.push({ level, fields, message });
  return { lines, log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } };
}

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

describe('brokers that are away', () => {
  test('are said to be so once a minute, with how often else it failed, and once that they are back', () => {
    const { lines, log } = collected();
    let now = 0;
    const outage = new Outage(log, 'b:9092', () => now);
    outage.back();
    for (; now <= 150_000; now += 500) outage.away('ECONNREFUSED');
    outage.back();
    outage.back();
    expect(lines.map(({ level, fields, message }) => [level, message, fields['awaySeconds'], fields['alsoFailed']])).toEqual([
      ['warn', 'the Kafka brokers are away, trying on', 0, 0],
      ['warn', 'the Kafka brokers are away, trying on', 60, 119],
      ['warn', 'the Kafka brokers are away, trying on', 120, 119],
      ['warn', 'the Kafka brokers are back', 151, 60],
    ]);
    // One that comes and goes, as one of three does, is not said again before the minute is over.
    outage.away('ECONNREFUSED');
    outage.back();
    expect(lines).toHaveLength(4);
  });

  test('are one line of the log while a consumer and a sender try for seconds, the lines of the library included', async () => {
    const { lines, log } = collected();
    const broker = openKafka(parseKafkaConnection(`kafka://127.0.0.1:${await closedPort()}?tls=false`), {
      log,
      tuning: { sendMsMax: 2_000, goneMsMax: 3_000, backoffMsMax: 100 },
    });
    const stop = new AbortController();
    const consuming = broker.source
      .consume({ topic: 'results', group: 'g', signal: stop.signal, handle: async () => undefined })
      .catch((error: unknown) => error);
    const message = { key: 'k', value: new Uint8Array(1), headers: {} };
    const refused = await broker.sink.send('allocations', [message]).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'BrokerUnavailable' });
    await sleep(200);
    stop.abort();
    await consuming;
    await broker.close();
    expect(lines.map(({ level, message: text }) => [level, text])).toEqual([['warn', 'the Kafka brokers are away, trying on']]);
  }, 20_000);
});
