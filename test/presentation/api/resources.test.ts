import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tableFromIPC } from 'apache-arrow';
import type { z } from 'zod';
import { parseParquetPrices } from '../../../infra/parquet/parquet-prices.ts';
import { checkpointResult } from '../../../presentation/api/answers/checkpoint.ts';
import { reportResult, tableResult } from '../../../presentation/api/answers/files.ts';
import { manifestResult } from '../../../presentation/api/answers/manifest.ts';
import { tradesResult } from '../../../presentation/api/answers/trades.ts';
import type { PortfolioHistory } from '../../../handlers/queries/portfolio-history.ts';
import { methodOf } from '../../../presentation/api/endpoint.ts';
import { resources } from '../../../presentation/api/resources/all.ts';
import type { LooseManifest } from '../../support/small-market.ts';
import { type DeskOfEveryKind, deskOfEveryKind } from '../../support/desk-of-every-kind.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { ServedLedger, tokenOf } from '../../support/served-ledger.ts';

const scratch = scratchDirectory();
let desk: DeskOfEveryKind;
let served: ServedLedger;
let operator: string;
let auditor: string;

beforeAll(async () => {
  desk = await deskOfEveryKind(scratch);
  operator = await tokenOf(desk.bench, 'olga', 'operator');
  auditor = await tokenOf(desk.bench, 'ada', 'auditor');
  served = await ServedLedger.start(desk.bench);
}, 240_000);
afterAll(() => served.stop());

/** What each address answers is what the command line answers. `:name` stands for the id of a run of the desk. */
const asked: readonly (readonly [string, string, readonly string[]])[] = [
  ['listPortfolios', '/v1/portfolios', ['portfolios']],
  ['onePortfolio', '/v1/portfolios/pair', ['portfolios', '--meta', 'pair']],
  ['portfolioHistory', '/v1/portfolios/pair/history', ['history', '--meta', 'pair']],
  [
    'portfolioPublications',
    '/v1/portfolios/pair/publications?limit=1&newest-first=true',
    ['publications', '--meta', 'pair', '--limit', '1', '--newest-first'],
  ],
  ['portfolioDrift', '/v1/portfolios/pair/drift', ['drift', '--meta', 'pair']],
  ['listSleeves', '/v1/sleeves', ['sleeve', 'list']],
  ['oneSleeve', '/v1/sleeves/stocks', ['sleeve', 'show', 'stocks']],
  ['listRuns', '/v1/runs?limit=2&after=:picked', ['runs', '--limit', '2', '--after', ':picked']],
  ['oneRun', '/v1/runs/:stocks', ['show', ':stocks']],
  ['oneRun', '/v1/runs/:picked', ['show', ':picked']],
  ['oneRun', '/v1/runs/latest?meta=pair', ['show', 'latest', '--meta', 'pair']],
  ['oneRun', '/v1/runs/:backtest', ['show', ':backtest']],
  ['listSeries', '/v1/runs/:stocks/series?risk=hrp', ['export', 'series', ':stocks', '--risk', 'hrp']],
  ['backtestRobustness', '/v1/runs/:backtest/robustness?repetitions=20', ['backtest', 'robustness', ':backtest', '--repetitions', '20']],
  ['listBacktests', '/v1/backtests', ['runs', '--kind', 'backtest']],
  ['oneBacktest', '/v1/backtests/latest?meta=pair', ['show', 'latest', '--kind', 'backtest', '--meta', 'pair']],
  ['listTournaments', '/v1/tournaments?name=funds', ['runs', '--kind', 'tournament', '--name', 'funds']],
  ['oneTournament', '/v1/tournaments/:tournament', ['show', ':tournament']],
  ['listCombinations', '/v1/combinations', ['runs', '--kind', 'combination']],
  ['oneCombination', '/v1/combinations/latest', ['show', 'latest', '--kind', 'combination']],
  ['explainSelection', '/v1/selections/:picked/explain/NYSE:PA', ['select', 'explain', ':picked', 'NYSE:PA']],
  ['selectionBattles', '/v1/selections/:picked/battles?window=0', ['select', 'battles', ':picked', '--window', '0']],
  ['selectionFunnel', '/v1/selections/latest/funnel?sleeve=picked', ['select', 'funnel', 'latest', '--sleeve', 'picked']],
  [
    'selectionDifference',
    '/v1/selections/:picked/diff?window=0&against=live',
    ['select', 'diff', ':picked', '--window', '0', '--against', 'live'],
  ],
  ['listScans', '/v1/scans?limit=1', ['scan', 'list', '--limit', '1']],
  ['scanFunnel', '/v1/scans/etf_equity_momentum/funnel', ['scan', 'funnel', 'etf_equity_momentum']],
  ['scanConfig', '/v1/scans/etf_equity_momentum/config', ['scan', 'config', 'etf_equity_momentum', '--recorded']],
];

function named(text: string): string {
  return text.replaceAll(/:(picked|stocks|pair|backtest|tournament)/g, (_, name: string) => desk[name as 'picked']);
}

const declared = resources.flatMap(({ endpoints }) => endpoints);

describe('each address', () => {
  test.each(asked)('of %s answers at %s what the command line does, in the declared shape', async (operationId, path, argv) => {
    const { exit: _exit, ...said } = await desk.bench.json(argv.map(named));
    expect(said.error).toBeUndefined();
    const answer = await served.ask(named(path));
    expect([answer.status, answer.json]).toEqual([200, said]);
    const endpoint = declared.find((one) => one.operationId === operationId)!;
    expect(methodOf(endpoint)).toBe('GET');
    expect(endpoint.result.safeParse(answer.json['result']).error?.issues ?? []).toEqual([]);
  });
});

const ask = async (...argv: readonly string[]) => (await desk.bench.json(argv.map(named))).result;
interface Page {
  readonly runs: readonly { readonly runId: string; readonly asOf: string | null }[];
  readonly next: string | null;
}

const listed = async (...flags: readonly string[]) => (await ask('runs', ...flags)) as unknown as Page;
const idsOf = ({ runs }: Page): string[] => runs.map(({ runId }) => runId);

/** Numbers of the publications on a page, and what the next one is asked for by. */
const publicationNumbers = async (...flags: readonly string[]) => {
  const { publications, next } = (await ask('publications', '--meta', 'pair', ...flags)) as {
    publications: { number: number }[];
    next: number | null;
  };
  return [publications.map(({ number }) => number), next];
};

/** The manifest of the desk, with maker-checker for `pair`. */
const changedManifest = (): object => {
  const manifest = JSON.parse(readFileSync(desk.bench.manifest, 'utf8')) as LooseManifest;
  manifest.profiles['pair']!['publication'] = { maker_checker: true };
  return manifest;
};

/** Every page of two runs, in the order in which they are asked for. */
const paged = async (...flags: readonly string[]): Promise<string[]> => {
  const ids: string[] = [];
  for (let next: string | null = null; ;) {
    const page = await listed(...flags, '--limit', '2', ...(next === null ? [] : ['--after', next]));
    ids.push(...idsOf(page));
    expect(page.runs.length).toBeLessThanOrEqual(2);
    ({ next } = page);
    if (next === null) return ids;
  }
};

describe('pages', () => {
  test('of runs are together all of them, in either order, and of a name, a date and a time', async () => {
    const all = idsOf(await listed());
    expect(all).toHaveLength(10);
    expect(await paged()).toEqual(all);
    expect(await paged('--newest-first')).toEqual(all.toReversed());
    expect(await paged('--name', 'pair', '--newest-first')).toEqual(idsOf(await listed('--name', 'pair')).toReversed());
    const early = idsOf(await listed('--as-of', '2022-12-15'));
    expect(await paged('--as-of', '2022-12-15')).toEqual(early);
    expect(early.length).toBeLessThan(all.length);
    const { events } = (await ask('timeline', ':backtest')) as { events: { position: string }[] };
    expect(await paged('--known-at', events[0]!.position)).toEqual(all.slice(0, all.indexOf(desk.backtest) + 1));
  });

  test('of runs are refused behind a run that is not there, and without a run', async () => {
    for (const flags of [
      ['--after', 'nothing'],
      ['--limit', '0'],
    ])
      expect((await desk.bench.json(['runs', ...flags])).error).toMatchObject({ code: 'Usage', at: { path: flags[0] } });
  });

  test('of publications are together all of them', async () => {
    expect(await publicationNumbers()).toEqual([[1, 2], null]);
    expect(await publicationNumbers('--limit', '1')).toEqual([[1], 1]);
    expect(await publicationNumbers('--limit', '1', '--after', '1')).toEqual([[2], null]);
    expect(await publicationNumbers('--limit', '1', '--newest-first')).toEqual([[2], 2]);
    expect(await publicationNumbers('--after', '2', '--newest-first')).toEqual([[1], null]);
  });

  test('of scans are together all of them, and of a scanner its own', async () => {
    const first = (await ask('scan', 'list', '--limit', '1')) as { scans: { name: string }[]; next: string };
    const second = (await ask('scan', 'list', '--after', first.next)) as { scans: { name: string }[]; next: string | null };
    expect([...first.scans, ...second.scans].map(({ name }) => name)).toEqual([
      'etf_equity_momentum@2026-05-01',
      'etf_thematic_momentum@2026-05-01',
    ]);
    expect(second.next).toBeNull();
    const own = (await ask('scan', 'list', '--scanner', 'etf_thematic_momentum')) as { scans: object[] };
    expect(own.scans).toMatchObject([{ scanner: 'etf_thematic_momentum', number: 1 }]);
    expect(((await ask('scan', 'list', '--as-of', '2026-04-30')) as { scans: object[] }).scans).toEqual([]);
  });
});

describe('a history', () => {
  test('has the weights that were published, and nothing where a name held none', async () => {
    const { publications, sleeves, assets } = (await ask('history', '--meta', 'pair')) as unknown as PortfolioHistory;
    const published = (await ask('ledger', 'events', '--types', 'AllocationPublished'))['events'] as {
      data: { number: number; asOf: string; sleeves: Record<string, number>; weights: Record<string, number> };
    }[];
    expect(publications.map(({ number, asOf }) => [number, asOf])).toEqual([
      [1, '2022-12-15'],
      [2, '2022-12-30'],
    ]);
    for (const [row, { data }] of published.entries())
      for (const [{ names, weights }, told] of [
        [sleeves, data.sleeves],
        [assets, data.weights],
      ] as const)
        expect(Object.fromEntries(names.map((name, column) => [name, weights[row]![column]]))).toEqual(told);
  });
});

describe('a run', () => {
  test('known at an earlier position tells what it had recorded by then', async () => {
    const { events } = (await ask('timeline', ':backtest')) as { events: { position: string; type: string }[] };
    const [first, second] = events;
    const then = (await ask('show', ':backtest', '--known-at', second!.position)) as { facts: { type: string }[]; run: { status: string } };
    expect(then.facts.map(({ type }) => type)).toEqual([first!.type, second!.type]);
    expect(then.run.status).toBe('unfinished');
    const timeline = (await ask('timeline', ':backtest', '--known-at', second!.position)) as { events: object[] };
    expect(timeline.events).toHaveLength(2);
  });

  test('of another kind is refused among backtests', async () => {
    const answer = await served.ask(named('/v1/backtests/:stocks'));
    expect([answer.status, answer.json['title'], answer.json['detail']]).toEqual([
      400,
      'Usage',
      `${desk.stocks} is a sleeve run, and no backtest`,
    ]);
  });
});

describe('a sleeve', () => {
  test('names the portfolios that have it, and the known one that was meant', async () => {
    expect((await ask('sleeve', 'show', 'stocks'))['usedBy']).toEqual([{ meta: 'pair', path: ['stocks'], pinnedRunId: null }]);
    expect((await desk.bench.json(['sleeve', 'show', 'stokcs'])).error!.message).toContain('did you mean stocks?');
  });
});

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
    const answer = await accepting('/v1/runs/:pair/report', mediaType);
    expect(answer.text).toBe(await told('report', ':pair', '-o', '-', '--only', form));
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
    for (const path of ['/v1/audit', '/v1/runs/:pair/bundle', '/v1/runs/:pair/audit']) {
      const answer = await served.ask(named(path), { token: operator });
      expect([answer.status, answer.json['title']]).toEqual([403, 'NotPermitted']);
    }
  });

  test('as audit lines is what the command line writes, of everything and of a run', async () => {
    const all = await accepting('/v1/audit', '*/*');
    expect(all.text).toBe(await told('audit', 'export', '--all', '-o', '-'));
    expect(all.headers.get('content-disposition')).toBe('attachment; filename="audit.jsonl"');
    const one = await accepting('/v1/runs/:pair/audit', 'application/jsonl');
    expect(one.text).toBe(await told('audit', 'export', '--run', ':pair', '-o', '-'));
    expect(one.text.length).toBeLessThan(all.text.length);
  });

  test('as a bundle is byte for byte what the command line writes', async () => {
    const file = desk.bench.path('pair.zip');
    await desk.bench.json(['audit', 'bundle', desk.pair, '-o', file]);
    expect(Buffer.from(await bytesOf('/v1/runs/:pair/bundle', '*/*')).equals(readFileSync(file))).toBe(true);
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

describe('a manifest', () => {
  test('is planned in a dry run and recorded otherwise, under the name of who sent it', async () => {
    const planned = await served.send('/v1/manifest?dry-run=true&meta=pair', changedManifest(), operator);
    expect([planned.status, planned.json['result'].dryRun]).toEqual([200, true]);
    expect(manifestResult.safeParse(planned.json['result']).error?.issues ?? []).toEqual([]);
    expect(planned.json['result'].portfolios).toMatchObject([{ name: 'pair', needsApproval: true }]);
    const applied = await served.send('/v1/manifest?meta=pair', changedManifest(), operator);
    expect(manifestResult.safeParse(applied.json['result']).error?.issues ?? []).toEqual([]);
    expect(applied.json['result'].portfolios).toMatchObject([{ name: 'pair', proposal: 'pair/1' }]);
    const proposed = (await desk.bench.json(['ledger', 'events', '--types', 'DefinitionProposed'])).result['events'] as { actor: string }[];
    expect(proposed.map(({ actor }) => actor)).toEqual(['olga']);
  });

  test('that was proposed is approved by somebody else only', async () => {
    const both = await tokenOf(desk.bench, 'olga', 'operator,approver');
    const own = await served.send('/v1/proposals/pair%2F1/approve', { why: 'mine' }, both);
    expect([own.status, own.json['title']]).toEqual([409, 'ApproverIsProposer']);
    const other = await served.send('/v1/proposals/pair%2F1/approve', { why: 'agreed' }, await tokenOf(desk.bench, 'anna', 'approver'));
    expect(other.status).toBe(200);
  });

  test('is refused from who may not, and with the place of what is wrong', async () => {
    expect((await served.send('/v1/manifest?dry-run=true', changedManifest())).status).toBe(403);
    const wrong = await served.send('/v1/manifest?dry-run=true', { ...changedManifest(), profiles: { pair: 7 } }, operator);
    expect([wrong.status, wrong.json['title']]).toEqual([422, 'ManifestInvalid']);
  });
});
