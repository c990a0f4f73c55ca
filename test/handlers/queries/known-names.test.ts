/** Names that the ledger knows, and which of them an error suggests. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import {
  isKnownPortfolio,
  knownBooks,
  knownPortfolios,
  knownRuns,
  knownSleeves,
  withSuggestions,
} from '../../../handlers/queries/known-names.ts';
import { backtestFacts, combinationFacts } from '../../support/backtest-facts.ts';
import { recordHistory } from '../../support/fact-ledger.ts';
import { FactHistory, portfolioFacts, sleeveFacts } from '../../support/portfolio-events.ts';
import { tournamentFacts } from '../../support/tournament-facts.ts';
import { memoryLedger } from '../replay/world.ts';

const { session, memory } = memoryLedger();
const { ports } = session;

beforeAll(async () => {
  const history = new FactHistory()
    .sleeve('SleeveDefined', sleeveFacts.defined('gold'))
    .sleeve('SleeveDefined', sleeveFacts.defined('bonds'))
    .portfolio('MetaPortfolioDefined', portfolioFacts.defined('desk', ['gold']))
    .add('backtest-tried-1', 'BacktestStarted', backtestFacts.started('tried-1', { meta: 'tried' }))
    .add('combination-futures-1', 'PositionsCombined', combinationFacts.combined('futures-1'))
    .add('combination-rates-1', 'PositionsCombined', combinationFacts.combined('rates-1', { name: 'rates' }))
    .add('combination-futures-2', 'PositionsCombined', combinationFacts.combined('futures-2'))
    .add('tournament-bonds-1', 'TournamentStarted', tournamentFacts.started('bonds-1'));
  await recordHistory(memory, history);
});

describe('the names that the ledger knows', () => {
  test('are its runs, newest first, behind those that begin with a word', async () => {
    const newest = ['bonds-1', 'futures-2', 'rates-1', 'futures-1', 'tried-1'];
    expect(await knownRuns(ports)).toEqual(newest);
    expect(await knownRuns(ports, 'futures')).toEqual(['futures-1', 'futures-2', 'bonds-1', 'rates-1', 'tried-1']);
    expect(await knownRuns(ports, 'none')).toEqual(newest);
  });

  test('are two hundred runs at most, however many there are', async () => {
    const many = memoryLedger();
    const history = new FactHistory();
    for (let run = 0; run < 205; run++) {
      const id = `b-${String(run).padStart(3, '0')}`;
      history.add(`combination-${id}`, 'PositionsCombined', combinationFacts.combined(id));
    }
    await recordHistory(many.memory, history);
    const { ports: own } = many.session;
    const newest = Array.from({ length: 200 }, (_, index) => `b-${String(204 - index).padStart(3, '0')}`);
    expect(await knownRuns(own)).toEqual(newest);
    expect((await knownRuns(own, 'b-')).slice(0, 200)).toEqual(newest.map((_, index) => `b-${String(index).padStart(3, '0')}`));
  });

  test('are its portfolios, defined or tested, its books and its sleeves', async () => {
    expect(await knownPortfolios(ports)).toEqual(['desk', 'tried']);
    expect(await knownBooks(ports)).toEqual(['futures', 'rates']);
    expect(await knownSleeves(ports)).toEqual(['bonds', 'gold']);
  });

  test.each([
    ['desk', true],
    ['tried', true],
    ['futures', false],
    ['bonds', false],
    ['nobody', false],
  ])('have a portfolio %s: %s', async (meta, expected) => {
    expect(await isKnownPortfolio(session, meta)).toBe(expected);
  });
});

const error = (code: LedgerError['code'], path: string | undefined, evidence: Record<string, unknown> = {}) =>
  new LedgerError(code, 'no such name', { evidence, at: path === undefined ? {} : { path }, cause: 'a cause' });

describe('an error about a name that nobody has', () => {
  test.each([
    ['RunUnknown', 'futures-3', ': did you mean futures-2?'],
    ['RunUnknown', 'tried', ': did you mean tried-1?'],
    ['PortfolioUndefined', 'dsk', ': did you mean desk?'],
    ['NothingRecorded', 'dsk', ': did you mean desk?'],
    ['NothingPublished', 'dsk', ': did you mean desk?'],
    ['SleeveUnknown', 'bnds', ': did you mean bonds?'],
  ] as const)('%s of %s ends with %s', async (code, path, suggested) => {
    const given = error(code, path, { of: 'it' });
    const found = (await withSuggestions(ports, given)) as LedgerError;
    expect(found).toMatchObject({ code, message: `no such name${suggested}`, evidence: { of: 'it' }, cause: 'a cause' });
    expect([found.at, found.stack]).toEqual([{ path }, given.stack]);
  });

  test('takes the name of the portfolio from its evidence where it has no path', async () => {
    const found = await withSuggestions(ports, error('NothingRecorded', undefined, { meta: 'dsk' }));
    expect(found).toMatchObject({ message: 'no such name: did you mean desk?', evidence: { meta: 'dsk' } });
  });

  test.each([
    ['of a portfolio that is known', error('NothingPublished', 'desk')],
    ['of a flag, which was refused with a suggestion', error('RunUnknown', '--run')],
    ['without a name', error('RunUnknown', undefined)],
    ['with a number for a name', error('NothingRecorded', undefined, { meta: 7 })],
    ['about something else', error('StoreFull', 'dsk')],
    ['of another kind', new Error('the disk is gone')],
    ['that is none', 'a word'],
  ])('%s stays as it is', async (_, given) => {
    expect(await withSuggestions(ports, given)).toBe(given);
  });
});
