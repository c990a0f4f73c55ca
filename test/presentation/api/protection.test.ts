import { describe, expect, test } from '@jest/globals';
import { offeredEndpoints } from '../../../presentation/api/api.ts';
import type { Identity } from '../../../presentation/api/identity.ts';
import { Protection, type Turn } from '../../../presentation/api/protection.ts';
import { unserved } from '../../../presentation/api/unserved.ts';
import type { ApiAnswer, ApiRequest } from '../../../presentation/ports/ports.ts';

const ada: Identity = { name: 'ada', roles: ['auditor'], by: 'token' };
const sha256Hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const plain: ApiAnswer = { status: 200, headers: {}, body: 'whole' };

function requestOf(signal: AbortSignal = new AbortController().signal): ApiRequest {
  return {
    method: 'GET',
    target: '/',
    pathParameters: {},
    query: new URLSearchParams(),
    headers: {},
    body: new Uint8Array(),
    origin: 'http://127.0.0.1:8470',
    peer: '127.0.0.1',
    signal,
  };
}

async function* twoParts(): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(1);
  yield Uint8Array.of(2);
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Somebody's downloads, each in two parts. */
class Downloads {
  readonly protection = new Protection(sha256Hex);
  readonly begun: string[] = [];

  ask(name: string, signal?: AbortSignal): Promise<ApiAnswer> {
    return this.protection.inTurn(ada, requestOf(signal), 'reading', async () => {
      this.begun.push(name);
      return { ...plain, body: twoParts() };
    });
  }
}

async function read({ body }: ApiAnswer): Promise<number[]> {
  const bytes: number[] = [];
  for await (const part of body as AsyncIterable<Uint8Array>) bytes.push(...part);
  return bytes;
}

describe('an answer in parts', () => {
  test('has its turn until its last part is taken: the next of the same name begins then', async () => {
    const downloads = new Downloads();
    const first = await downloads.ask('first');
    const second = downloads.ask('second');
    await settled();
    expect(downloads.begun).toEqual(['first']);
    expect(await read(first)).toEqual([1, 2]);
    expect(await read(await second)).toEqual([1, 2]);
    expect(downloads.begun).toEqual(['first', 'second']);
  });

  test.each(['before a part was taken', 'after the first part'])('makes room when whoever asked leaves %s', async (when) => {
    const downloads = new Downloads();
    const leaving = new AbortController();
    const { body } = await downloads.ask('first', leaving.signal);
    if (when.startsWith('after'))
      for await (const part of body as AsyncIterable<Uint8Array>) {
        expect(part).toEqual(Uint8Array.of(1));
        break;
      }
    else leaving.abort();
    expect(await read(await downloads.ask('second'))).toEqual([1, 2]);
  });

  test('that is taken slowly keeps nobody from computing', async () => {
    const downloads = new Downloads();
    await downloads.ask('first');
    expect(await downloads.protection.inTurn(ada, requestOf(), 'computing', async () => plain)).toEqual(plain);
  });
});

/** Notes what waits for a turn, and answers it at once. */
class NotingTurns extends Protection {
  readonly turns: Turn[] = [];

  override async inTurn(...[, , turn]: Parameters<Protection['inTurn']>): Promise<ApiAnswer> {
    this.turns.push(turn);
    return plain;
  }
}

/** Where nothing is served, whatever is not in turn is refused. */
async function turnsOf(at: number): Promise<readonly Turn[]> {
  const protection = new NotingTurns(sha256Hex);
  const service = Object.create(unserved, {
    identify: { value: async (): Promise<Identity> => ({ ...ada, roles: ['auditor', 'operator', 'approver', 'sender'] }) },
    protection: { value: protection },
  }) as typeof unserved;
  const { endpoint } = offeredEndpoints(service)[at]!;
  await endpoint.answer(requestOf()).catch(() => undefined);
  return protection.turns;
}

test('whatever computes for long or reads much of the ledger waits for its turn, and nothing else does', async () => {
  const offered = offeredEndpoints(unserved).map(({ endpoint: { method, path } }) => `${method} ${path}`);
  const inTurn: string[] = [];
  for (const [at, name] of offered.entries()) for (const turn of await turnsOf(at)) inTurn.push(`${name}: ${turn}`);
  expect(inTurn.toSorted()).toEqual([
    'GET /v1/audit: reading',
    'GET /v1/ledger/verification: computing',
    'GET /v1/runs/{run}/audit: reading',
    'GET /v1/runs/{run}/bundle: reading',
    'GET /v1/runs/{run}/robustness: computing',
    'POST /v1/runs/{run}/counterfactual: computing',
    'POST /v1/runs/{run}/recomputation: computing',
  ]);
});
