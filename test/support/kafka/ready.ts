import { createServer, type AddressInfo } from 'node:net';
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

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** An open port is no ready broker yet: a controller must be named and every node that should be there be counted. */
export async function answersAsCluster(addresses: readonly string[], nodes: number): Promise<boolean> {
  const kafka = new kafkajs.Kafka({ clientId: 'readiness', brokers: [...addresses], logLevel: kafkajs.logLevel.NOTHING, connectionTimeout: 500, requestTimeout: 2_000, retry: { retries: 0 } });
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
