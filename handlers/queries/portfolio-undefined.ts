import { LedgerError } from '../../domain/shared/errors.ts';

/** A question about a portfolio that the ledger does not define. */
export function portfolioUndefined(meta: string): LedgerError {
  return new LedgerError('PortfolioUndefined', `no portfolio ${meta} is defined`, { at: { path: meta } });
}
