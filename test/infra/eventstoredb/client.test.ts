/** The calls of the client against the fake server: names, deadlines, answers, and which appends share a call. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import dbClient from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { LedgerClient } from '../../../infra/eventstoredb/client.ts';
import { parseConnectionString } from '../../../infra/eventstoredb/connection-string.ts';
import { NoAnswer } from '../../../infra/eventstoredb/failures.ts';
import { creation } from '../../../infra/eventstoredb/group.ts';
import type { Proposed } from '../../../infra/eventstoredb/requests.ts';
import { FakeEventStoreDb } from '../../support/fake-eventstoredb/fake-server.ts';
import { isHung, refuseUnheardRejections } from '../../support/fake-eventstoredb/watch.ts';
import { needs } from '../../support/needs.ts';
import { ownCertificate } from '../../support/own-certificate.ts';
import { sampleId } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';

refuseUnheardRejections();
const scratch = scratchDirectory();
let fake: FakeEventStoreDb;
let client: LedgerClient;
let desk: LedgerClient;
beforeAll(async () => {
  fake = await FakeEventStoreDb.start();
  client = new LedgerClient(parseConnectionString(fake.location));
  desk = new LedgerClient(parseConnectionString(`${fake.location}&ledger=desk`));
});
afterAll(async () => {
  await Promise.all([client.shutDown(), desk.shutDown()]);
  await fake.stop();
});
beforeEach(() => {
  fake.faults.appends.length = 0;
  fake.latency = { appendMs: 0, readMs: 0 };
});

const msMax = 5_000;
const never = (): AbortSignal => new AbortController().signal;
const proposed = (name: string, bytes = 2): Proposed => ({
  id: sampleId(name),
  type: 'ThingSeen',
  bytes: new Uint8Array(bytes).fill(32),
  metadata: undefined,
});
const put = (stream: string, events = [proposed(stream)], by = client) => by.append(stream, events, 'none', msMax, never());
const namesOf = (page: Awaited<ReturnType<LedgerClient['readStreamPage']>>) =>
  page?.map(({ event, link }) => [event?.streamId, event?.type, event?.revision, link?.streamId]);

/** That a call ends by the deadline that it was given, which is long before the client's own. */
async function expectEnded(call: Promise<unknown>): Promise<void> {
  expect(await isHung(call, msMax / 2)).toBe(false);
  await expect(call).rejects.toBeInstanceOf(dbClient.DeadlineExceededError);
}

describe('an append', () => {
  test('answers where its last event stands', async () => {
    const answer = await put('sleeve-a', [proposed('a0'), proposed('a1')]);
    const last = fake.log.records.at(-1)!;
    expect(answer).toEqual({ revision: 1n, position: { commit: last.commit, prepare: last.prepare } });
  });

  test.each([
    ['sleeve-b', 'none', 'no_stream', 0n],
    ['sleeve-b', 5n, 5n, 0n],
    ['sleeve-none', 5n, 5n, 'no_stream'],
  ] as const)('to %s behind %s, where it does not stand, says both', async (stream, expected, expectedVersion, actualVersion) => {
    if (fake.log.visible('sleeve-b') === null) await put('sleeve-b');
    const refused = client.append(stream, [proposed('other')], expected, msMax, never());
    await expect(refused).rejects.toBeInstanceOf(dbClient.WrongExpectedVersionError);
    await expect(refused).rejects.toMatchObject({ streamName: stream, expectedVersion, actualVersion });
  });

  test('of an answer without a word has none; of a failure the client’s own error', async () => {
    fake.faults.appends.push({ kind: 'empty answer' }, { kind: 'status', code: status.UNAVAILABLE });
    await expect(put('sleeve-c')).rejects.toThrow(new NoAnswer('an answer without a word'));
    await expect(put('sleeve-c')).rejects.toBeInstanceOf(dbClient.UnavailableError);
  });

  test('ends by its deadline, or once nobody waits for it', async () => {
    fake.faults.appends.push({ kind: 'silent' }, { kind: 'silent' });
    await expectEnded(client.append('sleeve-d', [proposed('d')], 'none', 60, never()));
    const leaving = new AbortController();
    const left = client.append('sleeve-d', [proposed('d')], 'none', msMax, leaving.signal);
    await new Promise((resolve) => setTimeout(resolve, 20));
    leaving.abort();
    await expect(left).rejects.toThrow(/cancel/i);
  });

  test('shares a call where another is under way and it is small, and has one of its own else', async () => {
    fake.latency = { appendMs: 30, readMs: 0 };
    const sizes = [1, 65_536, 65_537];
    const before = fake.counted();
    await Promise.all(sizes.map((bytes) => put(`sleeve-size${bytes}`, [proposed(`size${bytes}`, bytes)])));
    await put('sleeve-halves', [proposed('half0', 32_768), proposed('half1', 32_769)]);
    expect({ own: fake.calls.append - before.append, shared: fake.calls.batched - before.batched }).toEqual({ own: 3, shared: 1 });
    await Promise.all([put('sleeve-e'), put('sleeve-f', [proposed('f0', 32_768), proposed('f1', 32_769)]), put('sleeve-g')]);
    expect({ own: fake.calls.append - before.append, shared: fake.calls.batched - before.batched }).toEqual({ own: 5, shared: 2 });
  });

  test('that shares a call and meets silence is asked for again alone within its time, unless nobody waits', async () => {
    fake.latency = { appendMs: 40, readMs: 0 };
    fake.faults.shared.push({ kind: 'silent' }, { kind: 'silent' });
    const first = put('sleeve-h');
    const second = client.append('sleeve-i', [proposed('i')], 'none', 400, never());
    expect(await Promise.all([first, second])).toMatchObject([{ revision: 0n }, { revision: 0n }]);
    const leaving = new AbortController();
    const third = put('sleeve-j');
    const fourth = client.append('sleeve-k', [proposed('k')], 'none', msMax, leaving.signal);
    await new Promise((resolve) => setTimeout(resolve, 10));
    leaving.abort();
    await expect(fourth).rejects.toThrow(new NoAnswer('nobody waits any more'));
    await third;
    expect(fake.log.visible('sleeve-k')).toBeNull();
  });
});

const row = (revision: bigint) => ['sleeve-read', 'ThingSeen', revision, undefined];

describe('a read', () => {
  test('of a stream has its events, none beyond its end, and null where there is no stream', async () => {
    await put(
      'sleeve-read',
      [0, 1, 2].map((index) => proposed(`read${index}`)),
    );
    const read = async (...asked: [bigint | 'end', number, 'forwards' | 'backwards']) =>
      namesOf(await client.readStreamPage('sleeve-read', ...asked, msMax));
    expect(await read(1n, 5, 'forwards')).toEqual([row(1n), row(2n)]);
    expect(await read('end', 2, 'backwards')).toEqual([row(2n), row(1n)]);
    expect(await read(9n, 5, 'forwards')).toEqual([]);
    expect(await client.readStreamPage('sleeve-nothing', 0n, 1, 'forwards', msMax)).toBeNull();
  });

  test('ends by its deadline, and fails by the client’s own error', async () => {
    fake.faults.reads.push({ kind: 'silent' }, { kind: 'status', code: status.PERMISSION_DENIED });
    await expectEnded(client.readStreamPage('sleeve-read', 0n, 1, 'forwards', 60));
    await expect(client.readAllPage(null, { types: ['ThingSeen'] }, 1, 'forwards', msMax)).rejects.toMatchObject({
      code: status.PERMISSION_DENIED,
    });
  });

  test("of a ledger among several has its own names and passes over the others'", async () => {
    await put('sleeve-desk', [proposed('desk')], desk);
    expect(fake.log.records.at(-1)).toMatchObject({ stream: 'desk.sleeve-desk', type: 'desk.ThingSeen' });
    const own = ['sleeve-desk', 'ThingSeen', 0n, undefined];
    expect(namesOf(await desk.readStreamPage('sleeve-desk', 0n, 9, 'forwards', msMax))).toEqual([own]);
    for (const filter of [{ types: ['ThingSeen'] }, { streams: '^sleeve-.+$' }])
      expect(namesOf(await desk.readAllPage(null, filter, 999, 'forwards', msMax))).toEqual([own]);
    expect(namesOf(await client.readStreamPage('sleeve-desk', 0n, 9, 'forwards', msMax))).toBeUndefined();
    expect(await client.readAllPage(null, { types: ['Nothing'] }, 9, 'backwards', msMax)).toEqual([]);
  });
});

describe('a stream', () => {
  test('is bounded once, by its own name', async () => {
    await desk.boundStream('checkpoint-a', 16, msMax);
    const [record] = fake.log.visible('$$desk.checkpoint-a')!;
    expect(JSON.parse(Buffer.from(record!.data).toString())).toEqual({ $maxCount: 16 });
    await expect(desk.boundStream('checkpoint-a', 3, msMax)).rejects.toBeInstanceOf(dbClient.WrongExpectedVersionError);
    expect(fake.log.visible('$$desk.checkpoint-a')).toHaveLength(1);
    fake.faults.appends.push({ kind: 'silent' });
    await expectEnded(client.boundStream('checkpoint-b', 3, 60));
  });
});

const request = (name: string) => creation(name, ['ThingSeen'], null);

describe('a group', () => {
  test('is made once, is looked at, and takes members', async () => {
    expect([await client.createGroup(request('g'), msMax), await client.createGroup(request('g'), msMax)]).toEqual([true, false]);
    const info = await client.groupInfo('g', msMax);
    expect([info.getGroupName(), info.getParkedMessageCount(), info.getMaxRetryCount()]).toEqual(['g', '0', 2_147_483_647]);
    const call = await client.openGroup('g', 64);
    for await (const answer of call as AsyncIterable<{ hasSubscriptionConfirmation(): boolean }>) {
      expect(answer.hasSubscriptionConfirmation()).toBe(true);
      break;
    }
    expect(fake.groups.only.members).toBe(1);
    call.cancel();
  });

  test('that is there already is no failure, however the server says so; any other is', async () => {
    fake.faults.creations.push(
      { kind: 'status', code: status.ALREADY_EXISTS },
      { kind: 'status', code: status.PERMISSION_DENIED },
      { kind: 'silent' },
    );
    expect(await client.createGroup(request('h'), msMax)).toBe(false);
    await expect(client.createGroup(request('h'), msMax)).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
    await expectEnded(client.createGroup(request('h'), 60));
    await expect(client.groupInfo('nobody', msMax)).rejects.toBeInstanceOf(dbClient.PersistentSubscriptionDoesNotExistError);
  });
});

test('a client that is shut down does nothing more', async () => {
  const brief = new LedgerClient(parseConnectionString(fake.location));
  await brief.append('sleeve-brief', [proposed('brief')], 'none', msMax, never());
  await brief.shutDown();
  const late = brief.readStreamPage('sleeve-brief', 0n, 1, 'forwards', 300);
  expect(await isHung(late, msMax / 2)).toBe(false);
  await expect(late).rejects.toThrow(Error);
});

needs('openssl').describe('over TLS', () => {
  test('each call says who asks, over which connection, and what only the leader may answer', async () => {
    const own = ownCertificate(scratch);
    const secured = await FakeEventStoreDb.start(own);
    const location = `${secured.location}?tlsCAFile=${encodeURIComponent(own.file)}&connectionName=worker-7`;
    const user = new LedgerClient(parseConnectionString(location));
    secured.latency = { appendMs: 20, readMs: 0 };
    await Promise.all([put('sleeve-a', undefined, user), put('sleeve-b', undefined, user)]);
    await user.boundStream('checkpoint-a', 3, msMax);
    expect(secured.said.get('append')).toMatchObject({ 'requires-leader': 'true' });
    await user.readStreamPage('sleeve-a', 0n, 1, 'forwards', msMax);
    await user.createGroup(request('g'), msMax);
    await user.groupInfo('g', msMax);
    const call = await user.openGroup('g', 64);
    for await (const _ of call as AsyncIterable<unknown>) break;
    call.cancel();
    // RFC 7617: user and password with a colon between them, in base64.
    const authorization = `Basic ${Buffer.from('ledger:secret').toString('base64')}`;
    const said = Object.fromEntries(
      [...secured.said].map(([name, words]) => [name, [words['authorization'], words['connection-name'], words['requires-leader']]]),
    );
    const leader = [authorization, 'worker-7', 'true'];
    expect(said).toEqual({
      append: leader,
      batchAppend: leader,
      read: [authorization, 'worker-7', undefined],
      'group create': leader,
      'group getInfo': leader,
      'group read': leader,
    });
    await user.shutDown();
    await secured.stop();
  });
});
