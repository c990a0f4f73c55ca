import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import dbClient from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { creation, groupName, groupSettings } from '../../../infra/eventstoredb/group.ts';
import { ParkedReport } from '../../../infra/eventstoredb/parked-report.ts';
import { defaultRetryPolicy } from '../../../infra/eventstoredb/retry-policy.ts';
import type { Session } from '../../../infra/eventstoredb/session.ts';

afterEach(() => void jest.restoreAllMocks());

const retriesMax = 2_147_483_647;

function setUp(answer: () => { readonly parked: number; readonly retries: number }, ended = new AbortController().signal) {
  const lines: unknown[][] = [];
  let asked = 0;
  const say =
    (level: string) =>
    (fields: object, message: string): void =>
      void lines.push([level, fields, message]);
  const session = {
    client: {
      groupInfo: async () => {
        asked++;
        const { parked, retries } = answer();
        return { getParkedMessageCount: () => String(parked), getMaxRetryCount: () => retries };
      },
    },
    retry: defaultRetryPolicy,
    log: { warn: say('warn'), error: say('error') },
  } as unknown as Session;
  const report = new ParkedReport(session, 'g', ended);
  return {
    lines,
    asked: () => asked,
    ask: async () => {
      report.ask();
      await turn();
    },
  };
}
const failing = (error: unknown) => () => {
  throw error;
};

describe('what an operator must know of a group', () => {
  const parked = 'events of this group are parked: nobody reacts to them until an operator replays them';
  const changed = 'this group was changed: it parks an event after a number of tries';
  test.each<[number, number, unknown[][]]>([
    [0, retriesMax, []],
    [1, retriesMax, [['error', { group: 'g', parked: 1 }, parked]]],
    [0, retriesMax - 1, [['error', { group: 'g', retries: retriesMax - 1 }, changed]]],
    [
      2,
      10,
      [
        ['error', { group: 'g', parked: 2 }, parked],
        ['error', { group: 'g', retries: 10 }, changed],
      ],
    ],
  ])('%s parked, %s tries', async (count, retries, expected) => {
    const { lines, ask } = setUp(() => ({ parked: count, retries }));
    await ask();
    expect(lines).toEqual(expected);
  });

  const unknown = 'whether events of this group are parked is not known';
  test('that is not known is said once a minute', async () => {
    let now = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    const { lines, ask, asked } = setUp(failing(new Error('gone')));
    for (now of [0, 59_999, 60_000]) await ask();
    expect([asked(), lines]).toEqual([3, Array.from({ length: 2 }, () => ['warn', { group: 'g', error: 'Error: gone' }, unknown])]);
  });

  test('is asked once of a server that will not tell', async () => {
    const { lines, ask, asked } = setUp(failing(Object.assign(new Error('no'), { code: status.PERMISSION_DENIED })));
    await ask();
    await ask();
    expect([asked(), lines]).toEqual([1, [['warn', { group: 'g', error: 'Error: no' }, unknown]]]);
  });

  test.each([dbClient.UnavailableError, dbClient.CancelledError])('is asked again when a server has gone away %#', async (type) => {
    const { lines, ask, asked } = setUp(failing(Object.create(type.prototype)));
    await ask();
    await ask();
    expect([asked(), lines]).toEqual([2, []]);
  });

  test('is not asked any more once the member has left', async () => {
    const { lines, ask } = setUp(failing(new Error('gone')), AbortSignal.abort());
    await ask();
    expect(lines).toEqual([]);
  });
});

describe('a group', () => {
  test('has a name of its own for each choice of types, in any order', () => {
    expect(groupName('reaction', ['B', 'A', 'B'])).toBe(groupName('reaction', ['A', 'B']));
    // printf '["A","B"]' | sha256sum
    expect(groupName('reaction', ['A', 'B'])).toMatch(/^reaction-[0-9a-f]{12}$/);
    expect(groupName('reaction', ['A'])).not.toBe(groupName('reaction', ['A', 'B']));
  });

  test('shares events out as is said of it', () => {
    expect(groupSettings).toEqual({
      unsettledMax: 64,
      messageTimeoutMs: 60_000,
      retriesMax,
      checkpointAfterMs: 1_000,
      checkpointEventsMin: 1,
      checkpointEventsMax: 1_000,
      liveBufferEvents: 500,
      historyBufferEvents: 500,
      readBatchEvents: 20,
    });
  });

  test.each([
    [null, { start: {} }],
    [{ commit: 9n, prepare: 8n }, { position: { commitPosition: '9', preparePosition: '8' } }],
  ])('begins where it is said to %#', (since, place) => {
    const said: unknown = JSON.parse(JSON.stringify(creation('g', ['A', 'B'], since).toObject()));
    expect(said).toEqual({
      options: {
        groupName: 'g',
        settings: {
          revision: '0',
          resolveLinks: false,
          extraStatistics: false,
          maxRetryCount: retriesMax,
          minCheckpointCount: 1,
          maxCheckpointCount: 1_000,
          maxSubscriberCount: 0,
          liveBufferSize: 500,
          readBatchSize: 20,
          historyBufferSize: 500,
          namedConsumerStrategy: 0,
          messageTimeoutTicks: '0',
          messageTimeoutMs: 60_000,
          checkpointAfterTicks: '0',
          checkpointAfterMs: 1_000,
          consumerStrategy: '',
        },
        all: {
          ...place,
          filter: { eventType: { regex: '', prefixList: ['A', 'B'] }, count: {}, max: 0, checkpointintervalmultiplier: 1 },
        },
      },
    });
  });
});
