import { LedgerError } from '../shared/errors.ts';

/**
 * The rules under which a run is computed: kernels where their bits may change, readers of parquet, pickle and CSV, calendar tables,
 * integrity checks and grades, verdicts. Whatever changes one of them raises the version. A run records its version, keeps what it was
 * found to be under it, and is recomputed under it as long as it is kept (docs/decisions/0020-rules-are-kept.md).
 */
export interface RulesVersion {
  readonly version: number;
  readonly since: string;
  /** What changed against the version before, in words. */
  readonly changes: string;
  /** Paths of facts that the change moves, such as `SleeveProfileSolved.data.weights`; a difference there is explained by it. */
  readonly moves: readonly string[];
}

/** Every version that there was, oldest first. Never edited: a change is a line more. */
export const rulesHistory: readonly RulesVersion[] = [
  { version: 1, since: '0.1.0', changes: 'The first rules.', moves: [] },
  {
    version: 2,
    since: '0.2.0',
    changes: 'Stricter judgement of prices, dates, units and parity; solvers that take every valid matrix; symbols in one spelling.',
    moves: [
      'SleeveRunOpened.data.runId',
      'SleeveRunOpened.data.asOf',
      'IntegrityPassed.data.verdict',
      'IntegrityFailed.data.verdict',
      'UniverseFormed.data.benchmarks',
      'SleeveRunCertified.data.evidence',
      'SleeveRunDegraded.data.evidence',
      'SleeveRunDegraded.data.reasons',
      'SleeveRunFoundIneligible.data.evidence',
      'SleeveRunFoundIneligible.data.reasons',
      'UniverseFormed.data.shortened',
      'ParityAccepted.data.verdict',
      'ParityRejected.data.verdict',
      'ParityRejected.data.outcome',
      'ParityWaived.data.verdict',
      'ParityWaived.data.outcome',
      // Solves that climbed or failed under rules 1: their weights and whatever follows from them.
      'SleeveProfileSolved.data.weights',
      'SleeveProfileSolved.data.lastWindowWeights',
      'SleeveProfileSolved.data.solve',
      'SleeveProfileSolved.data.walkForward',
      'SleeveProfileSolved.data.outOfSample',
      'SleeveWeightsOptimised.data.weights',
      'SleeveWeightsOptimised.data.solve',
      'GuardrailsApplied.data',
      'PortfolioFlattened.data',
      // Wealth near ruin, and what is lost in a join.
      'SleeveProfileImported.data.outOfSample.metrics',
      'SleeveReturnsJoined.data.statistics',
      // Tolerances of verdicts, conservation measured, hardened solves.
      'AcceptanceMeasured.data.verdicts',
      'AcceptanceMeasured.data.grade',
      'MetaRunCompleted.data.profileSpreadMax',
      'SleeveProfileImported.data.weights',
    ],
  },
  {
    version: 3,
    since: '0.2.0',
    changes: 'Active sets begin near their optimum, so that counts of steps differ; equal risk of near hedges is solved, not refused.',
    moves: [
      'SleeveProfileSolved.data.solve',
      'SleeveWeightsOptimised.data.solve',
      // Only of matrices with a condition above 1e8, of columns that replace one another, and of near hedges that were refused.
      'SleeveProfileSolved.data.weights',
      'SleeveProfileSolved.data.lastWindowWeights',
      'SleeveProfileSolved.data.walkForward',
      'SleeveProfileSolved.data.outOfSample',
      'SleeveWeightsOptimised.data.weights',
      'GuardrailsApplied.data',
      'PortfolioFlattened.data',
      'AcceptanceMeasured.data.verdicts',
      'AcceptanceMeasured.data.grade',
      'MetaRunCompleted.data.profileSpreadMax',
    ],
  },
];

/** Versions that this build still computes under. */
export const rulesKept: ReadonlySet<number> = new Set([1, 2, 3]);

/** Under which new runs are computed. */
export const rulesInForce: number = rulesHistory.at(-1)!.version;

/** Errors: RulesUnknown for a version that this build no longer computes under, or not yet. */
export function requireRules(version: number, kept: ReadonlySet<number> = rulesKept): number {
  if (kept.has(version)) return version;
  const newest = rulesHistory.at(-1)!.version;
  const why = version > newest ? 'it is newer than this build' : 'this build no longer keeps them';
  throw new LedgerError('RulesUnknown', `the run was computed under rules ${version}; ${why}`, {
    evidence: { rules: version, kept: [...kept] },
  });
}

/** The later version whose change explains a difference at this place; null when none does. */
export function rulesThatMoved(
  path: string,
  recorded: number,
  computed: number,
  history: readonly RulesVersion[] = rulesHistory,
): RulesVersion | null {
  const later = history.filter(({ version }) => version > recorded && version <= computed);
  return (
    later.find(({ moves }) => moves.some((moved) => path === moved || path.startsWith(`${moved}.`) || path.startsWith(`${moved}[`))) ?? null
  );
}
