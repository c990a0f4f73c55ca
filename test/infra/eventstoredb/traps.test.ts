/**
 * The eleven traps of `@eventstore/db-client` 6.2.1. Each test first walks the obvious way, with the client as its manual shows it,
 * and shows how that fails; then our adapter on the same server in the same mood.
 *
 *  1 appends without credentials share one stream without deadline: one error rejects another's append, silence holds all forever
 *  2 data that JSON refuses leaves an append that never settles, and a rejection nobody hears
 *  3 throwOnAppendFailure=false makes a refused append look done
 *  4 checkpointReached is called before the events ahead of it are handled: a crash then loses them
 *  5 an append that failed may be done: decided again with ANY it is there twice
 *  6 a subscription that ends is over, without an error
 *  7 reads ignore deadlines and have no end but the stream's; a missing stream throws while iterating
 *  8 an event behind a link may be gone: reading its position fails
 *  9 the client's own parser puts the password into its errors and takes tls=false for any host
 * 10 jsonEvent writes the JSON again, integer-like keys first: other bytes, another hash
 * 11 a duplicate may be dropped without an answer: only a deadline tells
 */
import { execFile } from 'node:child_process';
import { inspect, promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import dbClient, { type AllStreamResolvedEvent, type EventStoreDBClient, type Position } from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { canonicalJson } from '../../../domain/shared/canonical-json.ts';
import { parseConnectionString } from '../../../infra/eventstoredb/connection-string.ts';
import { projectRoot } from '../../support/cli.ts';
import { everything, forwards, ids, take } from '../../contract/event-store-bench.ts';
import { type FakeSubject, fakeSubject, quick } from '../../support/fake-eventstoredb/subject.ts';
import { isHung, refuseUnheardRejections } from '../../support/fake-eventstoredb/watch.ts';
import { sampleEvents } from '../../support/sample-events.ts';

const stream = 'sleeveRun-a';
const credentials = { username: 'nobody', password: '' };
const long = 600;
refuseUnheardRejections();

let subject: FakeSubject;
let naive: EventStoreDBClient;
beforeEach(async () => {
  subject = await fakeSubject(quick);
  naive = dbClient.EventStoreDBClient.connectionString(subject.fake.location);
});
afterEach(async () => {
  await subject.dispose();
});

function prepareOf(position: Position | null): bigint {
  return position!.prepare;
}

async function readNaively(name: string): Promise<number> {
  let count = 0;
  for await (const _ of naive.readStream(name, { deadline: 50 })) count++;
  return count;
}

async function firstPositionNaively(): Promise<Position> {
  for await (const resolved of naive.subscribeToAll({
    filter: dbClient.streamNameFilter({ prefixes: ['sleeveRun-'] }),
  }) as AsyncIterable<AllStreamResolvedEvent>)
    return resolved.event!.position;
  throw new Error('nothing came');
}

function codeOf(attempt: () => unknown): unknown {
  try {
    return attempt();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

const binary = (name: string): ReturnType<typeof dbClient.binaryEvent> =>
  dbClient.binaryEvent({ type: 'SampleRecorded', data: Buffer.from(name) });
const append = (count: number): ReturnType<FakeSubject['store']['append']> =>
  subject.store.append(stream, sampleEvents({ stream, count }), { expectedRevision: 'none' });

describe('trap 1, the shared batch stream', () => {
  test('naive: a silent server holds an append beyond its deadline', async () => {
    subject.fake.faults.everyAppend = { kind: 'silent' };
    expect(await isHung(naive.appendToStream(stream, binary('x'), { expectedRevision: 'no_stream', deadline: 50 }), long)).toBe(true);
  });

  test('naive: the error of one append rejects the append of another', async () => {
    subject.fake.faults.appends.push({ kind: 'silent' }, { kind: 'status', code: status.UNAVAILABLE });
    const bystander = naive.appendToStream('sleeveRun-b', binary('x'), { expectedRevision: 'no_stream' });
    bystander.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(naive.appendToStream(stream, binary('y'), { expectedRevision: 'no_stream' })).rejects.toThrow();
    await expect(bystander).rejects.toThrow();
  });

  test('ours: each append is a call of its own, with a deadline', async () => {
    subject.fake.faults.appends.push({ kind: 'silent' });
    expect(await append(1)).toMatchObject({ already: false });
    expect(subject.fake.calls).toMatchObject({ batchAppend: 0, features: 0, append: 2 });
  });
});

describe('trap 2, data that JSON refuses', () => {
  // In a process of its own: a rejection that nobody hears fails whatever test is running.
  test('naive: the append never settles, and a rejection goes unheard', async () => {
    const script = `
      const { EventStoreDBClient, jsonEvent } = require('@eventstore/db-client');
      process.on('unhandledRejection', (reason) => console.log('unheard: ' + reason));
      const client = EventStoreDBClient.connectionString(process.argv[1]);
      const event = jsonEvent({ type: 'SampleRecorded', data: { number: 1n } });
      const options = { expectedRevision: 'no_stream', deadline: 100 };
      client.appendToStream('sleeveRun-a', event, options).then(() => console.log('settled'), () => console.log('settled'));
      setTimeout(() => process.exit(0), 700);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, subject.fake.location], { cwd: projectRoot });
    expect(stdout).toBe('unheard: TypeError: Do not know how to serialize a BigInt\n');
  });

  test('ours: refused before anything is sent', () => {
    expect(codeOf(() => canonicalJson({ number: 1n }))).toBe('NotPlainJson');
    expect(subject.fake.calls.append).toBe(0);
  });
});

describe('trap 3, throwOnAppendFailure', () => {
  test("naive: a refused append resolves, and its next expected revision is the stream's, not the batch's", async () => {
    const forgiving = dbClient.EventStoreDBClient.connectionString(`${subject.fake.location}&throwOnAppendFailure=false`);
    await append(3);
    const answer = await forgiving.appendToStream(stream, binary('x'), { expectedRevision: 0n, credentials });
    expect(answer.nextExpectedRevision).toBe(2n);
    expect(subject.fake.log.visible(stream)).toHaveLength(3);
    await forgiving.dispose();
  });

  test('ours: rejected with both numbers, and the option is refused', async () => {
    await append(3);
    await expect(
      subject.store.append(stream, sampleEvents({ stream, count: 1, commandId: 'x' }), { expectedRevision: 0n }),
    ).rejects.toMatchObject({
      code: 'WrongExpectedRevision',
      evidence: { expected: '0', actual: '2' },
    });
    expect(codeOf(() => parseConnectionString(`${subject.fake.location}&throwOnAppendFailure=false`))).toBe('ConfigInvalid');
  });
});

describe('trap 4, checkpoints before their events', () => {
  test('naive: what is stored in checkpointReached lies beyond what was handled', async () => {
    await append(40);
    let checkpoint: Position | null = null;
    const checkpointReached = async (_: unknown, position: Position): Promise<void> => void (checkpoint = position);
    const filter = dbClient.streamNameFilter({ prefixes: ['sleeveRun-'], maxSearchWindow: 1, checkpointInterval: 1, checkpointReached });
    let handled: Position | null = null;
    for await (const { event } of naive.subscribeToAll({ filter }) as AsyncIterable<AllStreamResolvedEvent>) {
      handled = event!.position;
      await new Promise((resolve) => setTimeout(resolve, 20));
      break;
    }
    expect(prepareOf(checkpoint)).toBeGreaterThan(prepareOf(handled));
  });

  test('ours: a checkpoint stands behind its events, and one that overtakes them is not believed', async () => {
    await append(40);
    subject.fake.faults.subscriptions = { checkpointFirst: true, dropEvery: 3 };
    const seen = await take(subject.store.subscribeAll({ after: null, types: null, signal: new AbortController().signal }), 40);
    expect(ids(seen)).toEqual(ids(await subject.store.readAll(everything)));
  });
});

describe('trap 5, unknown outcomes', () => {
  test('naive: decided again and appended with ANY, it is there twice', async () => {
    subject.fake.faults.appends.push({ kind: 'status', code: status.UNAVAILABLE, after: 'commit' });
    await expect(naive.appendToStream(stream, binary('x'), { expectedRevision: 'any', credentials })).rejects.toThrow();
    await naive.appendToStream(stream, binary('x'), { expectedRevision: 'any', credentials });
    expect(subject.fake.log.visible(stream)).toHaveLength(2);
  });

  test('ours: the same ids, the same expected revision, never ANY: there once', async () => {
    subject.fake.faults.appends.push(
      { kind: 'status', code: status.UNAVAILABLE, after: 'commit' },
      { kind: 'status', code: status.DEADLINE_EXCEEDED },
      { kind: 'status', code: status.CANCELLED },
    );
    expect(await append(1)).toMatchObject({ already: false });
    expect(subject.fake.expected).toEqual(['no_stream', 'no_stream', 'no_stream', 'no_stream']);
    expect(subject.fake.log.visible(stream)).toHaveLength(1);
  });
});

describe('trap 6, subscriptions that end', () => {
  test('naive: the loop is over after the first end, and nothing says so', async () => {
    await append(9);
    subject.fake.faults.subscriptions = { dropEvery: 4, dropBy: 'end' };
    let seen = 0;
    for await (const _ of naive.subscribeToAll({ filter: dbClient.streamNameFilter({ prefixes: ['sleeveRun-'] }) })) seen++;
    expect(seen).toBe(4);
  });

  test.each(['end', 'status', 'silence'] as const)('ours: %s is a reason to go on from there', async (dropBy) => {
    await append(9);
    subject.fake.faults.subscriptions = { dropEvery: 4, dropBy };
    const seen = await take(subject.store.subscribeAll({ after: null, types: null, signal: new AbortController().signal }), 9);
    expect(seen.map(({ revision }) => Number(revision))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('trap 7, reads', () => {
  test('naive: a missing stream throws while iterating; a silent server is waited for whatever the deadline', async () => {
    await expect(readNaively('sleeveRun-none')).rejects.toMatchObject({ type: 'stream-not-found' });
    subject.fake.faults.everyRead = { kind: 'silent' };
    expect(await isHung(readNaively(stream), long)).toBe(true);
  });

  test('ours: an empty list; asked again after the deadline; never without a count', async () => {
    expect(await subject.store.readStream('sleeveRun-none', forwards)).toEqual([]);
    subject.fake.faults.reads.push({ kind: 'silent' });
    expect(await subject.store.readStream('sleeveRun-none', forwards)).toEqual([]);
    await expect(subject.store.readAll({ ...everything, maxCount: Number.MAX_SAFE_INTEGER })).rejects.toMatchObject({
      code: 'LimitExceeded',
    });
  });
});

describe('trap 8, links whose event is gone', () => {
  test('naive: taking the position of the event fails', async () => {
    await append(1);
    subject.fake.faults.subscriptions = { unresolvedLinks: true };
    await expect(firstPositionNaively()).rejects.toThrow(TypeError);
  });

  test('ours: the link is passed over', async () => {
    await append(3);
    subject.fake.faults.subscriptions = { unresolvedLinks: true };
    const seen = await take(subject.store.subscribeAll({ after: null, types: null, signal: new AbortController().signal }), 3);
    expect(seen.map(({ revision }) => revision)).toEqual([0n, 1n, 2n]);
  });
});

describe('trap 9, connection strings', () => {
  const secret = 'hunter-2-correct-horse';

  test('naive: tls=false is taken for any host, and a slip in the string puts the password into the error', () => {
    expect(() => dbClient.EventStoreDBClient.connectionString(`esdb://admin:${secret}@ledger.example.com:2113?tls=false`)).not.toThrow();
    let shown = '';
    try {
      dbClient.EventStoreDBClient.connectionString(`esdb://admin:${secret}@ledger.example.com:2113?tls=perhaps`);
    } catch (error) {
      shown = inspect(error);
    }
    expect(shown).toContain(secret);
  });

  test.each([
    `esdb://admin:${secret}@ledger.example.com:2113?tls=false`,
    `esdb://admin:${secret}@127.0.0.1,10.0.0.5?tls=false`,
    `esdb+discover://admin:${secret}@localhost?tls=false`,
    `esdb://admin:${secret}@localhost.example.com?tls=false`,
    `esdb://admin:${secret}@127.0.0.1.example.com?tls=false`,
    `esdb://admin:${secret}@ledger.example.com?tls=perhaps`,
    `esdb://admin:${secret}@ledger.example.com?tlsVerifyCert=false`,
    `esdb://admin:${secret}@ledger.example.com?throwOnAppendFailure=false`,
    `esdb://admin:${secret}@ledger.example.com:99999`,
    `esdb://admin:${secret}@@ledger.example.com`,
    `esdb://admin:%zz${secret}@ledger.example.com`,
    'esdb://ledger.example.com',
    `esdb://${secret}`,
    'esdb://',
  ])('ours: %s is refused without a word of it', (location) => {
    let refusal: unknown;
    try {
      parseConnectionString(location);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: 'ConfigInvalid' });
    expect(inspect(refusal, { depth: 9, showHidden: true })).not.toContain(secret);
  });

  test('ours: TLS unless it is turned off, percent-encoding undone, and the password in no inspection', () => {
    const settings = parseConnectionString(`esdb://ad%40min:p%3A${secret}@one:1113,two`);
    expect(settings).toMatchObject({
      tls: true,
      discover: false,
      endpoints: [
        { address: 'one', port: 1113 },
        { address: 'two', port: 2113 },
      ],
      shown: 'one:1113,two:2113',
    });
    expect(settings.credentials).toMatchObject({ username: 'ad@min' });
    expect(settings.credentials.password).toBe(`p:${secret}`);
    expect(inspect(settings, { depth: 9 }) + JSON.stringify(settings)).not.toContain(secret);
    expect(parseConnectionString('esdb://[::1]:2113?tls=false')).toMatchObject({ tls: false });
  });
});

describe('trap 10, JSON written again', () => {
  const data = { note: 'x', '9': 1, '10': 2 };

  test('naive: the stored bytes are not the canonical ones', async () => {
    await naive.appendToStream(
      stream,
      dbClient.jsonEvent({ type: 'SampleRecorded', data: JSON.parse(canonicalJson(data)) as typeof data }),
      { expectedRevision: 'no_stream', credentials },
    );
    expect(Buffer.from(subject.fake.log.records[0]!.data).toString('utf8')).not.toBe(canonicalJson(data));
  });

  test('ours: byte for byte, as binary', async () => {
    const batch = sampleEvents({ stream, count: 1, data: () => data });
    await subject.store.append(stream, batch, { expectedRevision: 'none' });
    const [record] = subject.fake.log.records;
    expect(Buffer.from(record!.data).equals(batch[0]!.bytes)).toBe(true);
    expect(Buffer.from(record!.data).toString('utf8')).toContain('"data":{"10":2,"9":1,"note":"x"}');
    expect(record!.contentType).toBe('application/octet-stream');
  });
});

describe('trap 11, duplicates dropped in silence', () => {
  test('naive: the second append of the same event is never answered', async () => {
    const event = binary('x');
    await naive.appendToStream(stream, event, { expectedRevision: 'no_stream' });
    subject.fake.faults.appends.push({ kind: 'silent' });
    expect(await isHung(naive.appendToStream(stream, event, { expectedRevision: 'no_stream', deadline: 50 }), long)).toBe(true);
  });

  test('ours: the deadline asks again, and once it is replicated the answer is the stored event', async () => {
    const [first] = (await append(1)).events;
    subject.fake.faults.appends.push({ kind: 'silent' }, { kind: 'silent' });
    const again = await append(1);
    expect(again).toMatchObject({ already: true });
    expect(again.events).toEqual([first]);
    expect(subject.fake.log.visible(stream)).toHaveLength(1);
  });
});
