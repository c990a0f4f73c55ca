/**
 * sleeve-ledger as a library: the pure functions, and a ledger to read and write.
 */
export { resolveProfile } from '../domain/manifest/resolve.ts';
export { resolveMeta } from '../domain/manifest/resolve-meta.ts';
export { starterManifest } from '../domain/manifest/starter.ts';
export { validateManifest } from '../domain/manifest/validate.ts';
export { checkParity } from '../domain/parity/parity.ts';
export { parityPolicy } from '../domain/parity/policy.ts';
export { flatten, physicalSymbol, type FlattenedPortfolio, type Leaf } from '../domain/allocation/flatten.ts';
export { measureAcceptance } from '../domain/allocation/acceptance.ts';
export { auditPrices, mergePriceTables, repairOffCalendar } from '../domain/returns/integrity.ts';
export { rulesInForce } from '../domain/run/rules.ts';
export { auditPriceFiles, type PriceAudit, type PriceAuditQuestion } from '../handlers/queries/audit-integrity.ts';
export { annualisationDays, calendarOfSymbol, isAllowed, isExpected } from '../domain/returns/calendar.ts';
export { formGrid } from '../domain/returns/grid.ts';
export { joinReturns, type JoinPolicy } from '../domain/returns/join.ts';
export { computeMetrics, type Metrics } from '../domain/returns/metrics.ts';
export type { MetadataFile, SupplyFiles } from '../domain/allocation/sleeve/given-supply.ts';
export { parseRenames, renamedPrices, type Renames } from '../domain/returns/renamed-prices.ts';
export type { PriceFile } from '../domain/returns/price-file.ts';
export type { PriceTable, ReturnMatrix, ReturnSeries, SymbolWeight } from '../domain/returns/series.ts';
export { bootstrapBands, bootstrapMetrics } from '../domain/metrics/block-bootstrap.ts';
export { combinatorialSplits } from '../domain/metrics/combinatorial-splits.ts';
export { jointShares, optimiserShares, realisedShares } from '../domain/metrics/contribution.ts';
export { conventions } from '../domain/metrics/conventions.ts';
export { deflatedSharpe, distinctTrials, observedSharpe } from '../domain/metrics/deflated-sharpe.ts';
export { performanceOf, type Performance } from '../domain/metrics/performance.ts';
export { compareStartOffsets } from '../domain/metrics/start-offsets.ts';
export { tearSheetOf, type TearSheet } from '../domain/tear-sheet/tear-sheet.ts';
export type { TearSheetInput } from '../domain/tear-sheet/tear-sheet-input.ts';
export { tablesOf } from '../domain/tear-sheet/tear-sheet-tables.ts';
export { barbell } from '../domain/risk/barbell.ts';
export { projectToBounds, type BoundedWeights } from '../domain/risk/bounds.ts';
export { estimateCovariance, sampleCorrelation, sampleCovariance } from '../domain/risk/covariance.ts';
export { equalWeight } from '../domain/risk/equal-weight.ts';
export { defaultSolveParameters, riskProfiles, solveProfile } from '../domain/risk/profiles.ts';
export type { Certificate, RiskProfile, SolveParameters, SolveResult } from '../domain/risk/schemas.ts';
export { walkForward } from '../domain/walk-forward/walk-forward.ts';
export type { Simulation, SimulationInput } from '../domain/execution/simulation.ts';
export { seriesOfSimulation } from '../domain/execution/table.ts';
export type { Overlaid, OverlayInput } from '../domain/overlay/overlays.ts';
export { type Overlays, overlaysOf } from '../domain/overlay/parameters.ts';
export { createMerkleTree, verifyConsistency, verifyInclusion } from '../domain/audit/merkle.ts';
export { openCheckpoint, signCheckpoint } from '../domain/audit/checkpoint.ts';
export { verifyAuditLines } from '../domain/audit/verify-audit.ts';
export { canonicalBytes, canonicalJson } from '../domain/shared/canonical-json.ts';
export { errorKinds, LedgerError, type ErrorCode } from '../domain/shared/errors.ts';
export { catalogue, type DomainEvent, type EventData, type EventType } from '../domain/catalogue.ts';
export type { Lint } from '../domain/lint/lint.ts';
export { type LintQuestion, lintedProfile } from '../handlers/queries/lint-profile.ts';
export { type ResolvedName, resolvedName, type ValidatedManifest, validatedManifest } from '../handlers/queries/manifest.ts';
export { resolveSettings, type Settings } from '../handlers/runtime/settings.ts';
export { parseKnownAt } from '../handlers/read-models/position.ts';
export type { CombinationAsked } from '../domain/combine/planned-defaults.ts';
export type { CombinedWeights, CombineOptions } from '../domain/combine/combined-weights.ts';
export {
  applyOverlays,
  combine,
  diversificationRatio,
  effectiveNumber,
  hierarchicalRiskParity,
  maxSharpe,
  minVariance,
  parseManifest,
  portfolioVolatility,
  riskContributions,
  riskParity,
  simulateWeights,
} from './checked-functions.ts';
export { openLedger, type OpenLedger } from './open-ledger.ts';
export { restoreLedger } from './restore-ledger.ts';
