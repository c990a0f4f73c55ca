/** Questions and deciding verbs cost what they are about, not what the ledger has grown to: rows and events read are counted. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openStore } from '../../../bin/adapters.ts';
import type { OpenStore, StoreMode } from '../../../handlers/runtime/open-store.ts';
import type { EventStore, KeyedRow, ProjectionId, ReadModels, RowsQuery } from '../../../handlers/ports/ports.ts';
import { Workbench } from '../../support/cli.ts';
import { draftBacktest } from '../../../domain/backtest-run/slice.ts';
import { draftCombination } from '../../../domain/combination/slice.ts';
import { draftMetaPortfolio } from '../../../domain/publication/slice.ts';
import { draftScan } from '../../../domain/scan-record/slice.ts';
import { draftTournament } from '../../../domain/tournament-run/slice.ts';
import { addDays } from '../../../domain/returns/days.ts';
import { draftLetter } from '../../../domain/sleeve/letter-slice.ts';
import type { DraftEvent } from '../../../domain/shared/envelope.ts';
import { toHex } from '../../../domain/shared/hashing.ts';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import { backtestFacts, combinationFacts } from '../../support/backtest-facts.ts';
import { appendBatch, grow } from '../../support/grown-ledger.ts';
import { portfolioFacts } from '../../support/portfolio-events.ts';
import { sampleId, sha256 } from '../../support/sample-events.ts';
import { storeLike } from '../../support/ledger-session.ts';
import { recordedScan } from '../../support/scan-facts.ts';
import { tournamentFacts } from '../../support/tournament-facts.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const now = '2026-11-01T08:00:00.000Z';

const longLived = /^(?:sleeve|metaPortfolio)-/;

/** How many keys of a range ever had a row, up to where an answer ended: what looking rows up as of a position steps over. */
async function keysBetween(
  readModels: ReadModels,
  id: ProjectionId,
  { prefix, from, to, after, limit, direction }: RowsQuery,
  found: readonly KeyedRow[],
): Promise<number> {
  const last = found.length === limit ? found.at(-1)!.key : null;
  const [low, high] = direction === 'forwards' ? [after, last] : [last, after];
  const keys = new Set<string>();
  for (let behind: { readonly key: string; readonly position: string } | null = null; ;) {
    const page = await readModels.versions(id, { after: behind, limit: 1_000 });
    for (const { key } of page) if (key.startsWith(prefix)) keys.add(key);
    if (page.length < 1_000) break;
    behind = page.at(-1)!;
  }
  const bounds = [from, low].filter((bound) => bound !== null);
  const ends = [to, high].filter((end) => end !== null);
  return [...keys].filter((key) => bounds.every((bound) => key >= bound) && ends.every((end) => key <= end)).length;
}

/** What a store handed out, and what it stepped over to find it. */
class Counted {
  rows = 0;
  events = 0;
  /** How often an event of a stream that goes on for ever was handed out, by its place. */
  readonly reads = new Map<string, number>();

  readonly open = async (location: string, mode: StoreMode): Promise<OpenStore> => {
    const opened = await openStore(location, mode);
    return { ...opened, store: this.#store(opened.store), readModels: this.#readModels(opened.readModels) };
  };

  #store(store: EventStore): EventStore {
    const events = async <T>(found: Promise<readonly T[]>): Promise<readonly T[]> => {
      this.events += (await found).length;
      return found;
    };
    return storeLike(store, {
      readAll: (given) => events(store.readAll(given)),
      readStream: async (stream, options) => {
        const found = await events(store.readStream(stream, options));
        for (const { revision } of longLived.test(stream) ? found : []) {
          const place = `${stream}@${revision}`;
          this.reads.set(place, (this.reads.get(place) ?? 0) + 1);
        }
        return found;
      },
    });
  }

  #readModels(readModels: ReadModels): ReadModels {
    return {
      checkpoint: (id) => readModels.checkpoint(id),
      reset: (id) => readModels.reset(id),
      projections: () => readModels.projections(),
      commit: (...given) => readModels.commit(...given),
      versions: (...given) => readModels.versions(...given),
      row: async (...given) => {
        this.rows++;
        return readModels.row(...given);
      },
      rows: async (id, query) => {
        const found = await readModels.rows(id, query);
        this.rows += query.at === null ? found.length : await keysBetween(readModels, id, query, found);
        return found;
      },
    };
  }
}

interface Grown {
  readonly bench: Workbench;
  readonly run: string;
  readonly events: number;
  readonly asOf: string;
}

async function grown(eventsMin: number): Promise<Grown> {
  const bench = new Workbench(scratch, (manifest) => {
    // One sleeve in two places.
    const sleeves = [
      { id: 'listed', meta_profile: 'pair' },
      { id: 'stocks', profile: 'stocks' },
    ];
    manifest.profiles['twice'] = { sleeves, meta_allocation: 'hrp' };
  });
  for (const sleeve of ['stocks', 'funds', 'coins'] as const) await bench.produce(sleeve, {}, [], { now });
  await bench.json(['manifest', 'apply', '--no-seal'], { now });
  const { result } = await bench.json(['flow', 'meta', '--profile', 'whole', '--no-seal'], { now });
  const events = await grow(bench, eventsMin);
  expect((await bench.json(['ledger', 'rebuild'])).exit).toBe(0);
  const { asOf } = (await bench.json(['weights', '--meta', 'whole', '--known-at', String(Math.floor(events / 2))])).result as {
    asOf: string;
  };
  return { bench, run: result['runId'] as string, events, asOf };
}

async function cost({ bench }: Pick<Grown, 'bench'>, argv: readonly string[]): Promise<{ readonly rows: number; readonly events: number }> {
  const counted = new Counted();
  const { result, error } = await bench.json(argv, { openStore: counted.open });
  // The days that a ledger grew by are copies: what they say of themselves does not compute again.
  expect(error?.code ?? 'ReplayDiffers').toBe('ReplayDiffers');
  expect(result).not.toBeNull();
  return { rows: counted.rows, events: counted.events };
}

let young: Grown;
let old: Grown;
beforeAll(async () => {
  young = await grown(300);
  old = await grown(3000);
}, 120_000);

const questions: readonly (readonly [string, (grown: Grown) => readonly string[]])[] = [
  ['weights', () => ['weights', '--meta', 'whole']],
  ['weights as of a date', ({ asOf }) => ['weights', '--meta', 'whole', '--as-of', asOf]],
  ['weights as known at a position', ({ events }) => ['weights', '--meta', 'whole', '--known-at', String(Math.floor(events / 2))]],
  ['status', () => ['status']],
  ['status of one portfolio', () => ['status', '--meta', 'whole']],
  ['status as known at a position', ({ events }) => ['status', '--known-at', String(Math.floor(events / 2))]],
  ['explain', () => ['explain', 'AMEX:EEE', '--meta', 'whole']],
  ['a timeline', ({ run }) => ['timeline', run]],
  ['a timeline as known at a position', ({ run, events }) => ['timeline', run, '--known-at', String(Math.floor(events / 2))]],
  ['the open dead letters', () => ['dlq', 'list']],
  ['every token', () => ['token', 'list']],
  ['every portfolio', () => ['portfolios']],
  ['one portfolio', () => ['portfolios', '--meta', 'whole']],
  ['a run as it was recorded', ({ run }) => ['show', run]],
  ['the newest run of a portfolio', () => ['show', 'latest', '--meta', 'whole']],
  ['a page of runs', () => ['runs', '--limit', '5']],
  ['every sleeve', () => ['sleeve', 'list']],
  ['one sleeve', () => ['sleeve', 'show', 'stocks']],
  ['the recorded scans', () => ['scan', 'list']],
  ['the tables behind a run', ({ run }) => ['export', 'series', run, '--risk', 'hrp']],
  ['an event of a stream', () => ['ledger', 'events', 'ledger@0']],
  ['a counterfactual', ({ run }) => ['counterfactual', run, '--set', 'meta_allocation.max_weight=0.6']],
  ['a run computed again', ({ run }) => ['replay', run]],
  ['a run known at a position computed again', ({ run, events }) => ['replay', run, '--known-at', String(Math.floor(events / 2))]],
  ['the lines of a run', ({ bench, run }) => ['audit', 'export', '--run', run, '-o', bench.path('run.jsonl')]],
  ['the bundle of a run', ({ bench, run }) => ['audit', 'bundle', run, '-o', bench.path('run.zip')]],
  ['the report of a run', ({ bench, run }) => ['report', run, '-o', bench.path('report')]],
  ['the difference of a run and itself', ({ run }) => ['diff', run, run]],
  ['the weights of a run as a table', ({ bench, run }) => ['export', 'weights', run, '--risk', 'hrp', '-o', bench.path('weights.csv')]],
  ['a page of events', () => ['ledger', 'events', '--limit', '20']],
  ['a page of events of some types', () => ['ledger', 'events', '--types', 'SleeveRunAccepted', '--limit', '20']],
  ['a page of a stream', () => ['ledger', 'events', '--stream', 'sleeve-stocks', '--limit', '5']],
  ['a page of events known at a position', ({ events }) => ['ledger', 'events', '--limit', '20', '--known-at', String(events)]],
];

describe('ten times the ledger', () => {
  test.each(questions)('costs %s not one row and not one event more', async (_, argv) => {
    expect(old.events).toBeGreaterThan(9 * young.events);
    expect(await cost(old, argv(old))).toEqual(await cost(young, argv(young)));
  });

  test.each<(typeof questions)[number]>([
    ['weights', () => ['weights', '--meta', 'whole']],
    ['status', () => ['status']],
    ['a page of events', () => ['ledger', 'events', '--limit', '20']],
    ['a page of events of a type', () => ['ledger', 'events', '--types', 'LedgerOpened', '--limit', '20']],
    ['a page of a stream', () => ['ledger', 'events', '--stream', 'sleeve-stocks', '--limit', '3']],
    ['the open dead letters', () => ['dlq', 'list']],
    ['every run computed again', () => ['replay', '--all']],
    ['the lines of a run', ({ bench, run }) => ['audit', 'export', '--run', run, '-o', bench.path('known.jsonl')]],
  ])('costs %s as known at an instant a few look-ups in each read model and at most one part of the log more', async (_, argv) => {
    const until = (of: Grown): readonly string[] => [...argv(of), '--known-at', new Date(Date.parse(now) + 5_000).toISOString()];
    const [less, more] = [await cost(young, until(young)), await cost(old, until(old))];
    expect(more.rows - less.rows).toBeLessThanOrEqual(16);
    expect(more.events - less.events).toBeLessThanOrEqual(256);
  });
});

describe('a place in ten times the ledger', () => {
  test.each<(typeof questions)[number]>([
    ['the event that stands there', ({ events }) => ['ledger', 'events', String(Math.floor(events / 3))]],
    ['a page from there on', ({ events }) => ['ledger', 'events', '--from', String(Math.floor(events / 3)), '--limit', '20']],
    ['a page of a stream from there on', () => ['ledger', 'events', '--from', '7', '--stream', 'sleeve-stocks', '--limit', '5']],
  ])('costs %s a few look-ups of tiles and at most one of them more', async (_, argv) => {
    const [less, more] = [await cost(young, argv(young)), await cost(old, argv(old))];
    // Ten times as many tiles are halved four times more.
    expect(more.rows - less.rows).toBeLessThanOrEqual(5);
    // A tile, a page with one more that shows whether another follows, and the two that every verb reads.
    for (const { events } of [less, more]) expect(events).toBeLessThanOrEqual(16 + 21 + 2);
  });
});

/** What is told of a letter: that it was written, and, unless it is open, what became of it. */
function told(letter: string, state: 'open' | 'resolved'): readonly DraftEvent[] {
  const letterId = sampleId(letter);
  const source = { topic: 'results', partition: 0, offset: letter, key: null, headers: {} };
  const payload = { bytes: 3, sha256: toHex(sha256(new TextEncoder().encode(letter))), document: null, whole: false, sealed: null };
  const rejected = { letterId, sleeve: null, code: 'MessageInvalid', reason: 'no JSON', path: null, source, payload };
  const resolution = { letterId, sleeve: null, how: 'discarded', runId: null, who: 'ann', why: 'a test' } as const;
  return [draftLetter('SleeveRunRejected', rejected), ...(state === 'open' ? [] : [draftLetter('DeadLetterResolved', resolution)])];
}

/** A ledger with two open letters, and so many that were resolved before and after the second was written. */
async function withLetters(resolved: number): Promise<{ readonly bench: Workbench; readonly between: string }> {
  const bench = new Workbench(scratch);
  await bench.json(['manifest', 'apply', '--no-seal'], { now });
  const ledger = openSqlite(bench.store, { access: 'write', create: false });
  const tell = (letter: string, state: 'open' | 'resolved'): Promise<number> =>
    appendBatch(ledger.store, { stream: 'intake-results', drafts: told(letter, state) }, now);
  try {
    await tell('first', 'open');
    for (let number = 0; number < resolved; number++) await tell(`before ${number}`, 'resolved');
    const between = (await ledger.store.head())!;
    await tell('second', 'open');
    for (let number = 0; number < resolved; number++) await tell(`after ${number}`, 'resolved');
    return { bench, between };
  } finally {
    ledger.close();
  }
}

async function withPublications(count: number): Promise<Pick<Grown, 'bench'>> {
  const bench = new Workbench(scratch);
  await bench.json(['manifest', 'apply', '--no-seal'], { now });
  const ledger = openSqlite(bench.store, { access: 'write', create: false });
  const drafts = Array.from({ length: count }, (_, index) =>
    draftMetaPortfolio('AllocationPublished', portfolioFacts.published('pair', index + 1)),
  );
  await appendBatch(ledger.store, { stream: 'metaPortfolio-pair', drafts }, now);
  ledger.close();
  expect((await bench.json(['ledger', 'rebuild'])).exit).toBe(0);
  return { bench };
}

test('ten times the publications cost where each portfolio stands not one row and not one event more', async () => {
  const [few, many] = [await withPublications(20), await withPublications(200)];
  expect(JSON.stringify((await many.bench.json(['portfolios'])).result)).toContain('run-pair-200');
  expect(await cost(many, ['portfolios'])).toEqual(await cost(few, ['portfolios']));
});

describe('ten times the letters', () => {
  let few: Awaited<ReturnType<typeof withLetters>>;
  let many: typeof few;
  beforeAll(async () => {
    few = await withLetters(20);
    many = await withLetters(200);
    for (const { bench } of [few, many]) expect((await bench.json(['ledger', 'rebuild'])).exit).toBe(0);
  });

  test('cost a list of the open ones not one row and not one event more', async () => {
    const list = ['dlq', 'list'];
    expect((await many.bench.json(list)).result['letters']).toHaveLength(2);
    expect(await cost(many, list)).toEqual(await cost(few, list));
  });

  test('cost a list of those that were open at a position not one row and not one event more', async () => {
    const list = ({ between }: typeof few): readonly string[] => ['dlq', 'list', '--known-at', between];
    expect((await many.bench.json(list(many))).result['letters']).toHaveLength(1);
    expect(await cost(many, list(many))).toEqual(await cost(few, list(few)));
  });

  test('that were written later cost a list of every letter known at a position not one row more', async () => {
    const list = ['dlq', 'list', '--all', '--known-at', few.between];
    const [less, more] = [await few.bench.json(list), await many.bench.json(list)];
    expect((more.result['letters'] as unknown[]).length).toBe((less.result['letters'] as unknown[]).length);
    expect(await cost(many, list)).toEqual(await cost(few, list));
  });
});

/** A ledger with a real backtest and a real combination among so many others of the same portfolio and book, before them and after. */
async function withTested(others: number): Promise<Grown & { readonly book: string }> {
  const bench = new Workbench(scratch);
  for (const sleeve of ['stocks', 'funds'] as const) await bench.produce(sleeve, {}, [], { now });
  await bench.json(['manifest', 'apply', '--no-seal'], { now });
  await bench.json(['flow', 'meta', '--profile', 'pair', '--no-seal'], { now });
  const tell = async (part: string): Promise<void> => {
    const ledger = openSqlite(bench.store, { access: 'write', create: false });
    try {
      for (let number = 0; number < others; number++) {
        const id = `${part}-${number}`;
        const tested = [
          draftBacktest('BacktestStarted', backtestFacts.started(id, { meta: 'pair' })),
          draftBacktest('BacktestCompleted', backtestFacts.completed(id, ['hrp'])),
        ];
        await appendBatch(ledger.store, { stream: `backtest-${id}`, drafts: tested }, now);
        const combined = [draftCombination('PositionsCombined', combinationFacts.combined(`book-${id}`, { name: 'book' }))];
        await appendBatch(ledger.store, { stream: `combination-book-${id}`, drafts: combined }, now);
      }
    } finally {
      ledger.close();
    }
  };
  await tell('before');
  const { result } = await bench.json(['backtest', 'run', '--meta', 'pair', '--risk', 'equal_weight', '--no-seal'], { now });
  const positions = bench.write('positions.csv', 'asset,a\nES,0.5\n');
  const combine = ['combine', '--positions', positions, '--budgets', 'a=1', '--name', 'book', '--as-of', '2022-12-30', '--no-seal'];
  const combined = await bench.json(combine, { now });
  await tell('after');
  expect((await bench.json(['ledger', 'rebuild'])).exit).toBe(0);
  const events = (await bench.events()).length;
  return { bench, events, asOf: '2022-12-30', run: result['runId'] as string, book: combined.result['combinationId'] as string };
}

describe('ten times the backtests and combinations', () => {
  let few: Awaited<ReturnType<typeof withTested>>;
  let many: typeof few;
  beforeAll(async () => {
    few = await withTested(15);
    many = await withTested(150);
  }, 60_000);

  test.each<readonly [string, (of: typeof few) => readonly string[]]>([
    ['weights', () => ['weights', '--meta', 'pair']],
    ['status', () => ['status']],
    ['the latest allocation of their portfolio', () => ['timeline', 'latest', '--meta', 'pair']],
    ['the latest backtest', () => ['timeline', 'latest', '--kind', 'backtest']],
    ['the backtest before it', () => ['timeline', 'previous', '--kind', 'backtest', '--meta', 'pair']],
    ['the latest combination', () => ['timeline', 'latest', '--book', 'book']],
    ['the runs of a sleeve', () => ['runs', '--name', 'stocks']],
    ['the runs of a kind', () => ['runs', '--kind', 'meta']],
    ['a timeline', ({ run }) => ['timeline', run]],
    ['a timeline as known at a position', ({ run, events }) => ['timeline', run, '--known-at', String(events)]],
    ['the proof against look-ahead', ({ run }) => ['backtest', 'verify', run]],
    ['a backtest computed again', ({ run }) => ['replay', run]],
    ['a combination computed again', ({ book }) => ['replay', book]],
    ['the results of a backtest', ({ bench, run }) => ['export', 'backtest', run, '-o', bench.path('results.json')]],
    ['the weights of a backtest', ({ bench, run }) => ['export', 'weights', run, '--risk', 'equal_weight', '-o', bench.path('w.csv')]],
    ['the weights of a combination', ({ bench, book }) => ['export', 'weights', book, '-o', bench.path('book.csv')]],
  ])('cost %s not one row and not one event more', async (_, argv) => {
    expect(many.events).toBeGreaterThan(4 * few.events);
    expect(await cost(many, argv(many))).toEqual(await cost(few, argv(few)));
  });

  test.each<readonly [string, (of: typeof few) => readonly string[]]>([
    ['the lines of a backtest', ({ bench, run }) => ['audit', 'export', '--run', run, '-o', bench.path('run.jsonl')]],
    ['the bundle of a combination', ({ bench, book }) => ['audit', 'bundle', book, '-o', bench.path('book.zip')]],
  ])('cost %s not one event more, and as many rows of tiles as a proof in a larger tree needs', async (_, argv) => {
    const [less, more] = [await cost(few, argv(few)), await cost(many, argv(many))];
    expect(more.events).toBe(less.events);
    expect(more.rows - less.rows).toBeLessThanOrEqual(8);
  });
});

/** A ledger with a real tournament and a real scan among so many others: tournaments of another sleeve, scans of another scanner. */
async function withCompeted(others: number): Promise<Grown> {
  const bench = new Workbench(scratch);
  await bench.produce('funds', {}, [], { now });
  const tell = async (part: string): Promise<void> => {
    const ledger = openSqlite(bench.store, { access: 'write', create: false });
    try {
      for (let number = 0; number < others; number++) {
        const id = `${part}-${number}`;
        const competed = [
          draftTournament('TournamentStarted', tournamentFacts.started(id)),
          draftTournament('TournamentCompleted', tournamentFacts.completed(id)),
        ];
        await appendBatch(ledger.store, { stream: `tournament-${id}`, drafts: competed }, now);
        const asOf = addDays(part === 'before' ? '2020-01-01' : '2021-01-01', number);
        const place = number + (part === 'before' ? 1 : others + 1);
        const scanned = draftScan('ScanRecorded', { ...recordedScan({ asOf }), number: place });
        await appendBatch(ledger.store, { stream: 'scan-trend', drafts: [scanned] }, now);
      }
    } finally {
      ledger.close();
    }
  };
  await tell('before');
  const { result } = await bench.json(['tournament', 'run', '--profile', 'funds', '--risk', 'equal_weight', '--no-seal'], { now });
  const config = ['id: liquid', 'data_category: test', 'sort_by: Value.Traded', 'prefilter_limit: 300', 'limit: 6'];
  bench.write('scanners/liquid.yaml', [...config, 'volume: {value_traded_min: 5}'].join('\n'));
  const rows = bench.write('rows.json', JSON.stringify({ data: [{ symbol: 'AMEX:EEE', 'Value.Traded': 9 }] }));
  await bench.json([
    'scan',
    'run',
    'liquid',
    '--scanners',
    bench.path('scanners'),
    '--response',
    rows,
    '--as-of',
    '2022-12-01',
    '--no-seal',
  ]);
  await tell('after');
  expect((await bench.json(['ledger', 'rebuild'])).exit).toBe(0);
  return { bench, events: (await bench.events()).length, asOf: '2022-12-30', run: result['runId'] as string };
}

describe('ten times the tournaments and scans', () => {
  let few: Grown;
  let many: Grown;
  beforeAll(async () => {
    few = await withCompeted(15);
    many = await withCompeted(150);
  }, 60_000);

  test.each<readonly [string, (of: Grown) => readonly string[]]>([
    ['the latest tournament of a sleeve', () => ['timeline', 'latest', '--kind', 'tournament', '--sleeve', 'funds']],
    ['a timeline', ({ run }) => ['timeline', run]],
    ['a tournament asked for again', () => ['tournament', 'run', '--profile', 'funds', '--risk', 'equal_weight', '--no-seal']],
    ['a tournament computed again', ({ run }) => ['replay', run]],
    ['the report of a tournament', ({ bench, run }) => ['report', run, '-o', bench.path('report')]],
    ['the tables of a tournament', ({ bench, run }) => ['export', 'series', run, '-o', bench.path('series')]],
    ['the funnel of a scan', () => ['scan', 'funnel', 'liquid']],
    ['the runs of a sleeve', () => ['runs', '--name', 'funds']],
  ])('cost %s not one row and not one event more', async (_, argv) => {
    expect(many.events).toBeGreaterThan(4 * few.events);
    expect(await cost(many, argv(many))).toEqual(await cost(few, argv(few)));
  });
});

/** Read models as somebody has emptied them, that say that they are up to date. */
async function blind(location: string, mode: StoreMode): Promise<OpenStore> {
  const opened = await openStore(location, mode);
  const { readModels, store } = opened;
  const empty: ReadModels = {
    checkpoint: () => store.head(),
    row: async () => null,
    rows: async () => [],
    versions: async () => [],
    reset: (id) => readModels.reset(id),
    projections: async () => [],
    commit: (...given) => readModels.commit(...given),
  };
  return { ...opened, readModels: empty };
}

describe('a deciding verb', () => {
  test.each([
    ['flow meta', ['flow', 'meta', '--profile', 'twice'], ['sleeve-stocks', 'metaPortfolio-twice']],
    ['manifest apply', ['manifest', 'apply'], ['sleeve-coins', 'sleeve-funds', 'sleeve-stocks', 'metaPortfolio-whole']],
    ['sleeve quarantine', ['sleeve', 'quarantine', 'coins', '--why', 'a test'], ['sleeve-coins']],
    ['parity check', ['parity', 'check', '--meta', 'twice'], ['sleeve-stocks', 'metaPortfolio-twice']],
    ['halt', ['halt', '--meta', 'whole', '--why', 'a test'], ['metaPortfolio-whole']],
  ] as const)('%s reads each event of its streams once (counted: those of longLived, if they have any)', async (_, argv, streams) => {
    const counted = new Counted();
    const { error } = await old.bench.json(argv[0] === 'parity' ? argv : [...argv, '--no-seal'], { openStore: counted.open, now });
    expect(error).toBeUndefined();
    expect([...counted.reads].filter(([, times]) => times > 1)).toEqual([]);
    const read = new Set([...counted.reads.keys()].map((place) => place.slice(0, place.indexOf('@'))));
    expect([...read]).toEqual(expect.arrayContaining([...streams]));
  });

  test('that makes or revokes a token costs ten times the ledger not one row and not one event more', async () => {
    const costs = [];
    for (const { bench } of [young, old]) {
      const create = ['token', 'create', '--holder', 'olga', '--role', 'viewer', '--no-seal'];
      const created = await cost({ bench }, create);
      const { result } = await bench.json(create);
      costs.push([created, await cost({ bench }, ['token', 'revoke', result['tokenId'] as string, '--why', 'a test', '--no-seal'])]);
    }
    expect(costs[1]).toEqual(costs[0]);
  });

  test('reads streams, never rows: rows that lack the newest runs mislead no allocation', async () => {
    const bench = new Workbench(scratch);
    for (const sleeve of ['stocks', 'funds'] as const) await bench.produce(sleeve, { last: '2022-10-31' });
    expect((await bench.json(['flow', 'meta', '--profile', 'pair', '--no-seal'])).exit).toBe(0);
    for (const sleeve of ['stocks', 'funds'] as const) await bench.produce(sleeve);
    const { result, error } = await bench.json(['flow', 'meta', '--profile', 'pair', '--no-seal'], { openStore: blind });
    expect(error).toBeUndefined();
    expect(result['runId']).toContain('2022-12-30');
  });
});
