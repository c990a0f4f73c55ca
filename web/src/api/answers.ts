/** The results of the API as the page reads them: the types of the schemas in `presentation/api/answers`, as types alone. */
import type { z } from 'zod';
import type { ComparisonResult, CounterfactualResult } from '../../../presentation/api/answers/comparisons.ts';
import type { DriftResult } from '../../../presentation/api/answers/drift.ts';
import type { EventResult, EventsResult, ProofResult, VerificationResult } from '../../../presentation/api/answers/evidence.ts';
import type { reportResult } from '../../../presentation/api/answers/files.ts';
import type { DeadLettersResult, StatusResult } from '../../../presentation/api/answers/operations.ts';
import type { ExplanationResult, ParityResult, PublicationsResult, WeightsResult } from '../../../presentation/api/answers/portfolios.ts';
import type { ReplayResult } from '../../../presentation/api/answers/replay.ts';
import type { RunsResult, TimelineResult } from '../../../presentation/api/answers/runs.ts';
import type { selectionBattlesResult, selectionFunnelResult } from '../../../presentation/api/answers/selections.ts';

export type Status = StatusResult;
export type PortfolioStatus = Status['portfolios'][number];
export type SleeveStatus = Status['sleeves'][number];
export type Weights = WeightsResult;
export type Drift = DriftResult;
export type Explanation = ExplanationResult;
export type Publications = PublicationsResult;
export type Publication = Publications['publications'][number];
export type Comparison = ComparisonResult;
export type Parity = ParityResult;
export type Runs = RunsResult;
export type Run = Runs['runs'][number];
export type Timeline = TimelineResult;
export type SelectionOfRun = NonNullable<Timeline['selection']>;
export type SelectionDecision = SelectionOfRun['windows'][number];
export type Recomputation = ReplayResult;
export type Counterfactual = CounterfactualResult;
export type ReportDocument = z.infer<typeof reportResult>;
export type LedgerEvent = EventResult;
export type Events = EventsResult;
export type Proof = ProofResult;
export type Verification = VerificationResult;
export type DeadLetters = DeadLettersResult;
export type DeadLetter = DeadLetters['letters'][number];
export type SelectionFunnel = z.infer<typeof selectionFunnelResult>;
export type SelectionBattles = z.infer<typeof selectionBattlesResult>;
export interface ScanStage {
  readonly stage: string;
  readonly gate: string;
  readonly column: string | null;
  readonly in: number;
  readonly rejected: number;
  readonly out: number;
  readonly state: string | null;
  readonly alone: number | null;
  readonly only: number | null;
}
