import { describe, expect, test } from '@jest/globals';
import { type TimedPortfolio, timedPortfolio } from '../../../domain/publication/timed-portfolio.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { FactHistory, portfolioFacts, sleeveFacts } from '../../support/portfolio-events.ts';

const at = (time: string): string => `2026-01-02T${time}.000Z`;
const after = (history: FactHistory): TimedPortfolio => history.events.reduce(timedPortfolio.evolve, timedPortfolio.initialState);
const defined = (): FactHistory =>
  new FactHistory().portfolio('MetaPortfolioDefined', portfolioFacts.defined('desk', ['etfs']), at('08:00:00'));

describe('the ledger times of a portfolio', () => {
  test('there are none before the first decision', () => {
    expect(after(defined())).toMatchObject({ publishedAt: null, decidedAt: null });
  });

  test('a publication is a decision, and both are dated by it', () => {
    expect(after(defined().portfolio('AllocationPublished', portfolioFacts.published('desk', 1), at('09:00:00')))).toMatchObject({
      publishedAt: at('09:00:00'),
      decidedAt: at('09:00:00'),
    });
  });

  test('a skipped, held or refused allocation is a decision and no publication', () => {
    const history = (): FactHistory => defined().portfolio('AllocationPublished', portfolioFacts.published('desk', 1), at('09:00:00'));
    const times = { publishedAt: at('09:00:00'), decidedAt: at('10:00:00') };
    expect(after(history().portfolio('RebalanceSkipped', portfolioFacts.skipped('desk'), at('10:00:00')))).toMatchObject(times);
    expect(after(history().portfolio('RebalanceHeld', portfolioFacts.held('desk', 'h1'), at('10:00:00')))).toMatchObject(times);
    expect(after(history().portfolio('ReallocationRefused', portfolioFacts.refused('desk'), at('10:00:00')))).toMatchObject(times);
  });

  test('a rejection has seen nothing new: windows go on being counted from what was held', () => {
    const history = defined()
      .portfolio('RebalanceHeld', portfolioFacts.held('desk', 'h1'), at('09:00:00'))
      .portfolio('RebalanceRejected', portfolioFacts.rejected('desk', 'h1'), at('10:00:00'));
    expect(after(history).decidedAt).toBe(at('09:00:00'));
  });

  test('a fact of another stream has no place in it', () => {
    expect(() => after(defined().sleeve('SleeveDefined', sleeveFacts.defined('etfs')))).toThrow(LedgerError);
  });
});
