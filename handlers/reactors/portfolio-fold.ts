import type { DomainEvent } from '../../domain/catalogue.ts';
import { metaPortfolioStream } from '../../domain/meta/portfolio-stream.ts';
import type { MetaPortfolioState } from '../../domain/meta/state.ts';
import type { SleeveState } from '../../domain/sleeve/decider.ts';
import { sleeveStream } from '../../domain/sleeve/stream.ts';
import type { Fold } from '../folds.ts';

/** States with the ledger times that windows and cool-downs are counted from: a decider knows no clock. */

export interface PortfolioFold {
  readonly portfolio: MetaPortfolioState;
  readonly publishedAt: string | null;
  readonly decidedAt: string | null;
}

function evolvePortfolio({ portfolio, publishedAt, decidedAt }: PortfolioFold, event: DomainEvent): PortfolioFold {
  const after = metaPortfolioStream.evolve(portfolio, event);
  const { recordedAt } = event.envelope;
  return {
    portfolio: after,
    publishedAt: event.type === 'AllocationPublished' ? recordedAt : publishedAt,
    // Windows are counted from what a decision had seen: a rejection has seen nothing new.
    decidedAt: after.decisions > portfolio.decisions && event.type !== 'RebalanceRejected' ? recordedAt : decidedAt,
  };
}

export const portfolioFold: Fold<PortfolioFold> = { initialState: { portfolio: metaPortfolioStream.initialState, publishedAt: null, decidedAt: null }, evolve: evolvePortfolio };

export interface SleeveFold {
  readonly sleeve: SleeveState;
  /** When the current run was accepted. */
  readonly currentAt: string | null;
}

function evolveSleeve({ sleeve, currentAt }: SleeveFold, event: DomainEvent): SleeveFold {
  const after = sleeveStream.evolve(sleeve, event);
  return { sleeve: after, currentAt: after.current === sleeve.current ? currentAt : event.envelope.recordedAt };
}

export const sleeveFold: Fold<SleeveFold> = { initialState: { sleeve: sleeveStream.initialState, currentAt: null }, evolve: evolveSleeve };
