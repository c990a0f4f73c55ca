/** A worker in this process: when it is ready, what it says, and how it ends. */
import { join } from 'node:path';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { MessageBroker } from '../../../handlers/ports/ports.ts';
import type { Readiness } from '../../../handlers/roles/operations.ts';
import { runWorker, type Work } from '../../../handlers/roles/work.ts';
import { silentMetrics, silentTracer } from '../../../handlers/runtime/observability/telemetry.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { until } from '../../support/kafka/ready.ts';
import { ledgerSession } from '../../support/ledger-session.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
let count = 0;
let session: Session;
let stop: AbortController;
let served: { readonly at: unknown; readonly ready: () => Promise<Readiness> }[];
let closed: number;
let started: unknown[];
let work: Work;

beforeEach(async () => {
  const opened = await ledgerSession(join(scratch, `ledger-${++count}`));
  session = opened.session;
  stop = new AbortController();
  served = [];
  closed = 0;
  started = [];
  work = {
    roles: ['project', 'seal'],
    settings: { ...opened.settings, http: '127.0.0.1:9464', httpHosts: 'ledger.example,other' },
    broker: null,
    createTopics: null,
    concurrency: 1,
    operations: {
      metrics: silentMetrics,
      tracer: silentTracer,
      serve: async (at, ready) => {
        served.push({ at, ready });
        return { url: 'http://127.0.0.1:9464', close: async () => void closed++ };
      },
      close: async () => undefined,
    },
    signal: stop.signal,
    onStart: (...given) => started.push(given),
  };
});

const ready = (): Promise<Readiness> => served[0]!.ready();

test('it serves before its ledger is open, is ready when its roles are, and seals what it had when it ends', async () => {
  const opening = new AbortController();
  const opened = new Promise<Session>((resolve) => opening.signal.addEventListener('abort', () => resolve(session)));
  const ran = runWorker(() => opened, work);
  await until('it serves', () => served.length > 0);
  expect(served[0]!.at).toEqual({ address: '127.0.0.1:9464', hosts: ['ledger.example', 'other'] });
  expect(await ready()).toEqual({ ready: false, checks: [{ name: 'store', ok: false, detail: 'is waited for' }] });
  expect(started).toEqual([]);
  opening.abort();
  await until('it is ready', async () => (await ready()).ready);
  expect(started).toEqual([['http://127.0.0.1:9464', session.ledger.ledgerId]]);
  expect(await ready()).toMatchObject({
    ready: true,
    checks: [{ name: 'project' }, { name: 'seal' }, { name: 'store', ok: true, detail: 'answers' }],
  });
  const head = jest.spyOn(session.ports.store, 'head').mockRejectedValue(new LedgerError('StoreUnavailable', 'nobody answers'));
  const away = await ready();
  expect([away.ready, away.checks.at(-1)]).toEqual([false, { name: 'store', ok: false, detail: 'nobody answers' }]);
  head.mockRestore();
  stop.abort();
  const { sealedTo } = await ran;
  expect(sealedTo).toBeGreaterThan(0);
  expect(closed).toBe(1);
});

test('without the role that seals it seals nothing, and without an address it serves nothing', async () => {
  const ran = runWorker(async () => session, { ...work, roles: ['project'], settings: { ...work.settings, http: null } });
  await until('it works', () => started.length > 0);
  stop.abort();
  expect(await ran).toEqual({ sealedTo: null });
  expect([served, started]).toEqual([[], [[null, session.ledger.ledgerId]]]);
});

test('names under which nobody asks are none', async () => {
  const ran = runWorker(async () => session, { ...work, roles: [], settings: { ...work.settings, httpHosts: null } });
  await until('it serves', () => served.length > 0);
  expect(served[0]!.at).toEqual({ address: '127.0.0.1:9464', hosts: [] });
  stop.abort();
  await ran;
});

describe('topics that are missing', () => {
  test.each([
    ['are made', { partitions: 3, replicas: 1 }, 1],
    ['are left where nobody asks for them', null, 0],
  ])('%s', async (_, createTopics, times) => {
    const ensureTopics = jest.fn(async () => undefined);
    const broker: MessageBroker = {
      source: { consume: async () => undefined },
      sink: { send: async () => undefined, close: async () => undefined },
      ensureTopics,
      close: async () => undefined,
    };
    const ran = runWorker(async () => session, { ...work, broker, createTopics });
    await until('it works', () => started.length > 0);
    stop.abort();
    await ran;
    expect(ensureTopics).toHaveBeenCalledTimes(times);
  });
});

describe('a ledger that does not open', () => {
  const interrupted = new LedgerError('Interrupted', 'interrupted while the store was away');

  test('as the worker is stopped meanwhile is no error', async () => {
    stop.abort();
    expect(await runWorker(() => Promise.reject(interrupted), work)).toEqual({ sealedTo: null });
    expect(closed).toBe(1);
  });

  test.each([
    ['for another reason', () => stop.abort(), new LedgerError('StoreTooNew', 'too new')],
    ['though nobody stopped it', () => undefined, interrupted],
  ])('%s ends the worker with its error, and its server', async (_, before, error) => {
    before();
    await expect(runWorker(() => Promise.reject(error), work)).rejects.toBe(error);
    expect([closed, started]).toEqual([1, []]);
  });
});

test('a store that holds another ledger ends it', async () => {
  const other = '00000000-4c7a-5d1e-8f3a-2a6b1c0d9e8f';
  const moved = { ...session, ledger: { ...session.ledger, ledgerId: other } };
  await expect(runWorker(async () => moved, { ...work, roles: [] })).rejects.toMatchObject({ code: 'StoreReplaced' });
});
