import type { MetaPortfolioState } from './state.ts';
import { metaPortfolioStream } from './stream.ts';

/** The state of a portfolio with the ledger times that windows and cool-downs are counted from: a decider knows no clock. */
export interface TimedPortfolio {
  readonly portfolio: MetaPortfolioState;
  readonly publishedAt: string | null;
  readonly decidedAt: string | null;
}

interface RecordedFact {
  readonly type: string;
  readonly data: unknown;
  readonly envelope: { readonly recordedAt: string };
}

function evolve({ portfolio, publishedAt, decidedAt }: TimedPortfolio, event: RecordedFact): TimedPortfolio {
  const after = metaPortfolioStream.evolve(portfolio, event);
  const { recordedAt } = event.envelope;
  return {
    portfolio: after,
    publishedAt: event.type === 'AllocationPublished' ? recordedAt : publishedAt,
    // Windows are counted from what a decision had seen: a rejection has seen nothing new.
    decidedAt: after.decisions > portfolio.decisions && event.type !== 'RebalanceRejected' ? recordedAt : decidedAt,
  };
}

/** How a portfolio's stream becomes such a state. */
export const timedPortfolio: { readonly initialState: TimedPortfolio; readonly evolve: typeof evolve } = {
  initialState: { portfolio: metaPortfolioStream.initialState, publishedAt: null, decidedAt: null },
  evolve,
};
