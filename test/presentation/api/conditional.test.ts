import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { entityTag, isHeld } from '../../../presentation/api/conditional.ts';
import { methodOf } from '../../../presentation/api/endpoint.ts';
import { fileQuestions } from '../../../presentation/api/endpoints/files.ts';
import { resources } from '../../../presentation/api/resources/all.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { type ApiReply, ServedLedger } from '../../support/served-ledger.ts';

const bench = new Workbench(scratchDirectory(), ({ profiles }) => {
  profiles['stocks'] = { expected_by: { time: '18:30', zone: 'America/New_York', calendar: 'XNYS' } };
});
const recorded = { now: '2023-01-02T12:00:00.000Z' };
let now = recorded.now;
let served: ServedLedger;
let run: string;
let operator: string;

beforeAll(async () => {
  run = await bench.produce('stocks', {}, [], recorded);
  await bench.produce('funds', {}, [], recorded);
  await bench.json(['manifest', 'apply'], recorded);
  await bench.json(['flow', 'meta', '--profile', 'pair'], recorded);
  const { result } = await bench.json(['token', 'create', '--holder', 'ada', '--role', 'auditor,operator', '--no-seal'], recorded);
  operator = result['token'] as string;
  const clock = { now: () => now };
  served = await ServedLedger.start(bench, [], { tools: (tools) => ({ ...tools, clock }) });
}, 60_000);
afterAll(() => served.stop());

/** What stands in the place of a part of a path. */
const parts = (): Readonly<Record<string, string>> => ({
  meta: 'pair',
  sleeve: 'stocks',
  run,
  before: run,
  after: run,
  event: 'ledger@0',
  symbol: 'AMEX:SPY',
  table: 'drawdowns',
  scanner: 'none',
  sha256: '0'.repeat(64),
});

/** Every question by GET, whatever it is answered. */
function everyPath(): readonly string[] {
  const declared = resources.flatMap(({ endpoints }) => endpoints.filter((endpoint) => methodOf(endpoint) === 'GET'));
  const ofProfile = ['/v1/runs/{run}/returns', '/v1/runs/{run}/weights', '/v1/runs/{run}/series/{table}', '/v1/runs/{run}/series'];
  return [...declared, ...fileQuestions].map(
    ({ path }) =>
      path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(parts()[name] ?? 'unknown')) +
      (ofProfile.includes(path) ? '?risk=hrp' : ''),
  );
}

const ask = (path: string, held?: string): Promise<ApiReply> =>
  served.ask(path, { token: operator, ...(held === undefined ? {} : { headers: { 'if-none-match': held } }) });

describe('what is held of an answer', () => {
  test('is never said to hold when the answer would be another by the clock alone, of any question', async () => {
    const first = new Map<string, ApiReply>();
    for (const path of everyPath()) first.set(path, await ask(path));
    const answered = [...first].filter(([, { headers }]) => headers.has('etag'));
    expect(answered.length).toBeGreaterThan(20);
    now = '2023-01-20T12:00:00.000Z';
    // Answers are shared for so long among those who ask the same.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const outcomes: Record<string, string> = {};
    for (const [path, { text, headers }] of answered) {
      const again = await ask(path, headers.get('etag')!);
      const whole = again.status === 304 ? await ask(path) : again;
      outcomes[path] = whole.text === text ? 'the same' : again.status === 304 ? 'wrongly held' : 'another';
      expect(again.status === 200 && whole.text === text ? `${path} is sent for nothing` : '').toBe('');
    }
    expect(Object.keys(outcomes).filter((path) => outcomes[path] === 'wrongly held')).toEqual([]);
    // What is late is later now.
    expect(Object.keys(outcomes).filter((path) => outcomes[path] === 'another')).toEqual(
      expect.arrayContaining(['/v1/status', '/v1/sleeves', '/v1/sleeves/stocks']),
    );
  }, 240_000);
});

describe('the tag of an answer', () => {
  const crypto = createNodeCrypto();

  test('is another for another position, and for other words', () => {
    const tags = [entityTag({ crypto }, '7', 'a'), entityTag({ crypto }, '8', 'a'), entityTag({ crypto }, '7', 'b')];
    expect(new Set(tags).size).toBe(3);
    // SHA-256 of nothing.
    expect(entityTag({ crypto }, null, '')).toBe('"empty.e3b0c44298fc1c14"');
  });

  test.each([
    ['"a"', true],
    ['"b", "a"', true],
    ['W/"a"', true],
    [' * ', true],
    ['"b"', false],
    ['a', false],
    ['', false],
  ])('is held by who sends %j: %j', (header, held) => {
    expect(isHeld({ headers: { 'if-none-match': header } }, '"a"')).toBe(held);
  });
});
