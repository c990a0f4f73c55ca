import type { DomainEvent } from '../../domain/catalogue.ts';
import { metaPortfolioDecider } from '../../domain/meta/decider.ts';
import type { MetaPortfolioEvent } from '../../domain/meta/events.ts';
import type { MetaPortfolioState } from '../../domain/meta/state.ts';
import { sleeveDecider, type SleeveState } from '../../domain/sleeve/decider.ts';
import type { SleeveEvent } from '../../domain/sleeve/events.ts';
import type { Fold } from '../folds.ts';

/** States with the ledger times that windows and cool-downs are counted from: a decider knows no clock. */

export interface PortfolioFold {
  readonly portfolio: MetaPortfolioState;
  readonly publishedAt: string | null;
  readonly decidedAt: string | null;
}

function evolvePortfolio({ portfolio, publishedAt, decidedAt }: PortfolioFold, event: DomainEvent): PortfolioFold {
  const after = metaPortfolioDecider.evolve(portfolio, event as unknown as MetaPortfolioEvent);
  const { recordedAt } = event.envelope;
  return {
    portfolio: after,
    publishedAt: event.type === 'AllocationPublished' ? recordedAt : publishedAt,
    decidedAt: after.decisions > portfolio.decisions ? recordedAt : decidedAt,
  };
}

export const portfolioFold: Fold<PortfolioFold> = { initialState: { portfolio: metaPortfolioDecider.initialState, publishedAt: null, decidedAt: null }, evolve: evolvePortfolio };

export interface SleeveFold {
  readonly sleeve: SleeveState;
  /** When the current run was accepted. */
  readonly currentAt: string | null;
}

function evolveSleeve({ sleeve, currentAt }: SleeveFold, event: DomainEvent): SleeveFold {
  const after = sleeveDecider.evolve(sleeve, event as unknown as SleeveEvent);
  return { sleeve: after, currentAt: after.current === sleeve.current ? currentAt : event.envelope.recordedAt };
}

export const sleeveFold: Fold<SleeveFold> = { initialState: { sleeve: sleeveDecider.initialState, currentAt: null }, evolve: evolveSleeve };
