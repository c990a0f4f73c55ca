import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../../domain/shared/errors.ts';
import { sleeveResultType } from '../../../../handlers/messages/event-types.ts';
import type { SleeveResult } from '../../../../handlers/messages/sleeve-result.ts';
import { Workbench } from '../../../support/cli.ts';
import { openStore } from '../../../../bin/adapters.ts';
import { scratchDirectory } from '../../../support/scratch.ts';
import { type ApiReply, ServedLedger, tokenOf } from '../../../support/served-ledger.ts';
import { storeWith } from '../../../support/store-with.ts';
import { type ResultChange, sleeveResult, structuredText } from '../../../support/sleeve-results.ts';

const structured = 'application/cloudevents+json';
const batched = 'application/cloudevents-batch+json';

const bench = new Workbench(scratchDirectory());
let served: ServedLedger;
let sender: string;
/** Set by a test: the store refuses every append with it. */
let away: LedgerError | null = null;

beforeAll(async () => {
  await bench.json(['manifest', 'apply']);
  sender = await tokenOf(bench, 'desk', 'sender');
  served = await ServedLedger.start(bench, ['--anybody-reads'], {
    openStore: async (...given) => {
      const opened = await openStore(...given);
      const append: typeof opened.store.append = async (...what) => {
        if (away !== null) throw away;
        return opened.store.append(...what);
      };
      return { ...opened, store: storeWith(opened.store, { append }) };
    },
  });
}, 30_000);
afterAll(() => served.stop());
beforeEach(() => {
  away = null;
});

function post(
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = { 'content-type': structured },
  token = sender,
): Promise<ApiReply> {
  return served.ask('/v1/sleeve-results', { method: 'POST', body, headers, token });
}

function binaryHeaders(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-type': sleeveResultType,
    'ce-source': '/desk',
    'ce-id': '1',
    ...more,
  };
}

/** A result of one of the sleeves of the manifest; another one for every seed. */
const result = (sleeve: string, change: ResultChange = {}): SleeveResult => sleeveResult({ sleeve, ...change });

async function acceptedRuns(sleeve: string): Promise<{ readonly runId: string; readonly actor: string }[]> {
  const { result: found } = await bench.json(['ledger', 'events', '--stream', `sleeve-${sleeve}`, '--types', 'SleeveRunAccepted']);
  return (found['events'] as { actor: string; data: { runId: string } }[]).map(({ actor, data }) => ({ runId: data.runId, actor }));
}

describe('a result posted as a CloudEvent', () => {
  test('is recorded under the name of its sender before it is answered, and is the same in every mode', async () => {
    const first = await post(structuredText(result('coins')));
    expect(first).toMatchObject({
      status: 200,
      json: { outcome: 'accepted', sleeve: 'coins', letterId: null, code: null, portfolios: null },
    });
    const { runId } = first.json;
    expect(await acceptedRuns('coins')).toEqual([{ runId, actor: 'desk' }]);
    const again = await post(JSON.stringify(result('coins')), binaryHeaders());
    expect(again).toMatchObject({ status: 200, json: { outcome: 'already', runId } });
    const thrice = await post(`[${structuredText(result('coins'))}]`, { 'content-type': batched });
    expect(thrice).toMatchObject({ status: 200, json: { results: [{ outcome: 'already', runId, reason: null }] } });
    expect(await acceptedRuns('coins')).toHaveLength(1);
  });

  test('is one of the sleeve that its partition key or subject names, percent-encoded in a header', async () => {
    const body = JSON.stringify(result('funds', { seed: 2 }));
    const wrong = await post(body, binaryHeaders({ 'ce-partitionkey': 'stocks' }));
    expect(wrong).toMatchObject({
      status: 422,
      json: { sleeve: 'stocks', code: 'MessageInvalid', detail: 'sleeve: the key is stocks, the result is of funds' },
    });
    expect((await bench.json(['dlq', 'discard', wrong.json['letterId'], '--why', 'a test'])).exit).toBe(0);
    expect(await post(body, binaryHeaders({ 'ce-subject': '%66unds' }))).toMatchObject({
      status: 200,
      json: { outcome: 'accepted', sleeve: 'funds' },
    });
  });

  test('becomes a dead letter that holds later results of its sleeve when it is wrong, and says which and why', async () => {
    const poison = structuredText({ ...result('stocks'), asOf: 'yesterday' });
    const refused = await post(poison);
    expect(refused.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(refused).toMatchObject({
      status: 422,
      json: {
        type: 'urn:sleeve-ledger:error:MessageInvalid',
        status: 422,
        outcome: 'rejected',
        sleeve: 'stocks',
        runId: null,
        at: { path: 'asOf' },
      },
    });
    const { letterId } = refused.json;
    const listed = (await bench.json(['dlq', 'list', '--sleeve', 'stocks'])).result['letters'];
    expect(listed).toMatchObject([{ letterId, topic: 'http', partition: 0, code: 'MessageInvalid' }]);
    expect(await post(poison)).toMatchObject({ status: 422, json: { outcome: 'already', letterId } });
    expect(await post(structuredText(result('stocks', { seed: 3 })))).toMatchObject({
      status: 200,
      json: { outcome: 'held', runId: null, letterId: null },
    });
    expect(await acceptedRuns('stocks')).toEqual([]);
    expect((await bench.json(['dlq', 'discard', letterId, '--why', 'a test'])).result).toMatchObject({ released: 1, waiting: 0 });
    expect(await acceptedRuns('stocks')).toHaveLength(1);
  });

  test('is a letter of no sleeve when nothing of it can be read', async () => {
    expect(await post('{')).toMatchObject({ status: 422, json: { sleeve: null, code: 'MessageInvalid', letterId: expect.any(String) } });
    const { letters } = (await bench.json(['dlq', 'list'])).result as { letters: { topic: string; offset: string; sleeve: null }[] };
    expect(letters).toMatchObject([{ topic: 'http', sleeve: null }]);
  });

  test('is refused without a letter when it is no CloudEvent, too large, or sent by somebody who may not', async () => {
    const before = await bench.events();
    expect(await post('{}', { 'content-type': 'application/json' })).toMatchObject({ status: 400, json: { at: { path: 'content-type' } } });
    expect(await post('{}', { 'content-type': batched })).toMatchObject({
      status: 400,
      json: { detail: 'a batch is a list of CloudEvents' },
    });
    expect(await post(`[${'{},'.repeat(500)}{}]`, { 'content-type': batched })).toMatchObject({
      status: 413,
      json: { title: 'LimitExceeded' },
    });
    expect(await post(structuredText(result('coins')), { 'content-type': structured }, `slt_${'A'.repeat(43)}`)).toMatchObject({
      status: 401,
    });
    const viewer = await tokenOf(bench, 'vera', 'viewer');
    expect(await post(structuredText(result('coins')), { 'content-type': structured }, viewer)).toMatchObject({ status: 403 });
    expect((await bench.events()).length).toBe(before.length + 1);
  });

  test('is answered with 503 and when to come again while the store is away, and taken in when it comes again', async () => {
    away = new LedgerError('StoreUnavailable', 'the store does not answer');
    const text = structuredText(result('coins', { asOf: '2024-04-01', seed: 4, rows: 92 }));
    const refused = await post(text);
    expect([refused.status, refused.json['title'], refused.headers.get('retry-after')]).toEqual([503, 'StoreUnavailable', '5']);
    away = null;
    expect(await post(text)).toMatchObject({ status: 200, json: { outcome: 'accepted' } });
  });
});

describe('a batch of results', () => {
  test('keeps the order of a sleeve, is taken whole although one of it is wrong, and tells of each', async () => {
    const days = ['2024-04-02', '2024-04-03', '2024-04-04'];
    const events = [
      ...days.map((asOf, index) => structuredText(result('coins', { asOf, seed: 10 + index, rows: 93 + index }))),
      structuredText({ ...result('funds'), asOf: '2124-01-01' }),
    ];
    const answer = await post(`[${events.join(',')}]`, { 'content-type': batched });
    expect(answer).toMatchObject({
      status: 422,
      json: {
        title: 'MessageInvalid',
        results: [...days.map(() => ({ outcome: 'accepted', code: null })), { outcome: 'rejected', sleeve: 'funds', path: 'asOf' }],
      },
    });
    const runs = (answer.json['results'] as { runId: string | null }[]).map(({ runId }) => runId);
    expect((await acceptedRuns('coins')).slice(-3).map(({ runId }) => runId)).toEqual(runs.slice(0, 3));
  });
});
