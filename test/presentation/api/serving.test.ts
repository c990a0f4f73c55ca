import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { environmentNames } from '../../../handlers/runtime/settings.ts';
import { workersResult } from '../../../presentation/api/answers/operations.ts';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { ServedLedger, tokenOf } from '../../support/served-ledger.ts';

const bench = new Workbench(scratchDirectory());
/** Stands for a worker that is behind. */
const worker = createServer((_request, response) => {
  response.writeHead(503).end(JSON.stringify({ ready: false, checks: [{ name: 'intake', ok: false, detail: '20000 messages behind' }] }));
});
let workerUrl: string;
let served: ServedLedger;
let operator: string;
let sender: string;

beforeAll(async () => {
  for (const sleeve of ['stocks', 'funds'] as const) await bench.produce(sleeve);
  await bench.json(['manifest', 'apply']);
  await bench.json(['flow', 'meta', '--profile', 'pair']);
  operator = await tokenOf(bench, 'olga', 'operator');
  sender = await tokenOf(bench, 'desk', 'sender');
  await new Promise<void>((resolve) => worker.listen(0, '127.0.0.1', resolve));
  workerUrl = `http://127.0.0.1:${(worker.address() as AddressInfo).port}`;
  served = await ServedLedger.start(bench, undefined, { environment: { [environmentNames.workerUrls]: workerUrl } });
}, 30_000);
afterAll(async () => {
  worker.close();
  worker.closeAllConnections();
  await served.stop();
});

describe('the API', () => {
  test('answers what the command line answers with --json', async () => {
    const { exit, ...said } = await bench.json(['weights', '--meta', 'pair']);
    const answer = await served.ask('/v1/portfolios/pair/weights');
    expect(exit).toBe(0);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual(said);
  });

  test('says how workers stand as they say it themselves, each time anew', async () => {
    const answer = await served.ask('/v1/workers');
    expect([answer.status, answer.headers.get('etag'), answer.json['position']]).toEqual([200, null, null]);
    const told = {
      url: workerUrl,
      state: 'not ready',
      why: null,
      checks: [{ name: 'intake', ok: false, detail: '20000 messages behind' }],
    };
    expect(workersResult.parse(answer.json['result'])).toEqual({ workers: [told] });
    const { result } = await bench.json(['workers', '--worker-urls', workerUrl]);
    expect(result).toEqual({ workers: [told] });
    expect((await bench.json(['workers'])).result).toEqual({ workers: [] });
  });

  test('answers 304 to who holds the answer, and again when something was recorded', async () => {
    const first = await served.ask('/v1/runs');
    const etag = first.headers.get('etag')!;
    const digest = createHash('sha256').update(first.text).digest('hex').slice(0, 16);
    expect(etag).toBe(`"${first.json['position']}.${digest}"`);
    const second = await served.ask('/v1/runs', { headers: { 'if-none-match': etag } });
    expect([second.status, second.text, second.headers.get('etag')]).toEqual([304, '', etag]);
    await bench.json(['flow', 'meta', '--profile', 'pair', '--restate', '--why', 'to see it']);
    const third = await served.ask('/v1/runs', { headers: { 'if-none-match': etag } });
    expect(third.status).toBe(200);
    expect(third.json['result'].runs).toHaveLength(first.json['result'].runs.length + 1);
  });

  test('answers the last page of events again when an event follows it, which has a next page then', async () => {
    const { events } = (await served.ask('/v1/events?limit=1000')).json['result'] as { events: { position: string }[] };
    const page = `/v1/events?limit=1&after=${events.at(-2)!.position}`;
    const last = await served.ask(page);
    expect(last.json['result'].next).toBeNull();
    await bench.json(['flow', 'meta', '--profile', 'pair', '--restate', '--why', 'to go on']);
    const again = await served.ask(page, { headers: { 'if-none-match': last.headers.get('etag')! } });
    expect([again.status, again.json['result']?.next]).toEqual([200, events.at(-1)!.position]);
  });

  test('verifies again for whoever asks: that nothing was recorded does not say that nothing was changed', async () => {
    const verified = await served.ask('/v1/ledger/verification', { token: operator });
    expect([verified.status, verified.json['position'], verified.headers.get('etag')]).toEqual([200, null, null]);
    const again = await served.ask('/v1/ledger/verification', { token: operator, headers: { 'if-none-match': '*' } });
    expect([again.status, again.json['result'].faults]).toEqual([200, []]);
  });

  test('records a decision under the name of whoever is authenticated', async () => {
    const answer = await served.send('/v1/portfolios/pair/halt', { why: 'the vendor is out' }, operator);
    expect([answer.status, answer.json['result']]).toEqual([
      200,
      { meta: 'pair', state: 'halted', already: false, why: 'the vendor is out' },
    ]);
    const halted = (await bench.json(['ledger', 'events', '--types', 'PublicationHalted'])).result['events'] as { actor: string }[];
    expect(halted.map(({ actor }) => actor)).toEqual(['olga']);
  });

  test('refuses who shows nothing, a token that is none, and one without the role, as problem details', async () => {
    const withoutToken = await served.send('/v1/portfolios/pair/resume', { why: 'x' });
    expect([withoutToken.status, withoutToken.json['title']]).toEqual([403, 'NotPermitted']);
    const strange = await served.ask('/v1/status', { token: `slt_${'A'.repeat(43)}` });
    expect([strange.status, strange.json['title'], strange.headers.get('www-authenticate')]).toEqual([401, 'NotAuthenticated', 'Bearer']);
    const other = await served.send('/v1/portfolios/pair/resume', { why: 'x' }, sender);
    expect([other.status, other.json['detail']]).toEqual([403, 'desk may not do this: it takes the role operator']);
    expect(other.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  });

  test('names a parameter that is wrong or that it does not know', async () => {
    const unknown = await served.ask('/v1/runs?kin=meta');
    expect([unknown.status, unknown.json['at'], unknown.json['detail']]).toEqual([
      400,
      { path: 'kin' },
      'there is no parameter kin: did you mean kind?',
    ]);
    const wrong = await served.ask('/v1/runs?as-of=yesterday');
    expect([wrong.status, wrong.json['at']]).toEqual([400, { path: 'as-of' }]);
  });

  test('refuses a file as of a time that cannot be before it sends a byte of it', async () => {
    const auditor = await tokenOf(bench, 'axel', 'auditor');
    const ofAnotherStore = await served.ask('/v1/audit?known-at=1%2F2', { token: auditor });
    expect([ofAnotherStore.status, ofAnotherStore.json['title']]).toEqual([400, 'Usage']);
    const ahead = await served.ask('/v1/audit?known-at=9999999', { token: auditor });
    expect([ahead.status, ahead.json['title']]).toEqual([409, 'NotYetKnown']);
  });

  test('answers 404 and 405 with the registry, and says what is offered', async () => {
    const nowhere = await served.ask('/v1/nowhere');
    expect([nowhere.status, nowhere.json['title']]).toEqual([404, 'RouteUnknown']);
    const method = await served.ask('/v1/status', { method: 'DELETE' });
    expect([method.status, method.json['title'], method.headers.get('allow')]).toEqual([405, 'MethodNotAllowed', 'GET']);
  });
});
