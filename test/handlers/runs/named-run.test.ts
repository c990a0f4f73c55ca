/** Which run a word means: `latest`, `previous`, `published` of a portfolio, a sleeve or a book; and what is said where none is meant. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { isRunWord, namedRunId, runIdNow, type RunReference, type WantedKind } from '../../../handlers/runs/named-run.ts';
import type { Ports } from '../../../handlers/ports/ports.ts';
import { backtestFacts, combinationFacts } from '../../support/backtest-facts.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { metaRunFacts } from '../../support/meta-run-facts.ts';
import { FactHistory, portfolioFacts, sleeveFacts } from '../../support/portfolio-events.ts';
import { selectionFacts } from '../../support/selection-facts.ts';
import { tournamentFacts } from '../../support/tournament-facts.ts';

const sleeveRun = (history: FactHistory, runId: string, asOf: string, sleeve = 'bonds') =>
  history
    .add(`sleeveRun-${runId}`, 'SleeveRunOpened', { ...selectionFacts.opened(runId), sleeve, asOf })
    .sleeve('SleeveRunAccepted', sleeveFacts.accepted(sleeve, runId, asOf));
const metaRun = (history: FactHistory, runId: string, asOf: string, meta = 'desk', now?: string) =>
  history
    .add(`metaRun-${runId}`, 'MetaRunOpened', metaRunFacts.opened(runId, { meta, asOf }), now)
    .add(`metaRun-${runId}`, 'PortfolioFlattened', metaRunFacts.flattened(meta), now);

/** One portfolio, one sleeve, one book, and a backtest and a tournament of each of the first two. */
function oneOfEach(): FactHistory {
  const history = new FactHistory();
  sleeveRun(history, 's1', '2024-01-10');
  sleeveRun(history, 's2', '2024-01-11');
  metaRun(history, 'm1', '2024-01-10');
  metaRun(history, 'm2', '2024-01-12');
  metaRun(history, 'm3', '2024-01-11');
  return history
    .add('backtest-b1', 'BacktestStarted', backtestFacts.started('b1'))
    .add('combination-c1', 'PositionsCombined', combinationFacts.combined('c1', { asOf: '2024-01-10' }))
    .add('combination-c2', 'CombinationRefused', combinationFacts.refused('c2'))
    .add('tournament-x1', 'TournamentStarted', tournamentFacts.started('x1'))
    .portfolio('MetaPortfolioDefined', portfolioFacts.defined('desk', ['bonds']))
    .portfolio('AllocationPublished', portfolioFacts.published('desk', 1, { runId: 'm1', asOf: '2024-01-10' }))
    .portfolio('AllocationPublished', portfolioFacts.published('desk', 2, { runId: 'm2', asOf: '2024-01-12' }));
}

/** Two of everything of which a word can speak. */
function twoOfEach(): FactHistory {
  const history = oneOfEach();
  sleeveRun(history, 's3', '2024-01-10', 'bills');
  metaRun(history, 'm4', '2024-01-10', 'alt');
  return history
    .add('backtest-b2', 'BacktestStarted', backtestFacts.started('b2', { meta: 'alt' }))
    .portfolio('MetaPortfolioDefined', portfolioFacts.defined('alt', ['bonds']))
    .portfolio('MetaPortfolioDefined', portfolioFacts.defined('never', ['bonds']))
    .portfolio('AllocationPublished', portfolioFacts.published('alt', 1, { runId: 'm4', asOf: '2024-01-10' }));
}

let one: Ports;
let two: Ports;
let none: Ports;
beforeAll(async () => {
  one = (await ledgerHolding(oneOfEach())).ports;
  two = (await ledgerHolding(twoOfEach())).ports;
  none = (await ledgerHolding(new FactHistory())).ports;
});

const now = { asOf: null, knownAt: null };
const named = (ports: Ports, reference: RunReference, kind?: WantedKind, asOf: string | null = null): Promise<string> =>
  namedRunId(ports, reference, { ...now, asOf }, kind);

const unopened = (): Promise<Ports> => {
  throw new Error('no ledger is asked');
};
const meta = (name: string) => ({ kind: 'meta', name });
const sleeve = (name: string) => ({ kind: 'sleeve', name });

test('there are three words', () => {
  expect(['latest', 'previous', 'published', 'first', 'LATEST', ''].map(isRunWord)).toEqual([true, true, true, false, false, false]);
});

describe('an id', () => {
  test('is itself, and needs no ledger to be open', async () => {
    expect(await namedRunId(unopened, { runId: 'stocks-2022-12-30-dca174f2ade9efa4' }, now)).toBe('stocks-2022-12-30-dca174f2ade9efa4');
    expect(await namedRunId(unopened, { runId: 'r1', meta: null, sleeve: null, book: null, kind: null }, now, 'meta')).toBe('r1');
  });

  test.each<Omit<RunReference, 'runId'>>([{ meta: 'desk' }, { sleeve: 'bonds' }, { book: 'futures' }, { kind: 'meta' }])(
    'goes with no flag such as %p',
    async (flags) => {
      await expect(namedRunId(unopened, { runId: 'r1', ...flags }, now)).rejects.toMatchObject({
        code: 'Usage',
        message: '--meta, --sleeve, --book and --kind go with latest, previous, published, and not with the id of a run',
        at: { path: 'r1' },
      });
    },
  );
});

describe('a word', () => {
  test.each<[string, RunReference, WantedKind | undefined, string]>([
    ['the last allocation of a portfolio', { runId: 'latest', meta: 'desk' }, undefined, 'm3'],
    ['the one before it', { runId: 'previous', meta: 'desk' }, undefined, 'm2'],
    ['the one in force', { runId: 'published', meta: 'desk' }, undefined, 'm2'],
    ['the one in force of the only portfolio that published', { runId: 'published' }, undefined, 'm2'],
    ['the last run of a sleeve', { runId: 'latest', sleeve: 'bonds' }, undefined, 's2'],
    ['the last run of the only sleeve', { runId: 'latest' }, 'sleeve', 's2'],
    ['the last run of the only portfolio', { runId: 'latest' }, 'meta', 'm3'],
    ['the last run of a portfolio by its kind', { runId: 'latest', kind: 'meta' }, undefined, 'm3'],
    ['a backtest where one is asked for', { runId: 'latest' }, 'backtest', 'b1'],
    ['a backtest of a portfolio where one is asked for', { runId: 'latest', meta: 'desk' }, 'backtest', 'b1'],
    ['a backtest of a portfolio by its kind', { runId: 'latest', meta: 'desk', kind: 'backtest' }, undefined, 'b1'],
    ['a tournament where one is asked for', { runId: 'latest' }, 'tournament', 'x1'],
    ['a tournament of a sleeve where one is asked for', { runId: 'latest', sleeve: 'bonds' }, 'tournament', 'x1'],
    ['a tournament of a sleeve by its kind', { runId: 'latest', sleeve: 'bonds', kind: 'tournament' }, undefined, 'x1'],
    ['the last combination of a book, a refused one too', { runId: 'latest', book: 'futures' }, undefined, 'c2'],
    ['the combination before it', { runId: 'previous', book: 'futures' }, undefined, 'c1'],
    ['a combination where one is asked for', { runId: 'latest' }, 'combination', 'c2'],
  ])('means %s', async (_, reference, kind, runId) => {
    expect(await named(one, reference, kind)).toBe(runId);
    expect(await namedRunId(async () => one, { ...reference, certain: true }, now, kind)).toBe(runId);
    expect(await runIdNow(one, reference, kind ?? 'any')).toBe(runId);
  });

  test('alone may be given as a text', async () => {
    expect(await runIdNow(one, 'latest', 'meta')).toBe('m3');
    expect(await runIdNow(one, 'm1', 'meta')).toBe('m1');
  });

  test.each([
    ['2024-01-10', 'latest', 'm1'],
    ['2024-01-11', 'latest', 'm3'],
    ['2024-01-11', 'previous', 'm1'],
    ['2024-01-12', 'previous', 'm2'],
    ['2024-01-11', 'published', 'm1'],
    ['2024-01-12', 'published', 'm2'],
  ])('passes over what is as of later than %s: %s is %s', async (asOf, runId, found) => {
    expect(await named(one, { runId, meta: 'desk' }, 'meta', asOf)).toBe(found);
  });

  test('speaks of what had been recorded at a point of ledger time', async () => {
    const history = new FactHistory();
    metaRun(history, 'm1', '2024-01-10', 'desk', '2026-01-01T08:00:00.000Z');
    metaRun(history, 'm2', '2024-01-10', 'alt', '2026-01-02T08:00:00.000Z');
    history
      .portfolio('MetaPortfolioDefined', portfolioFacts.defined('desk', ['bonds']), '2026-01-03T08:00:00.000Z')
      .portfolio('AllocationPublished', portfolioFacts.published('desk', 1, { runId: 'm1' }), '2026-01-03T08:00:00.000Z')
      .portfolio('MetaPortfolioDefined', portfolioFacts.defined('alt', ['bonds']), '2026-01-04T08:00:00.000Z')
      .portfolio('AllocationPublished', portfolioFacts.published('alt', 1, { runId: 'm2' }), '2026-01-04T08:00:00.000Z');
    const { ports } = await ledgerHolding(history);
    const at = (runId: string, day: number) =>
      namedRunId(ports, { runId }, { asOf: null, knownAt: `2026-01-0${day}T12:00:00.000Z` }, 'meta');
    expect(await at('latest', 1)).toBe('m1');
    await expect(at('latest', 2)).rejects.toMatchObject({ code: 'RunAmbiguous' });
    await expect(at('published', 2)).rejects.toMatchObject({ code: 'NothingPublished' });
    expect(await at('published', 3)).toBe('m1');
    await expect(at('published', 4)).rejects.toMatchObject({ code: 'RunAmbiguous' });
  });
});

describe('a word without a name', () => {
  test('passes over a portfolio that was never allocated, and one that never published', async () => {
    const history = new FactHistory().add('metaRun-r1', 'MetaRunOpened', metaRunFacts.opened('r1', { meta: 'rejected' }));
    metaRun(history, 'm1', '2024-01-10');
    expect(await named((await ledgerHolding(history)).ports, { runId: 'latest' }, 'meta')).toBe('m1');
    metaRun(history, 'm4', '2024-01-10', 'alt');
    history
      .portfolio('MetaPortfolioDefined', portfolioFacts.defined('desk', ['bonds']))
      .portfolio('AllocationPublished', portfolioFacts.published('desk', 1, { runId: 'm1' }));
    expect(await named((await ledgerHolding(history)).ports, { runId: 'published' })).toBe('m1');
  });

  test('passes over a sleeve of which no run was accepted', async () => {
    const history = new FactHistory().sleeve('SleeveQuarantined', { sleeve: 'gold', number: 1, why: 'bad prices' });
    sleeveRun(history, 's1', '2024-01-10');
    expect(await named((await ledgerHolding(history)).ports, { runId: 'latest' }, 'sleeve')).toBe('s1');
  });
});

describe('a word that could mean several', () => {
  test.each<[RunReference, WantedKind | undefined, string, readonly object[]]>([
    [
      { runId: 'latest' },
      undefined,
      'a run of each of these: --meta alt, --meta desk, --sleeve bills, --sleeve bonds',
      [meta('alt'), meta('desk'), sleeve('bills'), sleeve('bonds')],
    ],
    [{ runId: 'previous' }, 'sleeve', 'a run of each of these: --sleeve bills, --sleeve bonds', [sleeve('bills'), sleeve('bonds')]],
    [{ runId: 'latest', kind: 'meta' }, undefined, 'a run of each of these: --meta alt, --meta desk', [meta('alt'), meta('desk')]],
    [{ runId: 'published' }, undefined, 'a run of each of these: --meta alt, --meta desk', [meta('alt'), meta('desk')]],
    [
      { runId: 'latest' },
      'backtest',
      'a backtest of each of these: --meta alt, --meta desk',
      [
        { kind: 'backtest', name: 'alt' },
        { kind: 'backtest', name: 'desk' },
      ],
    ],
  ])('%p says them all', async (reference, kind, which, candidates) => {
    await expect(named(two, reference, kind)).rejects.toMatchObject({
      code: 'RunAmbiguous',
      message: `${reference.runId} could be ${which}`,
      evidence: { word: reference.runId, candidates },
      at: { path: reference.runId },
    });
  });

  test('means the one that is named', async () => {
    expect(await named(two, { runId: 'published', meta: 'alt' })).toBe('m4');
    expect(await named(two, { runId: 'latest', sleeve: 'bills' })).toBe('s3');
    expect(await named(two, { runId: 'latest', meta: 'alt' }, 'backtest')).toBe('b2');
  });
});

describe('a word where nothing is recorded', () => {
  test.each<[RunReference, WantedKind | undefined, string, string]>([
    [{ runId: 'latest' }, undefined, 'NothingRecorded', 'no run is latest'],
    [{ runId: 'previous' }, 'sleeve', 'NothingRecorded', 'no run is previous'],
    [{ runId: 'latest' }, 'meta', 'NothingRecorded', 'no run is latest'],
    [{ runId: 'latest' }, 'backtest', 'NothingRecorded', 'no backtest is latest'],
    [{ runId: 'latest' }, 'tournament', 'NothingRecorded', 'no tournament is latest'],
    [{ runId: 'published' }, undefined, 'NothingPublished', 'no run is published'],
  ])('%p says so', async (reference, kind, code, message) => {
    await expect(named(none, reference, kind)).rejects.toMatchObject({ code, message, at: { path: reference.runId } });
  });

  test.each<[string, RunReference, WantedKind | undefined, string | null, string, object]>([
    [
      'no such portfolio',
      { runId: 'latest', meta: 'nobody' },
      undefined,
      null,
      'no run of nobody is recorded',
      { kind: 'meta', name: 'nobody' },
    ],
    [
      'no backtest of it',
      { runId: 'latest', meta: 'alt' },
      'backtest',
      null,
      'no backtest of alt is recorded',
      { kind: 'backtest', name: 'alt' },
    ],
    [
      'one backtest alone',
      { runId: 'previous', meta: 'desk' },
      'backtest',
      null,
      'one backtest only of desk is recorded',
      { kind: 'backtest', name: 'desk' },
    ],
    [
      'one run alone at that date',
      { runId: 'previous', sleeve: 'bonds' },
      undefined,
      '2024-01-10',
      'one run only of bonds is recorded as of 2024-01-10 or before',
      { kind: 'sleeve', name: 'bonds' },
    ],
    [
      'none at that date',
      { runId: 'latest', sleeve: 'bonds' },
      undefined,
      '2024-01-09',
      'no run of bonds is recorded as of 2024-01-09 or before',
      { kind: 'sleeve', name: 'bonds' },
    ],
  ])('of a name says that there is %s', async (_, reference, kind, asOf, message, whose) => {
    await expect(named(one, reference, kind, asOf)).rejects.toMatchObject({
      code: 'NothingRecorded',
      message,
      evidence: { ...whose, asOf, knownAt: null },
    });
  });

  test('of a publication says which portfolio has none, and until when', async () => {
    await expect(named(one, { runId: 'published', meta: 'desk' }, 'meta', '2024-01-09')).rejects.toMatchObject({
      code: 'NothingPublished',
      message: 'desk has no publication as of 2024-01-09 or before',
      evidence: { meta: 'desk', asOf: '2024-01-09', knownAt: null },
    });
    await expect(named(one, { runId: 'published', meta: 'nobody' })).rejects.toMatchObject({
      code: 'NothingPublished',
      message: 'nobody has no publication',
      evidence: { meta: 'nobody', asOf: null, knownAt: null },
    });
  });
});

describe('flags that do not fit', () => {
  test.each<[RunReference, WantedKind | undefined, string, string]>([
    [{ runId: 'latest', meta: 'desk', sleeve: 'bonds' }, undefined, 'give --meta or --sleeve, not both', '--sleeve'],
    [{ runId: 'latest', sleeve: 'bonds', book: 'futures' }, undefined, 'give --sleeve or --book, not both', '--book'],
    [{ runId: 'latest', sleeve: 'bonds' }, 'meta', 'latest is a meta run here: give --meta', '--sleeve'],
    [{ runId: 'latest', meta: 'desk' }, 'sleeve', 'latest is a sleeve run here: give --sleeve', '--meta'],
    [{ runId: 'latest', meta: 'desk' }, 'combination', 'latest is a combination here: give --book', '--meta'],
    [{ runId: 'latest', meta: 'desk' }, 'tournament', 'latest is a tournament here: give --sleeve', '--meta'],
    [{ runId: 'latest', sleeve: 'bonds' }, 'backtest', 'latest is a backtest here: give --meta', '--sleeve'],
    [{ runId: 'latest', kind: 'sleeve' }, 'meta', 'latest is a meta run here: give --meta', '--kind'],
    [{ runId: 'latest', kind: 'sleeve', sleeve: 'bonds' }, 'meta', 'latest is a meta run here: give --meta', '--kind'],
    [{ runId: 'latest', kind: 'sleeve', meta: 'desk' }, undefined, 'a sleeve run is named by --sleeve, not by --meta', '--meta'],
    [{ runId: 'latest', kind: 'combination', sleeve: 'bonds' }, undefined, 'a combination is named by --book, not by --sleeve', '--sleeve'],
    [{ runId: 'latest', kind: 'backtest', book: 'futures' }, undefined, 'a backtest is named by --meta, not by --book', '--book'],
    [{ runId: 'published', sleeve: 'bonds' }, undefined, 'published is a meta run: give --meta', '--sleeve'],
    [{ runId: 'published', kind: 'backtest' }, undefined, 'published is a meta run: give --meta', '--kind'],
    [{ runId: 'published', meta: 'desk', kind: 'backtest' }, undefined, 'published is a meta run: give --meta', '--meta'],
  ])('%p for %p are refused', async (reference, kind, message, path) => {
    await expect(named(one, reference, kind)).rejects.toMatchObject({ code: 'Usage', message, at: { path } });
  });
});
