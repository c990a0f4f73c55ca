/** Over HTTP is answered what the command line answers, in the shape that the API says: of everything that it offers, on one desk. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tableFromIPC } from 'apache-arrow';
import type { z } from 'zod';
import { parseParquetPrices } from '../../../infra/parquet/parquet-prices.ts';
import { checkpointResult } from '../../../presentation/api/answers/checkpoint.ts';
import { reportResult, tableResult } from '../../../presentation/api/answers/files.ts';
import { tradesResult } from '../../../presentation/api/answers/trades.ts';
import type { PortfolioHistory } from '../../../handlers/queries/portfolio-history.ts';
import { type DeclaredEndpoint, methodOf } from '../../../presentation/api/endpoint.ts';
import { resources } from '../../../presentation/api/resources/all.ts';
import { type AnsweredDesk, answeredDesk, deliveries } from '../../support/answered-desk.ts';
import { type Asked, commands, questions } from '../../support/api-questions.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { ServedLedger, tokenOf } from '../../support/served-ledger.ts';
import type { LooseManifest } from '../../support/small-market.ts';

const endpoints = resources.flatMap((resource) => resource.endpoints);
const asks = endpoints.filter(({ does }) => does === 'asks');
const records = endpoints.filter(({ does }) => does === 'records');

const scratch = scratchDirectory();
let desk: AnsweredDesk;
let served: ServedLedger;
let operator: string;
let auditor: string;
let everything: string;

const formatted = new Ajv2020({ strict: false, validateSchema: false });
addFormats.default(formatted);

beforeAll(async () => {
  desk = await answeredDesk(scratch);
  operator = await tokenOf(desk.bench, 'olga', 'operator');
  auditor = await tokenOf(desk.bench, 'ada', 'auditor');
  everything = await tokenOf(desk.bench, 'erin', 'operator', 'approver', 'auditor');
  served = await ServedLedger.start(desk.bench);
  formatted.addSchema({ ...(await served.ask('/v1/openapi.json')).json }, 'api');
}, 240_000);
afterAll(() => served.stop());

/** Both the schema of the code and that of the document, which a client in another language reads. */
function expectToFit(endpoint: DeclaredEndpoint, answer: Readonly<Record<string, unknown>>): void {
  const { path, operationId, result } = endpoint;
  expect([operationId, result.safeParse(answer['result']).error?.issues]).toEqual([operationId, undefined]);
  const operation = `${path.replaceAll('/', '~1')}/${methodOf(endpoint).toLowerCase()}`;
  const place = `api#/paths/${encodeURI(operation)}/responses/200/content/application~1json/schema`;
  const validate = formatted.getSchema(place)!;
  expect([operationId, validate(answer), validate.errors]).toEqual([operationId, true, null]);
}

const ask = ({ path, body }: Asked): ReturnType<ServedLedger['ask']> =>
  body === undefined ? served.ask(path, { token: everything }) : served.send(path, body, everything);

/** The result of a question, which anybody may ask here. */
const resultAt = async <Result>(path: string): Promise<Result> => {
  const { status, json } = await served.ask(path);
  expect([path, status, json['detail']]).toEqual([path, 200, undefined]);
  return json['result'] as Result;
};

test('every endpoint that is declared is looked at here', () => {
  // Of trades see below: what is held comes in a file at the command line, and in the body here.
  expect([...Object.keys(questions), 'portfolioTrades'].toSorted()).toEqual(asks.map(({ operationId }) => operationId).toSorted());
  expect([...Object.keys(commands), 'applyManifest'].toSorted()).toEqual(records.map(({ operationId }) => operationId).toSorted());
});

describe('an answer', () => {
  test.each(asks.map((endpoint) => [endpoint.operationId, endpoint] as const))(
    'to %s is what the command line answers',
    async (name, endpoint) => {
      for (const asked of questions[name]?.(desk) ?? []) {
        const { exit, ...said } = await desk.bench.json(asked.argv);
        const answer = await ask(asked);
        expect([asked.path, exit, answer.status, answer.json['detail']]).toEqual([asked.path, 0, 200, undefined]);
        // Over HTTP no folder of the machine is told.
        const expected = JSON.parse(JSON.stringify(said).replaceAll(`${desk.bench.directory}/`, '')) as typeof said;
        // A verb that opens no ledger names none; a server always knows the one that it serves.
        expect({ ...answer.json, ledgerId: said.ledgerId === null ? null : answer.json['ledgerId'] }).toEqual(expected);
        expectToFit(endpoint, answer.json);
      }
    },
  );
});

interface Page {
  readonly runs: readonly { readonly runId: string; readonly asOf: string | null }[];
  readonly next: string | null;
}

const listed = (query = '') => resultAt<Page>(`/v1/runs?${query}`);
const idsOf = ({ runs }: Page): string[] => runs.map(({ runId }) => runId);

/** Numbers of the publications on a page, and what the next one is asked for by. */
const publicationNumbers = async (query = '') => {
  const { publications, next } = await resultAt<{ publications: { number: number }[]; next: number | null }>(
    `/v1/portfolios/pair/publications?${query}`,
  );
  return [publications.map(({ number }) => number), next];
};

/** Every page of two runs, in the order in which they are asked for. */
const paged = async (query = ''): Promise<string[]> => {
  const ids: string[] = [];
  for (let next: string | null = null; ;) {
    const page = await listed(`${query}&limit=2${next === null ? '' : `&after=${next}`}`);
    ids.push(...idsOf(page));
    expect(page.runs.length).toBeLessThanOrEqual(2);
    ({ next } = page);
    if (next === null) return ids;
  }
};

const scans = (query: string) => resultAt<{ scans: { name: string }[]; next: string | null }>(`/v1/scans?${query}`);
const timelineOf = (run: string) => resultAt<{ events: { position: string; type: string }[] }>(`/v1/runs/${run}/timeline`);

describe('pages', () => {
  test('of runs are together all of them, in either order, and of a name, a date and a time', async () => {
    const all = idsOf(await listed());
    // One that selects, two for each delivery, four meta runs, and one of each other kind.
    expect(all).toHaveLength(1 + 2 * deliveries.length + 4 + 3);
    expect(await paged()).toEqual(all);
    expect(await paged('newest-first=true')).toEqual(all.toReversed());
    expect(await paged('name=pair&newest-first=true')).toEqual(idsOf(await listed('name=pair')).toReversed());
    const early = idsOf(await listed(`as-of=${deliveries[0]}`));
    expect(await paged(`as-of=${deliveries[0]}`)).toEqual(early);
    expect(early.length).toBeLessThan(all.length);
    const { events } = await timelineOf(desk.backtest);
    expect(await paged(`known-at=${events[0]!.position}`)).toEqual(all.slice(0, all.indexOf(desk.backtest) + 1));
  });

  test.each([['after', 'nothing'] as const, ['limit', '0'] as const])('of runs are refused with %s=%s', async (name, value) => {
    const { status, json } = await served.ask(`/v1/runs?${name}=${value}`);
    expect([status, json['title'], json['at']]).toEqual([400, 'Usage', { path: name }]);
  });

  test('of publications are together all of them', async () => {
    expect(await publicationNumbers()).toEqual([[1, 2], null]);
    expect(await publicationNumbers('limit=1')).toEqual([[1], 1]);
    expect(await publicationNumbers('limit=1&after=1')).toEqual([[2], null]);
    expect(await publicationNumbers('limit=1&newest-first=true')).toEqual([[2], 2]);
    expect(await publicationNumbers('after=2&newest-first=true')).toEqual([[1], null]);
  });

  test('of scans are together all of them, and of a scanner its own', async () => {
    const first = await scans('limit=1');
    const second = await scans(`after=${first.next!}`);
    expect([...first.scans, ...second.scans].map(({ name }) => name)).toEqual([
      'etf_equity_momentum@2026-05-01',
      'etf_thematic_momentum@2026-05-01',
    ]);
    expect(second.next).toBeNull();
    expect((await scans('scanner=etf_thematic_momentum')).scans).toMatchObject([{ scanner: 'etf_thematic_momentum', number: 1 }]);
    expect((await scans('as-of=2026-04-30')).scans).toEqual([]);
  });
});

test('a history has the weights that were published, and nothing where a name held none', async () => {
  const { publications, sleeves, assets } = await resultAt<PortfolioHistory>('/v1/portfolios/pair/history');
  const { events } = await resultAt<{
    events: { data: { number: number; asOf: string; sleeves: Record<string, number>; weights: Record<string, number> } }[];
  }>('/v1/events?types=AllocationPublished');
  expect(publications.map(({ number, asOf }) => [number, asOf])).toEqual([
    [1, deliveries[0]],
    [2, deliveries[1]],
  ]);
  for (const [row, { data }] of events.entries())
    for (const [{ names, weights }, published] of [
      [sleeves, data.sleeves],
      [assets, data.weights],
    ] as const)
      expect(Object.fromEntries(names.map((name, column) => [name, weights[row]![column]]))).toEqual(published);
});

describe('a run', () => {
  test('known at an earlier position tells what it had recorded by then', async () => {
    const [first, second] = (await timelineOf(desk.backtest)).events;
    const knownAt = `known-at=${second!.position}`;
    const then = await resultAt<{ facts: { type: string }[]; run: { status: string } }>(`/v1/runs/${desk.backtest}?${knownAt}`);
    expect(then.facts.map(({ type }) => type)).toEqual([first!.type, second!.type]);
    expect(then.run.status).toBe('unfinished');
    expect((await resultAt<{ events: object[] }>(`/v1/runs/${desk.backtest}/timeline?${knownAt}`)).events).toHaveLength(2);
  });

  test('of another kind is refused among backtests', async () => {
    const answer = await served.ask(`/v1/backtests/${desk.stocks}`);
    expect([answer.status, answer.json['title'], answer.json['detail']]).toEqual([
      400,
      'Usage',
      `${desk.stocks} is a sleeve run, and no backtest`,
    ]);
  });
});

test('a sleeve names the portfolios that have it, and the known one that was meant', async () => {
  const { usedBy } = await resultAt<{ usedBy: object[] }>('/v1/sleeves/stocks');
  expect(usedBy).toEqual(['pair', 'twin'].map((meta) => ({ meta, path: ['stocks'], pinnedRunId: null })));
  expect((await served.ask('/v1/sleeves/stokcs')).json['detail']).toContain('did you mean stocks?');
});

/** `:name` stands for the id of a run of the desk. */
function named(text: string): string {
  return text.replaceAll(/:(picked|stocks|published|backtest|tournament)/g, (_, name: string) => desk[name as 'picked']);
}

const told = async (...argv: readonly string[]) => (await desk.bench.run(argv.map(named))).stdout;
const accepting = (path: string, accept: string, init: RequestInit = {}) =>
  served.ask(named(path), { ...init, headers: { accept }, token: auditor });
const bytesOf = async (path: string, accept: string): Promise<Uint8Array> => {
  const response = await fetch(`${served.url}${named(path)}`, { headers: { accept, authorization: `Bearer ${auditor}` } });
  expect(response.status).toBe(200);
  return new Uint8Array(await response.arrayBuffer());
};

describe('tables', () => {
  test.each([
    ['/v1/runs/:stocks/returns?risk=hrp', ['export', 'returns', ':stocks', '--risk', 'hrp', '-o', '-']],
    ['/v1/runs/:backtest/weights?risk=hrp', ['export', 'weights', ':backtest', '--risk', 'hrp', '-o', '-']],
    ['/v1/runs/:tournament/returns', ['export', 'returns', ':tournament', '-o', '-']],
    ['/v1/runs/:stocks/series/drawdowns?risk=hrp', ['export', 'series', ':stocks', '--risk', 'hrp', '--table', 'drawdowns', '-o', '-']],
  ])('at %s are as CSV what the command line writes', async (path, argv) => {
    const answer = await accepting(path, 'text/csv');
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.text).toBe(await told(...argv));
    expect(answer.text.length).toBeGreaterThan(100);
  });

  test('are the same numbers in every format', async () => {
    const path = '/v1/runs/:stocks/returns?risk=hrp';
    const json = (await served.ask(named(path))).json as z.infer<typeof tableResult>;
    expect(tableResult.safeParse(json).error).toBeUndefined();
    const { values } = json.columns[0]!;
    expect((await accepting(path, 'text/csv')).text).toBe(
      ['date,returns', ...json.index.values.map((date, row) => `${date},${values[row]}`), ''].join('\n'),
    );
    for (const form of ['stream', 'file']) {
      const table = tableFromIPC(await bytesOf(path, `application/vnd.apache.arrow.${form}`));
      expect([...table.getChild('returns')!]).toEqual(values);
    }
    const parquet = await parseParquetPrices(await bytesOf(path, 'application/vnd.apache.parquet'), 'returns.parquet');
    expect(parquet.table.dates).toEqual(json.index.values);
  });

  test('are refused in a format that nobody writes, and where the profile is not said', async () => {
    const strange = await accepting('/v1/runs/:stocks/returns?risk=hrp', 'application/pdf, text/csv;q=0');
    expect([strange.status, strange.json['title']]).toEqual([406, 'NotAcceptable']);
    expect(strange.json['evidence'].offered).toContain('text/csv');
    const unsaid = await accepting('/v1/runs/:stocks/returns', '*/*');
    expect([unsaid.status, unsaid.json['at']]).toEqual([400, { path: 'risk' }]);
    const nowhere = await accepting('/v1/runs/:stocks/series/drawdown?risk=hrp', '*/*');
    expect([nowhere.status, nowhere.json['detail']]).toEqual([404, expect.stringContaining('did you mean drawdowns')]);
  });

  test('have a tag for each form, and are sent again only when something was recorded', async () => {
    const path = named('/v1/runs/:stocks/returns?risk=hrp');
    const [csv, json] = [await accepting(path, 'text/csv'), await accepting(path, 'application/json')];
    expect(csv.headers.get('etag')).not.toBe(json.headers.get('etag'));
    const again = await served.ask(path, { headers: { accept: 'text/csv', 'if-none-match': csv.headers.get('etag')! } });
    expect([again.status, again.text]).toEqual([304, '']);
  });
});

describe('a report', () => {
  test.each([
    ['markdown', 'text/markdown'],
    ['html', 'text/html'],
    ['json', 'application/json'],
  ])('as %s is what the command line writes', async (form, mediaType) => {
    const answer = await accepting('/v1/runs/:published/report', mediaType);
    expect(answer.text).toBe(await told('report', ':published', '-o', '-', '--only', form));
    expect(answer.headers.get('content-security-policy')).not.toContain('script');
    if (form === 'json') expect(reportResult.safeParse(answer.json).error).toBeUndefined();
  });

  test.each(['picked', 'backtest', 'tournament', 'combination'] as const)('of the %s has the declared shape', async (kind) => {
    const answer = await accepting(`/v1/runs/${desk[kind]}/report`, 'application/json');
    expect(answer.status).toBe(200);
    expect(reportResult.safeParse(answer.json).error?.issues ?? []).toEqual([]);
  });
});

describe('evidence', () => {
  test('is for auditors', async () => {
    for (const path of ['/v1/audit', '/v1/runs/:published/bundle', '/v1/runs/:published/audit']) {
      const answer = await served.ask(named(path), { token: operator });
      expect([answer.status, answer.json['title']]).toEqual([403, 'NotPermitted']);
    }
  });

  test('as audit lines is what the command line writes, of everything and of a run', async () => {
    const all = await accepting('/v1/audit', '*/*');
    expect(all.text).toBe(await told('audit', 'export', '--all', '-o', '-'));
    expect(all.headers.get('content-disposition')).toBe('attachment; filename="audit.jsonl"');
    const one = await accepting('/v1/runs/:published/audit', 'application/jsonl');
    expect(one.text).toBe(await told('audit', 'export', '--run', ':published', '-o', '-'));
    expect(one.text.length).toBeLessThan(all.text.length);
  });

  test('as a bundle is byte for byte what the command line writes', async () => {
    const file = desk.bench.path('pair.zip');
    await desk.bench.json(['audit', 'bundle', desk.published, '-o', file]);
    expect(Buffer.from(await bytesOf('/v1/runs/:published/bundle', '*/*')).equals(readFileSync(file))).toBe(true);
  });

  test('of a run that is not there is refused before anything is sent', async () => {
    const answer = await accepting('/v1/runs/pair-2022-01-01-0123456789abcdef/bundle', '*/*');
    expect([answer.status, answer.json['title']]).toEqual([404, 'RunUnknown']);
  });

  test('is not computed to its end for who wants the headers only', async () => {
    const answer = await accepting('/v1/audit', '*/*', { method: 'HEAD' });
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([200, '', 'application/jsonl; charset=utf-8']);
  });

  test('by its address is the artifact, whose tag is the address', async () => {
    const { facts } = (await desk.bench.json(['show', desk.stocks])).result as {
      facts: { data: { outOfSample?: { returns: { sha256: string } } } }[];
    };
    const address = facts.flatMap(({ data }) => data.outOfSample?.returns.sha256 ?? [])[0]!;
    const answer = await accepting(`/v1/artifacts/${address}`, '*/*');
    expect(createHash('sha256').update(answer.text).digest('hex')).toBe(address);
    expect(answer.headers.get('etag')).toBe(`"${address}"`);
    // Kept, but not shown to somebody who may no longer read.
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    const unknown = await accepting(`/v1/artifacts/${'0'.repeat(64)}`, '*/*');
    expect([unknown.status, unknown.json['title']]).toEqual([404, 'ArtifactUnknown']);
  });

  test('as the newest checkpoint is the signed note, or what it says', async () => {
    const note = await accepting('/v1/checkpoint', 'text/plain');
    expect(note.text).toBe(await told('ledger', 'checkpoint', '-o', '-'));
    const { exit: _exit, ...said } = await desk.bench.json(['ledger', 'checkpoint']);
    const json = await accepting('/v1/checkpoint', 'application/json');
    expect(json.json).toEqual(said);
    expect(json.json['result'].checkpoint).toBe(note.text);
    expect(checkpointResult.safeParse(json.json['result']).error).toBeUndefined();
  });
});

describe('trades', () => {
  const path = '/v1/portfolios/pair/trades';
  const held = [
    ['NYSE:AAA', 100, 12.5, 1],
    ['NYSE:BBB', -3, 7, 10],
    ...['NASDAQ:CCC', 'AMEX:EEE', 'AMEX:FFF', 'AMEX:SPY'].map((symbol) => [symbol, 0, 20, 1]),
  ] as const;
  const rows = held.map(([symbol, quantity, price, multiplier]) => ({ symbol, quantity, price, multiplier }));
  const file = () =>
    desk.bench.write('holdings.csv', ['symbol,quantity,price,multiplier', ...held.map((row) => row.join(',')), ''].join('\n'));

  test('of rows are those of the same rows in a file, and nothing is recorded', async () => {
    const before = (await desk.bench.events()).length;
    const said = await desk.bench.json(['trades', '--meta', 'pair', '--holdings', file(), '--capital', '10000', '--lots', '5']);
    expect(said.error).toBeUndefined();
    const answer = await served.send(path, { capital: 10_000, lots: [{ symbol: '*', lot: 5 }], holdings: rows });
    const { holdings: _held, ...expected } = said.result;
    const { holdings, ...result } = answer.json['result'];
    expect([answer.status, result]).toEqual([200, expected]);
    expect(holdings).toMatchObject({ file: 'holdings', symbols: 6 });
    expect(tradesResult.safeParse(answer.json['result']).error?.issues ?? []).toEqual([]);
    expect(await desk.bench.events()).toHaveLength(before);
  });

  test('name what is wrong with the rows, and read no file of the machine', async () => {
    const mixed = await served.send(path, { capital: 1, holdings: [rows[0], { symbol: 'NYSE:BBB', notional: 1 }] });
    expect([mixed.status, mixed.json['title']]).toEqual([400, 'RequestInvalid']);
    const twice = await served.send(path, { capital: 1, holdings: [rows[0], rows[0]] });
    expect([twice.status, twice.json['title'], twice.json['at']]).toEqual([422, 'HoldingsInvalid', expect.objectContaining({ line: 3 })]);
    const ofFile = await served.send(path, { capital: 1, holdings: [], lots: file() });
    expect([ofFile.status, ofFile.json['at']]).toEqual([400, { path: 'lots' }]);
  });
});

describe('a command', () => {
  test('is answered as its schema says', async () => {
    for (const [name, requestOf] of Object.entries(commands)) {
      const [path, body = { why: 'to see it' }] = requestOf(desk);
      const answer = await served.send(path, body, everything);
      expect([name, answer.status, answer.json['detail']]).toEqual([name, 200, undefined]);
      expectToFit(
        records.find(({ operationId }) => operationId === name)!,
        answer.json,
      );
    }
  });

  test.each(['approve', 'reject'])('to %s a run names a portfolio beside a word only, as at the command line', async (verb) => {
    const { error } = await desk.bench.json([verb, desk.held, '--meta', 'pair', '--why', 'to see it']);
    const refused = await served.send(`/v1/runs/${desk.held}/${verb}?meta=pair`, { why: 'to see it' }, everything);
    expect([refused.status, refused.json['title'], error?.code]).toEqual([400, 'Usage', 'Usage']);
    expect(refused.json['detail']).toBe(error!.message.replaceAll('--', ''));
  });
});

/** The manifest of the desk, with another time to cool down. */
const changedManifest = (): LooseManifest => {
  const manifest = JSON.parse(readFileSync(desk.bench.manifest, 'utf8')) as LooseManifest;
  manifest.profiles['pair']!['publication'] = { maker_checker: true, cool_down_seconds: 120 };
  return manifest;
};

/** What the command line answers to applying it. */
const applied = async (...flags: readonly string[]) => {
  const file = desk.bench.write('changed.json', JSON.stringify(changedManifest()));
  const { exit: _exit, ...said } = await desk.bench.json(['manifest', 'apply', '--manifest', file, '--meta', 'pair', ...flags]);
  return said;
};

describe('a manifest', () => {
  const endpoint = endpoints.find(({ operationId }) => operationId === 'applyManifest')!;

  test('is planned in a dry run as at the command line', async () => {
    const planned = await served.send('/v1/manifest?dry-run=true&meta=pair', changedManifest(), operator);
    expect(planned.json).toEqual(await applied('--dry-run'));
    expectToFit(endpoint, planned.json);
    expect(planned.json['result']).toMatchObject({ dryRun: true, portfolios: [{ name: 'pair', change: 'changed', needsApproval: true }] });
  });

  test('is recorded otherwise as at the command line, under the name of who sent it', async () => {
    const first = await served.send('/v1/manifest?meta=pair', changedManifest(), operator);
    expectToFit(endpoint, first.json);
    expect(first.json['result'].portfolios).toMatchObject([{ name: 'pair', proposal: 'pair/3' }]);
    const proposed = (await desk.bench.json(['ledger', 'events', '--types', 'DefinitionProposed'])).result['events'] as { actor: string }[];
    expect(proposed.at(-1)!.actor).toBe('olga');
    // What was recorded is known again by either.
    const again = await served.send('/v1/manifest?meta=pair', changedManifest(), operator);
    const said = await applied();
    expect(again.json).toEqual(said);
    expect(first.json['result'].portfolios[0]).toEqual({ ...(said.result['portfolios'] as object[])[0], already: false });
  });

  test('that was proposed is approved by somebody else only', async () => {
    const both = await tokenOf(desk.bench, 'olga', 'operator', 'approver');
    const own = await served.send('/v1/proposals/pair%2F3/approve', { why: 'mine' }, both);
    expect([own.status, own.json['title']]).toEqual([409, 'ApproverIsProposer']);
    expect((await served.send('/v1/proposals/pair%2F3/approve', { why: 'agreed' }, everything)).status).toBe(200);
  });

  test('is refused from who may not, and with the place of what is wrong', async () => {
    expect((await served.send('/v1/manifest?dry-run=true', changedManifest())).status).toBe(403);
    const wrong = await served.send('/v1/manifest?dry-run=true', { ...changedManifest(), profiles: { pair: 7 } }, operator);
    expect([wrong.status, wrong.json['title']]).toEqual([422, 'ManifestInvalid']);
  });
});
