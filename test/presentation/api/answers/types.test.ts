/**
 * What the document says of an answer, beside what the code that answers says of it: the same members, with the same values, left out where
 * they may be left out. It is the compiler that compares them (`npm run types`); answers that no test happens to ask for are covered so.
 */
import { expect, test } from '@jest/globals';
import type { ParityVerdict } from '../../../../domain/parity/schema.ts';
import type { Json } from '../../../../domain/shared/canonical-json.ts';
import type { ApprovedRebalance } from '../../../../handlers/commands/approve-rebalance.ts';
import type { GrantedWaiver } from '../../../../handlers/commands/grant-parity-waiver.ts';
import type { PublicationSwitch } from '../../../../handlers/commands/halt-publication.ts';
import type { SleeveSwitch } from '../../../../handlers/commands/quarantine-sleeve.ts';
import type { RejectedRebalance } from '../../../../handlers/commands/reject-rebalance.ts';
import type { RevokedWaiver } from '../../../../handlers/commands/revoke-parity-waiver.ts';
import type { ApprovedDefinition, RejectedDefinition } from '../../../../handlers/commands/settle-definition.ts';
import type { SettledLetter } from '../../../../handlers/commands/settle-letter.ts';
import type { RunDiff } from '../../../../handlers/comparison/diff-runs.ts';
import type { RunsSince } from '../../../../handlers/comparison/runs-since.ts';
import type { Verification } from '../../../../handlers/ledger/verify.ts';
import type { CurrentAllocation } from '../../../../handlers/queries/allocations.ts';
import type { CounterfactualBacktest } from '../../../../handlers/queries/counterfactual-backtest.ts';
import type { Counterfactual } from '../../../../handlers/queries/counterfactual.ts';
import type { DeadLetterList } from '../../../../handlers/queries/dead-letters.ts';
import type { EventAnswer, EventPage } from '../../../../handlers/queries/events.ts';
import type { ExplainedWeight } from '../../../../handlers/queries/explain-weight.ts';
import type { EventProof } from '../../../../handlers/queries/prove-event.ts';
import type { ListedPublication } from '../../../../handlers/queries/publications.ts';
import type { ReplayReport } from '../../../../handlers/queries/replay-runs.ts';
import type { RunList } from '../../../../handlers/queries/runs.ts';
import type { LedgerStatus } from '../../../../handlers/queries/status.ts';
import type { RunTimeline } from '../../../../handlers/queries/timeline.ts';
import type { ComparisonResult, CounterfactualResult, RunDifferenceResult } from '../../../../presentation/api/answers/comparisons.ts';
import type {
  ApprovalResult,
  DefinitionDecisionResult,
  LetterDecisionResult,
  QuarantineResult,
  RejectionResult,
  RevocationResult,
  SwitchResult,
  WaiverResult,
} from '../../../../presentation/api/answers/decisions.ts';
import type { EventResult, EventsResult, ProofResult, VerificationResult } from '../../../../presentation/api/answers/evidence.ts';
import type { DeadLettersResult, StatusResult } from '../../../../presentation/api/answers/operations.ts';
import type {
  ExplanationResult,
  ParityResult,
  PublicationsResult,
  WeightsResult,
} from '../../../../presentation/api/answers/portfolios.ts';
import type { ReplayResult } from '../../../../presentation/api/answers/replay.ts';
import type { RunsResult, TimelineResult } from '../../../../presentation/api/answers/runs.ts';

/** What may be left out says so, so that the compiler cannot take it for something that is there. */
type Optional = { readonly leftOut: true };

/** A type without what two ways to write it have apart: read-only members, optional ones, and any JSON value. */
type Plain<T> = [Json] extends [T]
  ? 'any JSON value'
  : T extends readonly (infer Item)[]
    ? readonly Plain<Item>[]
    : T extends object
      ? { readonly [Name in keyof T]-?: Plain<Exclude<T[Name], undefined>> | (object extends Pick<T, Name> ? Optional : never) }
      : T;

type Same<Left, Right> = [Plain<Left>] extends [Plain<Right>] ? ([Plain<Right>] extends [Plain<Left>] ? true : false) : false;

type Unplaced<T extends { readonly position: unknown }> = Omit<T, 'position'>;
type FailuresAndNotRecorded = Pick<CounterfactualResult, 'failures' | 'recorded'>;

type OfAllocation = 'runId' | 'meta' | 'risk' | 'asOf' | 'recordedAt' | 'gross' | 'net' | 'publication' | 'dataEnd';
type OfVerdict = 'verdict' | 'overlap' | 'counts' | 'leaves' | 'missing' | 'mandated';

const asTheCodeSays: readonly true[] = [
  true satisfies Same<Pick<WeightsResult, OfAllocation>, Pick<CurrentAllocation, OfAllocation>>,
  true satisfies Same<NonNullable<WeightsResult['cash']>, NonNullable<CurrentAllocation['cash']>>,
  true satisfies Same<WeightsResult['acceptance'], NonNullable<CurrentAllocation['acceptance']>['verdicts']>,
  true satisfies Same<Pick<ParityResult, OfVerdict>, Pick<ParityVerdict, OfVerdict>>,
  true satisfies Same<Omit<ComparisonResult, 'by' | 'summation'>, RunDiff>,
  true satisfies Same<NonNullable<ComparisonResult['by']>, RunsSince['by']>,
  true satisfies Same<ExplanationResult, Omit<Unplaced<ExplainedWeight>, 'meta'>>,
  true satisfies Same<PublicationsResult['publications'][number], ListedPublication>,
  true satisfies Same<StatusResult, Unplaced<LedgerStatus>>,
  true satisfies Same<DeadLettersResult, Unplaced<DeadLetterList> & { readonly held: number }>,
  true satisfies Same<RunsResult, Unplaced<RunList>>,
  true satisfies Same<TimelineResult, Unplaced<RunTimeline>>,
  true satisfies Same<EventResult, EventAnswer>,
  true satisfies Same<EventsResult, EventPage>,
  true satisfies Same<ProofResult, Unplaced<EventProof>>,
  true satisfies Same<VerificationResult, Verification>,
  true satisfies Same<ReplayResult, ReplayReport>,
  true satisfies Same<Omit<RunDifferenceResult, 'summation'>, RunDiff>,
  true satisfies Same<Extract<CounterfactualResult, { parity: unknown }>, Counterfactual & FailuresAndNotRecorded>,
  true satisfies Same<Exclude<CounterfactualResult, { parity: unknown }>, CounterfactualBacktest & FailuresAndNotRecorded>,
  true satisfies Same<WaiverResult, GrantedWaiver>,
  true satisfies Same<RevocationResult, RevokedWaiver>,
  true satisfies Same<SwitchResult, PublicationSwitch>,
  true satisfies Same<ApprovalResult, ApprovedRebalance>,
  true satisfies Same<RejectionResult, RejectedRebalance>,
  true satisfies Same<DefinitionDecisionResult, ApprovedDefinition | RejectedDefinition>,
  true satisfies Same<LetterDecisionResult, SettledLetter>,
  true satisfies Same<QuarantineResult, Omit<SleeveSwitch, 'runs'>>,
];

test('the schema of every answer has the members of the answer', () => {
  expect(asTheCodeSays).not.toHaveLength(0);
});
