/**
 * sleeve-ledger as a library: the pure functions, and a ledger to read and write.
 */
export { resolveProfile } from '../domain/manifest/resolve.ts';
export { resolveMeta } from '../domain/manifest/resolve-meta.ts';
export { parseManifest, validateManifest } from '../domain/manifest/validate.ts';
export { checkParity } from '../domain/meta/parity.ts';
export { parityPolicy } from '../domain/meta/parity-policy.ts';
export { flatten, physicalSymbol, type FlattenedPortfolio, type Leaf } from '../domain/meta/flatten.ts';
export { measureAcceptance } from '../domain/meta/acceptance.ts';
export { auditPrices, mergePriceTables, repairOffCalendar } from '../domain/returns/integrity.ts';
export { annualisationDays, calendarOfSymbol, isAllowed, isExpected } from '../domain/returns/calendar.ts';
export { formGrid } from '../domain/returns/grid.ts';
export { joinReturns, type JoinPolicy } from '../domain/returns/join.ts';
export { computeMetrics, type Metrics } from '../domain/returns/metrics.ts';
export type { PriceTable, ReturnMatrix, ReturnSeries, SymbolWeight } from '../domain/returns/series.ts';
export { barbell } from '../domain/risk/barbell.ts';
export { projectToBounds, type BoundedWeights } from '../domain/risk/bounds.ts';
export { diversificationRatio, effectiveNumber, portfolioVolatility, riskContributions } from '../domain/risk/contribution.ts';
export { estimateCovariance, sampleCorrelation, sampleCovariance } from '../domain/risk/covariance.ts';
export { equalWeight } from '../domain/risk/equal-weight.ts';
export { hierarchicalRiskParity } from '../domain/risk/hierarchical-risk-parity.ts';
export { maxSharpe } from '../domain/risk/max-sharpe.ts';
export { minVariance } from '../domain/risk/min-variance.ts';
export { defaultSolveParameters, riskProfiles, solveProfile } from '../domain/risk/profiles.ts';
export { riskParity } from '../domain/risk/risk-parity.ts';
export type { Certificate, RiskProfile, SolveParameters, SolveResult } from '../domain/risk/schemas.ts';
export { walkForward } from '../domain/backtest/walk-forward.ts';
export { createMerkleTree, verifyConsistency, verifyInclusion } from '../domain/audit/merkle.ts';
export { openCheckpoint, signCheckpoint } from '../domain/audit/checkpoint.ts';
export { verifyAuditLines } from '../domain/audit/verify-audit.ts';
export { canonicalBytes, canonicalJson } from '../domain/shared/canonical-json.ts';
export { errorKinds, LedgerError, type ErrorCode } from '../domain/shared/errors.ts';
export { catalogue, type DomainEvent, type EventData, type EventType } from '../domain/catalogue.ts';
export { openLedger, type OpenLedger } from './open-ledger.ts';
