import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { happeningNames } from '../../../../handlers/live/happening.ts';
import { Workbench } from '../../../support/cli.ts';
import { EventStreamReader } from '../../../support/event-stream.ts';
import { scratchDirectory } from '../../../support/scratch.ts';
import { ServedLedger, tokenOf } from '../../../support/served-ledger.ts';

const bench = new Workbench(scratchDirectory());
/** An event as the command line lists it. */
interface Recorded {
  readonly position: string;
  readonly type: string;
  readonly stream: string;
  readonly recordedAt: string;
  readonly data: Readonly<Record<string, unknown>>;
}
let served: ServedLedger;
let sender: string;
let operator: string;

beforeAll(async () => {
  for (const sleeve of ['stocks', 'funds'] as const) await bench.produce(sleeve);
  await bench.json(['manifest', 'apply']);
  await bench.json(['flow', 'meta', '--profile', 'pair']);
  sender = await tokenOf(bench, 'desk', 'sender');
  operator = await tokenOf(bench, 'olga', 'operator');
  served = await ServedLedger.start(bench);
}, 60_000);
afterAll(() => served.stop());

const stream = (query = '', headers: Record<string, string> = {}): Promise<EventStreamReader> =>
  EventStreamReader.open(`${served.url}/v1/stream${query}`, headers);

/** Halts or resumes by another process of the command line, as it were. */
const toggle = (verb: 'halt' | 'resume', why: string): Promise<unknown> => bench.json([verb, '--meta', 'pair', '--why', why, '--no-seal']);

describe('the stream of what happens', () => {
  test('tells what another process records, with its position, and no reason that somebody wrote', async () => {
    const reader = await stream();
    expect([reader.status, reader.headers.get('content-type'), reader.headers.get('cache-control')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      'no-store',
    ]);
    await toggle('halt', 'a secret reason');
    const [event] = await reader.take(1);
    const [recorded] = (await bench.json(['ledger', 'events', '--types', 'PublicationHalted'])).result['events'] as Recorded[];
    expect(event).toEqual({
      id: recorded!.position,
      event: 'publication-halted',
      data: {
        position: recorded!.position,
        type: 'PublicationHalted',
        stream: recorded!.stream,
        recordedAt: recorded!.recordedAt,
        meta: 'pair',
        number: 1,
      },
    });
    await reader.leave();
  });

  test('goes on where a reader left it, by what a browser sends or by the address, and prefers the browser', async () => {
    const before = await stream();
    await toggle('resume', 'on');
    const [seen] = await before.take(1);
    await before.leave();
    await toggle('halt', 'again');
    const again = await stream('?after=1', { 'last-event-id': before.lastEventId });
    const [missed] = await again.take(1);
    expect([seen!.event, missed!.event, missed!.data['number']]).toEqual(['publication-resumed', 'publication-halted', 2]);
    await again.leave();
    const byAddress = await stream(`?after=${seen!.id}`);
    expect(await byAddress.take(1)).toEqual([missed]);
    await byAddress.leave();
  });

  test('says where a reader begins before anything happens, so that one who connects again misses nothing', async () => {
    const reader = await stream();
    while (reader.retryMs === null) await new Promise((resolve) => setTimeout(resolve, 5));
    const head = (await bench.json(['status'])).position;
    expect(reader.lastEventId).toBe(head);
    expect(reader.retryMs).toBeGreaterThanOrEqual(2_000);
    await reader.leave();
  });

  test('tells everything from the start, the same that the ledger lists, and of that what is asked for', async () => {
    const told = Object.keys(happeningNames);
    const recorded = (await bench.json(['ledger', 'events', '--limit', '1000'])).result['events'] as Recorded[];
    const expected = recorded.filter(({ type }) => told.includes(type));
    const all = await stream('?after=start');
    expect((await all.take(expected.length)).map(({ id, data }) => [id, data['type']])).toEqual(
      expected.map(({ position, type }) => [position, type]),
    );
    await all.leave();
    const some = await stream('?after=start&types=publication-halted&types=result-accepted&sleeve=stocks&meta=pair');
    const wanted = expected.filter(
      ({ type, data }) => type === 'PublicationHalted' || (type === 'SleeveRunAccepted' && data['sleeve'] === 'stocks'),
    );
    expect((await some.take(wanted.length)).map(({ id }) => id)).toEqual(wanted.map(({ position }) => position));
    await some.leave();
  });

  test('refuses a position that the ledger has not reached, one that is none, and names that it does not know', async () => {
    const refusals = await Promise.all([
      served.ask('/v1/stream?after=999999'),
      served.ask('/v1/stream', { headers: { 'last-event-id': '999999' } }),
      served.ask('/v1/stream?after=yesterday'),
      served.ask('/v1/stream?after=12/13'),
      served.ask('/v1/stream?types=publication-halt'),
      served.ask('/v1/stream?portfolio=pair'),
    ]);
    expect(refusals.map(({ status, json }) => [status, json['title'], json['at']])).toEqual([
      [409, 'NotYetKnown', { path: 'after' }],
      [409, 'NotYetKnown', { path: 'last-event-id' }],
      [400, 'RequestInvalid', { path: 'after' }],
      [400, 'RequestInvalid', { path: 'after' }],
      [400, 'RequestInvalid', { path: 'types' }],
      [400, 'RequestInvalid', { path: 'portfolio' }],
    ]);
  });

  test('answers HEAD without a stream, and refuses who may not read', async () => {
    const head = await served.ask('/v1/stream', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type'), head.text]).toEqual([200, 'text/event-stream; charset=utf-8', '']);
    const refused = await served.ask('/v1/stream', { token: sender });
    expect([refused.status, refused.json['title']]).toEqual([403, 'NotPermitted']);
  });

  test('tells a hundred readers of what is decided over HTTP', async () => {
    const readers = await Promise.all(Array.from({ length: 100 }, () => stream('?types=publication-resumed')));
    await served.send('/v1/portfolios/pair/resume', { why: 'all clear' }, operator);
    const told = await Promise.all(readers.map(async (reader) => (await reader.take(1))[0]));
    expect(new Set(told.map((event) => JSON.stringify(event))).size).toBe(1);
    expect(told[0]!.event).toBe('publication-resumed');
    await Promise.all(readers.map((reader) => reader.leave()));
  });

  test('ends as a whole when the server stops, which does not wait for its readers', async () => {
    const own = await ServedLedger.start(bench);
    const reader = await EventStreamReader.open(`${own.url}/v1/stream`);
    const started = performance.now();
    await own.stop();
    await reader.done;
    expect(reader.failed).toBe(false);
    expect(performance.now() - started).toBeLessThan(900);
  });
});
