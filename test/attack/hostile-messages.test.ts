/**
 * Messages as large and as heavy as a message may be, sent to a worker by somebody who may write to its results topic: a signal is heard
 * between them, and whatever was acknowledged by then is recorded.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { limits } from '../../domain/shared/limits.ts';
import type { MessageToSend } from '../../handlers/ports/ports.ts';
import { EventCount } from '../support/desk/event-count.ts';
import { openDesk } from '../support/desk/ledger.ts';
import { DeskMarket } from '../support/desk/market.ts';
import { endWorkers, startWorker, type Worker } from '../support/desk/worker.ts';
import { sharedKafka } from '../support/kafka/cluster.ts';
import { committed } from '../support/kafka/members.ts';
import { until } from '../support/kafka/ready.ts';
import { needs } from '../support/needs.ts';
import { scratchDirectory } from '../support/scratch.ts';

const directory = scratchDirectory();
const timeoutMs = 120_000;
/** Of the processor, from the signal to the end: a busy machine gives a process a part of its time, and a slow one takes twice as long. */
const exitCpuMsMax = 1_000;
const slownessOfMachine = 2;

/** Processor time of a process so far, in ms; null once it is gone. */
function cpuMsOf(pid: number): number | null {
  try {
    const [utime, stime] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ').slice(11, 13).map(Number);
    return (utime! + stime!) * 10;
  } catch {
    return null;
  }
}

/** Ends a worker by SIGTERM; what the processor spent on it from then on. */
async function stopped(worker: Worker): Promise<{ readonly end: Awaited<Worker['ended']>; readonly cpuMs: number }> {
  const pid = worker.process.pid!;
  const before = cpuMsOf(pid)!;
  let last = before;
  const watch = setInterval(() => (last = cpuMsOf(pid) ?? last), 5);
  const end = await worker.kill('SIGTERM');
  clearInterval(watch);
  return { end, cpuMs: last - before };
}

afterAll(endWorkers);

const envelope = '"specversion":"1.0","type":"io.sleeve-ledger.sleeve-result.v1","source":"x","id":"1"';
const room = limits.messageBytesMax - 200;
const filled = (piece: (at: number) => string, countMax: number): string => {
  const pieces: string[] = [];
  for (let [at, length] = [0, 0]; at < countMax; at++) {
    const next = piece(at);
    length += next.length + 1;
    if (length > room) break;
    pieces.push(next);
  }
  return pieces.join(',');
};

/** Each at a limit of the parser: of bytes, of members, of lists and objects, of depth. */
const hostile: Readonly<Record<string, () => string>> = {
  'more members than may be': () => `{${envelope},"data":{${filled((at) => `"${at}":0`, 1_000_000)}}}`,
  'as many members as may be': () => `{${envelope},"data":{${filled((at) => `"${at}":0`, limits.jsonMembersMax - 10)}}}`,
  'as many lists as may be': () => `{${envelope},"data":[${filled(() => '[]', limits.jsonContainersMax - 10)}]}`,
  'numbers of many digits': () => `{${envelope},"data":[${filled((at) => `0.${'1234567890'.repeat(30)}${at}e-300`, 1_000_000)}]}`,
  'lists within lists': () => `{${envelope},"data":[${filled(() => `${'['.repeat(60)}${']'.repeat(60)}`, 3_000)}]}`,
  'one text': () => `{${envelope},"data":"${'\\u0041'.repeat(Math.floor(room / 6) - 100)}"}`,
};

const topic = (what: string): string => `hostile-${what}`;

const messages = (): MessageToSend[] =>
  Object.values(hostile).map((text, at) => ({
    key: `stranger-${at}`,
    value: new TextEncoder().encode(text()),
    headers: { 'content-type': 'application/cloudevents+json' },
  }));

needs('kafka').describe('a worker with hostile messages in hand', () => {
  const shared = sharedKafka();
  const market = new DeskMarket({ sleeves: 12, sessions: 4, seed: 5 });

  test('ends at once on SIGTERM, has acknowledged nothing that is not recorded, and the next one takes each in once', async () => {
    const store = join(directory, 'hostile.sqlite');
    const desk = await openDesk({ store }, market);
    await shared.broker.ensureTopics(
      ['results', 'allocations', 'dlq'].map((what) => ({ topic: topic(what), partitions: 1, replicas: 1, messageBytesMax: 10_000_000 })),
    );
    const work = (): Promise<Worker> =>
      startWorker(store, [
        '--kafka',
        shared.kafka.connectionString,
        '--group',
        'hostile',
        '--roles',
        'intake,seal',
        '--results-topic',
        topic('results'),
        '--allocations-topic',
        topic('allocations'),
        '--dead-letters-topic',
        topic('dlq'),
      ]);
    const [letters, accepted] = ['SleeveRunRejected', 'SleeveRunAccepted'].map(
      (type) => new EventCount(desk.session.ports.store, type as 'SleeveRunAccepted'),
    );
    const recorded = async (): Promise<number> => (await letters!.now()) + (await accepted!.now());
    const acknowledged = (): Promise<number> => committed(shared.kafka.brokers, 'hostile-intake', topic('results'));

    const honest = market.message({ sleeve: 0, session: 0, correction: 0 });
    const bombs = messages();
    for (const message of [honest, ...bombs, ...bombs.map((one) => ({ ...one, key: `${one.key}-again` }))])
      await shared.broker.sink.send(topic('results'), [message]);
    const sent = 1 + 2 * bombs.length;
    // Control: an honest result in front of them is taken in.
    const exitCpuMs: number[] = [];
    for (const after of [1, 2, 3]) {
      const worker = await work();
      const wanted = Math.min(sent - 2, (await recorded()) + after);
      await until('the worker is in the middle of it', async () => (await recorded()) >= wanted, timeoutMs);
      await sleep(20 * after);
      const { end, cpuMs } = await stopped(worker);
      expect(end).toEqual({ code: 0, signal: null });
      exitCpuMs.push(cpuMs);
      expect(await acknowledged()).toBeLessThanOrEqual(await recorded());
    }
    process.stdout.write(`SIGTERM to end: ${exitCpuMs.join(', ')} ms of the processor\n`);
    for (const ms of exitCpuMs) expect(ms).toBeLessThan(exitCpuMsMax * slownessOfMachine);

    const last = await work();
    await until('everything is recorded', async () => (await recorded()) >= sent, timeoutMs);
    await until('everything is acknowledged', async () => (await acknowledged()) >= sent, timeoutMs);
    expect((await last.kill('SIGTERM')).code).toBe(0);
    expect([await accepted!.now(), await letters!.now()]).toEqual([1, 2 * bombs.length]);
    expect(await desk.faults()).toBe(0);
    await desk.close();
  }, 600_000);
});
