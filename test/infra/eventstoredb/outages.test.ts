/** A server that is away is waited for, and said; what no waiting mends fails at once. */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { parseConnectionString } from '../../../infra/eventstoredb/connection-string.ts';
import { openEventStoreDb } from '../../../infra/eventstoredb/open.ts';
import type { RetryPolicy } from '../../../infra/eventstoredb/retry-policy.ts';
import { FakeEventStoreDb } from '../../support/fake-eventstoredb/fake-server.ts';
import { type FakeSubject, fakeSubject, quick } from '../../support/fake-eventstoredb/subject.ts';
import { refuseUnheardRejections } from '../../support/fake-eventstoredb/watch.ts';
import { makeCertificates } from '../../support/kafka/certificates.ts';
import { needs } from '../../support/needs.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const sayMsMax = 2_000;
refuseUnheardRejections();

async function headOf(location: string, retry: Partial<RetryPolicy> = {}): Promise<{ readonly outcome: unknown; readonly ms: number }> {
  const { store } = openEventStoreDb(parseConnectionString(location), { retry });
  const started = performance.now();
  const outcome = await store.head().catch((error: unknown) => error);
  await store.close();
  return { outcome, ms: performance.now() - started };
}

describe('a server that is away', () => {
  let subject: FakeSubject;
  afterEach(async () => {
    await subject.dispose();
  });
  const waiting = 'warn: waiting for EventStoreDB';

  async function said(): Promise<number> {
    const started = performance.now();
    while (subject.logged.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    return performance.now() - started;
  }

  test.each(['gone', 'silent'] as const)('and is %s is said within two seconds, by however many calls once', async (how) => {
    subject = await fakeSubject({ ...quick, callMsMax: 10_000, waitMsMax: 20_000 });
    if (how === 'gone') subject.fake.goAway();
    else subject.fake.faults.everyRead = { kind: 'silent' };
    const calls = Array.from({ length: 20 }, () => subject.store.head().catch(() => null));
    expect(await said()).toBeLessThan(sayMsMax);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(subject.logged).toEqual([waiting]);
    await subject.store.close();
    await Promise.all(calls);
  });

  test('for a moment only is not worth a word', async () => {
    subject = await fakeSubject(quick);
    subject.fake.goAway();
    const head = subject.store.head();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await subject.fake.comeBack();
    await head;
    expect(subject.logged).toEqual([]);
  });

  test('and has members says so once, not that whether events are parked is unknown', async () => {
    subject = await fakeSubject({ ...quick, waitMsMax: 20_000 });
    const controller = new AbortController();
    const membership = subject.deliveries.join('reaction', { types: ['ThingSeen'], signal: controller.signal });
    await membership.joined;
    const over = membership[Symbol.asyncIterator]().next();
    while (subject.fake.groups.only.members === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    subject.fake.goAway();
    expect(await said()).toBeLessThan(sayMsMax + 500);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(subject.logged).toEqual([waiting]);
    await subject.fake.comeBack();
    while (subject.fake.groups.only.members === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    while (subject.logged.length === 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(subject.logged).toEqual([waiting, 'info: EventStoreDB answers again']);
    controller.abort();
    await over;
  });
});

needs('openssl').describe('what no waiting mends', () => {
  const atOnceMs = 3_000;
  const scratch = scratchDirectory();
  let secured: FakeEventStoreDb;
  let plain: FakeEventStoreDb;
  let authority: string;
  beforeAll(async () => {
    const { ca, broker } = makeCertificates(scratch);
    authority = encodeURIComponent(ca);
    const pem = readFileSync(broker);
    secured = await FakeEventStoreDb.start({ key: pem, cert: pem });
    plain = await FakeEventStoreDb.start();
  });
  afterAll(async () => {
    await secured.stop();
    await plain.stop();
  });

  test('a certificate that does not verify: StoreTlsRefused at once, in words of the certificate', async () => {
    const { outcome, ms } = await headOf(`esdb://ops:secret@127.0.0.1:${secured.port}`);
    expect(outcome).toMatchObject({ code: 'StoreTlsRefused', message: expect.stringMatching(/certificate does not verify/) as unknown });
    expect(ms).toBeLessThan(atOnceMs);
    expect((await headOf(`esdb://ops:secret@127.0.0.1:${secured.port}?tlsCAFile=${authority}`)).outcome).toBeNull();
  });

  test('plaintext spoken to a port of TLS, and TLS to one of plaintext', async () => {
    const toSecured = await headOf(`esdb://127.0.0.1:${secured.port}?tls=false`);
    expect(toSecured.outcome).toMatchObject({ code: 'StoreTlsRefused', message: expect.stringMatching(/speaks TLS/) as unknown });
    const toPlain = await headOf(`esdb://ops:secret@127.0.0.1:${plain.port}?tlsCAFile=${authority}`);
    expect(toPlain.outcome).toMatchObject({ code: 'StoreTlsRefused', message: expect.stringMatching(/does not speak TLS/) as unknown });
    expect(Math.max(toSecured.ms, toPlain.ms)).toBeLessThan(atOnceMs);
  });

  test('a server that is only away is none of it', async () => {
    const { outcome } = await headOf('esdb://ops:secret@127.0.0.1:1', { ...quick, waitMsMax: 500 });
    expect(outcome).toMatchObject({ code: 'StoreUnavailable' });
  });

  test('one member of several that may do is enough to go on', async () => {
    const members = `127.0.0.1:${secured.port},127.0.0.1:1`;
    const { outcome } = await headOf(`esdb://ops:secret@${members}?tlsCAFile=${authority}`, { ...quick, waitMsMax: 500 });
    expect(outcome).toMatchObject({ code: 'StoreUnavailable' });
  });
});
