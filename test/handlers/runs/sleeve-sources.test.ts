/** What is known of a sleeve: now or as it was, and the run of it that counts. */
import { describe, expect, test } from '@jest/globals';
import { recordedUnder } from '../../../handlers/runs/recorded-run.ts';
import { checkedPortfolios, consumes } from '../../../handlers/runs/checked-portfolios.ts';
import { sleevesAt, sleevesInStreams } from '../../../handlers/runs/sleeve-sources.ts';
import { portfolioAt, waiversInStream } from '../../../handlers/runs/portfolio-waivers.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { FactHistory, policy, portfolioFacts, sleeveFacts } from '../../support/portfolio-events.ts';
import { sleeveRunFacts } from '../../support/sleeve-run-facts.ts';

const { accepted } = sleeveFacts;
const waiver = (digit: string) => ({
  waiverId: `c56a4180-65aa-42ec-a945-5fd21dec053${digit}`,
  meta: 'desk',
  who: 'ann',
  why: 'agreed',
  paths: ['backtest.train_window'],
  until: '2025-12-31',
});
const strict = { ...policy, maker_checker: true };
const history = new FactHistory()
  .sleeve('SleeveRunAccepted', accepted('bonds', 's1', '2025-07-16'))
  .sleeve('SleeveRunAccepted', accepted('bonds', 's2', '2025-07-18'))
  .sleeve('SleeveRunAccepted', accepted('bonds', 's3', '2025-07-17'))
  .portfolio('MetaPortfolioDefined', portfolioFacts.defined('desk', ['bonds'], { policy: strict }))
  .portfolio('ParityWaiverGranted', waiver('1'))
  .sleeve('SleeveQuarantined', { sleeve: 'bonds', number: 1, why: 'bad prices' })
  .portfolio('ParityWaiverGranted', waiver('2'))
  .portfolio('MetaPortfolioDefined', portfolioFacts.defined('free', ['bonds']))
  .portfolio('MetaPortfolioDefined', portfolioFacts.defined('freed', ['bonds'], { policy: strict }))
  .portfolio('MetaPortfolioDefined', portfolioFacts.defined('freed', ['bonds'], { number: 2 }));

/** The ledger, and the position behind so many of its events. */
async function ledger() {
  const session = await ledgerHolding(history);
  const events = await session.ports.store.readAll({ after: null, maxCount: 100, types: null });
  return { session, after: (count: number): string => events[count - 1]!.position };
}

const names = (...ids: readonly [string, ...string[]]) => ids.map((runId) => ({ runId })) as unknown as Parameters<typeof recordedUnder>[2];

describe('a sleeve', () => {
  test('is known as its stream has it: why it is out of use, and each of its accepted runs', async () => {
    const { session, after } = await ledger();
    for (const source of [sleevesInStreams(session), sleevesAt(session.ports, after(history.stored.length))]) {
      const { quarantinedWhy, latest, run } = await source('bonds');
      expect(quarantinedWhy).toBe('bad prices');
      const found = await Promise.all([null, '2025-07-18', '2025-07-17', '2025-07-16', '2025-07-15'].map((asOf) => latest(asOf)));
      expect(found.map((one) => one?.runId ?? null)).toEqual(['s2', 's2', 's3', 's1', null]);
      expect(await run('s1')).toMatchObject({ runId: 's1', asOf: '2025-07-16' });
      expect(await run('s9')).toBeNull();
    }
  });

  test('of which nothing is recorded has no run, and is in use', async () => {
    const { session } = await ledger();
    for (const source of [sleevesInStreams(session)('nobody'), sleevesAt(session.ports, null)('bonds')]) {
      const { quarantinedWhy, latest } = await source;
      expect([quarantinedWhy, await latest(null)]).toEqual([null, null]);
    }
  });

  test('is known as it was at a position, and its stream is read once', async () => {
    const { session, after } = await ledger();
    let read = 0;
    const { store } = session.ports;
    const counting = Object.assign(Object.create(null) as object, {
      readStream: (...given: Parameters<typeof store.readStream>) => {
        read++;
        return store.readStream(...given);
      },
      comparePositions: (...given: Parameters<typeof store.comparePositions>) => store.comparePositions(...given),
    }) as unknown as typeof store;
    const source = sleevesAt({ store: counting }, after(2));
    const before = await source('bonds');
    expect([before.quarantinedWhy, (await before.latest('2025-07-17'))?.runId]).toEqual([null, 's1']);
    const reads = read;
    await source('bonds');
    expect(read).toBe(reads);
  });
});

describe('the waivers of a portfolio', () => {
  test('are those that stand, now or at a position', async () => {
    const { session, after } = await ledger();
    expect(await waiversInStream(session, 'desk')).toEqual([waiver('1'), waiver('2')]);
    expect((await portfolioAt(session.ports, 'desk', after(7))).waivers).toEqual([waiver('1'), waiver('2')]);
    expect((await portfolioAt(session.ports, 'desk', null)).waivers).toEqual([]);
    expect((await portfolioAt(session.ports, 'desk', after(5))).waivers).toEqual([waiver('1')]);
    expect((await portfolioAt(session.ports, 'free', after(8))).waivers).toEqual([]);
  });
});

describe('portfolios that ask for a second person', () => {
  test('are those whose definition in force does', async () => {
    const { session } = await ledger();
    expect((await checkedPortfolios(session.ports.store)).map(({ meta, number }) => [meta, number])).toEqual([['desk', 1]]);
  });

  test('consume the sleeves that they name', () => {
    const portfolio = portfolioFacts.defined('desk', ['bonds', 'gold']);
    expect([consumes(portfolio, 'gold'), consumes(portfolio, 'coins')]).toEqual([true, false]);
  });
});

describe('a run that is recorded under one of its names', () => {
  const runs = new FactHistory()
    .add('sleeveRun-old', 'SleeveRunOpened', sleeveRunFacts.opened('old'))
    .add('sleeveRun-old', 'SleeveRunCertified', sleeveRunFacts.graded())
    .add('sleeveRun-older', 'SleeveRunOpened', sleeveRunFacts.opened('older'));

  test('is found under the first that is there, with its events', async () => {
    const { store } = (await ledgerHolding(runs)).ports;
    const found = await recordedUnder(store, 'sleeveRun', names('new', 'old', 'older'));
    expect([found?.name, found?.events.map(({ type }) => type)]).toEqual([{ runId: 'old' }, ['SleeveRunOpened', 'SleeveRunCertified']]);
    expect(await recordedUnder(store, 'sleeveRun', names('new'))).toBeNull();
    expect(await recordedUnder(store, 'metaRun', names('old'))).toBeNull();
  });

  test('must be confirmed under an older name, and need not under its newest', async () => {
    const { store } = (await ledgerHolding(runs)).ports;
    const asked: string[] = [];
    const only = (runId: string | null) => async (events: readonly { data: unknown }[]) => {
      const opened = (events[0]!.data as { runId: string }).runId;
      asked.push(opened);
      return opened === runId;
    };
    expect((await recordedUnder(store, 'sleeveRun', names('new', 'old', 'older'), only('older')))?.name).toEqual({ runId: 'older' });
    expect(asked).toEqual(['old', 'older']);
    expect(await recordedUnder(store, 'sleeveRun', names('new', 'old'), only(null))).toBeNull();
    expect((await recordedUnder(store, 'sleeveRun', names('old', 'older'), only(null)))?.name).toEqual({ runId: 'old' });
  });
});
