import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { ServedLedger } from '../../support/served-ledger.ts';

const bench = new Workbench(scratchDirectory());
let served: ServedLedger;
let head: string;

beforeAll(async () => {
  await bench.produce('stocks');
  head = (await bench.json(['runs'])).position!;
  served = await ServedLedger.start(bench);
}, 60_000);
afterAll(() => served.stop());

describe('a question with at-least', () => {
  test('is answered where the ledger has come so far, as without it', async () => {
    const plain = await served.ask('/v1/runs?kind=sleeve');
    const asked = await served.ask(`/v1/runs?at-least=${head}&kind=sleeve`);
    expect([asked.status, asked.json, asked.headers.get('etag')]).toEqual([200, plain.json, plain.headers.get('etag')]);
    expect(asked.headers.has('preference-applied')).toBe(false);
    const held = await served.ask(`/v1/runs?at-least=${head}&kind=sleeve`, {
      headers: { 'if-none-match': plain.headers.get('etag')!, prefer: 'wait=5' },
    });
    expect([held.status, held.headers.get('preference-applied')]).toEqual([304, 'wait=5']);
  });

  test('waits as long as is preferred, and answers as soon as it can', async () => {
    const waiting = served.ask(`/v1/status?at-least=${Number(head) + 1}`, { headers: { prefer: 'respond-async, wait=20' } });
    const started = performance.now();
    await bench.json(['sleeve', 'quarantine', 'stocks', '--why', 'a test', '--no-seal']);
    const answer = await waiting;
    expect([answer.status, Number(answer.json['position']) > Number(head)]).toEqual([200, true]);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test.each([
    ['no preference', {}],
    ['a preference that is not understood', { prefer: 'wait=soon' }],
    ['no time to wait', { prefer: 'wait=0' }],
  ])('is refused at once with %s where the ledger has not come so far', async (_what, headers) => {
    const started = performance.now();
    const answer = await served.ask('/v1/runs?at-least=999999', { headers });
    expect([answer.status, answer.json['title'], answer.json['at']]).toEqual([409, 'NotYetKnown', { path: 'at-least' }]);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('is refused for what is no position of this ledger, and for two of them', async () => {
    for (const query of ['at-least=now', 'at-least=1/2', 'at-least=', `at-least=${head}&at-least=${head}`]) {
      const answer = await served.ask(`/v1/runs?${query}`);
      expect([answer.status, answer.json['title'], answer.json['at']]).toEqual([400, 'RequestInvalid', { path: 'at-least' }]);
    }
  });

  test('is in the document, for every question by GET', async () => {
    const { json } = await served.ask('/v1/openapi.json');
    const references = (json['paths']['/v1/runs'].get.parameters as { $ref?: string }[]).map(({ $ref }) => $ref);
    expect(references).toEqual(expect.arrayContaining(['#/components/parameters/AtLeast', '#/components/parameters/Prefer']));
    expect(json['components'].parameters.Prefer.description).toContain('30 at most');
  });
});
