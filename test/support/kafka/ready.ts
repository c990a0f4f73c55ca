import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';

/** Polls until the condition holds. Rejects, saying what was waited for, once the time is up. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, msMax = 30_000): Promise<void> {
  const end = performance.now() + msMax;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ${msMax} ms in vain until ${what}`);
    await sleep(20);
  }
}

/**
 * A port below those that systems lend to outgoing connections: a broker that is restarted must find its port again, and not taken by some
 * connection, least of all by a client that keeps calling it and meets itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}

/** An open port is not a ready broker yet: a controller must be named and every node that should be there be counted. */
export async function answersAsCluster(addresses: readonly string[], nodes: number): Promise<boolean> {
  const kafka = new kafkajs.Kafka({
    clientId: 'readiness',
    brokers: [...addresses],
    logLevel: kafkajs.logLevel.NOTHING,
    connectionTimeout: 500,
    requestTimeout: 2_000,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { controller, brokers } = await admin.describeCluster();
    return controller !== null && brokers.length >= nodes;
  } catch {
    return false;
  } finally {
    await admin.disconnect();
  }
}
