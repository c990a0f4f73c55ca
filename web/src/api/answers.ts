/**
 * The results of the API as the page reads them: of each schema in `presentation/api/answers` its type, once the schema says what it is.
 * Until it does, what stands here beside it.
 */
import type { z } from 'zod';
import type * as Comparisons from '../../../presentation/api/answers/comparisons.ts';
import type * as Evidence from '../../../presentation/api/answers/evidence.ts';
import type * as Operations from '../../../presentation/api/answers/operations.ts';
import type * as Portfolios from '../../../presentation/api/answers/portfolios.ts';
import type * as Replay from '../../../presentation/api/answers/replay.ts';
import type * as Report from '../../../presentation/api/answers/run-report.ts';
import type * as RunAnswers from '../../../presentation/api/answers/runs.ts';
import type { SelectionOfRun } from './selections.ts';

export type * from './selections.ts';

type Told<Schema extends z.ZodType, Until> = string extends keyof z.infer<Schema> ? Until : z.infer<Schema>;

export interface Held {
  readonly runId: string;
  readonly asOf: string;
  readonly proposer: string;
  readonly recordedAt: string;
  readonly reasons: readonly { readonly kind: string; readonly message: string }[];
}

interface PortfolioStanding {
  readonly meta: string;
  readonly state: string;
  readonly risk: string | null;
  readonly definition: number | null;
  readonly publications: number;
  readonly haltedWhy: string | null;
  readonly held: Held | null;
  readonly due: object | null;
  readonly proposed?: { readonly proposal: number; readonly proposer?: string };
  readonly lastDecision: {
    readonly kind: string;
    readonly message: string;
    readonly recordedAt: string;
    readonly runId: string | null;
  } | null;
  readonly lastPublication: { readonly asOf: string; readonly number: number; readonly recordedAt: string; readonly runId: string } | null;
  readonly awaited: readonly { readonly sleeve: string; readonly because: string; readonly wantedAsOf: string | null }[];
  readonly leaves: readonly {
    readonly path: readonly string[];
    readonly sleeve: string;
    readonly runId: string | null;
    readonly asOf: string | null;
  }[];
}

interface SleeveStanding {
  readonly sleeve: string;
  readonly runs: number;
  readonly current: { readonly runId: string; readonly asOf: string; readonly eligibility: string; readonly recordedAt: string } | null;
  readonly quarantinedWhy: string | null;
  readonly openLetters: number;
  readonly heldResults: number;
  readonly overdue: readonly { readonly session: string; readonly expectedBy: string }[];
}

export type Status = Told<
  typeof Operations.statusResult,
  {
    readonly portfolios: readonly PortfolioStanding[];
    readonly sleeves: readonly SleeveStanding[];
    readonly unassignedLetters: number;
    readonly attention: readonly string[];
  }
>;
export type PortfolioStatus = Status['portfolios'][number];
export type SleeveStatus = Status['sleeves'][number];

export type Weights = Told<
  typeof Portfolios.weightsResult,
  {
    readonly runId: string;
    readonly meta: string;
    readonly risk: string;
    readonly state: string;
    readonly publication: number | null;
    readonly grade: string;
    readonly asOf: string;
    readonly recordedAt: string;
    readonly gross: number;
    readonly net: number;
    readonly sleeves: readonly { readonly id: string; readonly raw: number; readonly bounded: number }[];
    readonly assets: readonly {
      readonly symbol: string;
      readonly weight: number;
      readonly contributors: readonly { readonly path: readonly string[]; readonly sleeve: string; readonly amount: number }[];
    }[];
    readonly acceptance: readonly {
      readonly check: string;
      readonly status: string;
      readonly message: string;
      readonly value: number | null;
      readonly limit: number | null;
      readonly holds: boolean;
    }[];
  }
>;

export type Explanation = Told<
  typeof Portfolios.explanationResult,
  {
    readonly symbol: string;
    readonly weight: number;
    readonly runId: string;
    readonly risk: string;
    readonly asOf: string;
    readonly contributions: readonly {
      readonly path: readonly string[];
      readonly sleeve: string;
      readonly runId: string;
      readonly sleeveWeight: number;
      readonly assetWeight: number;
      readonly amount: number;
      readonly bounds: readonly {
        readonly id: string;
        readonly lower: number;
        readonly upper: number;
        readonly raw: number;
        readonly bounded: number;
      }[];
    }[];
  }
>;

interface Change {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  readonly change: number;
}

export type Publications = Told<
  typeof Portfolios.publicationsResult,
  {
    readonly meta: string;
    readonly publications: readonly {
      readonly number: number;
      readonly runId: string;
      readonly risk: string;
      readonly asOf: string;
      readonly recordedAt: string;
      readonly eventId: string;
      readonly definitionNumber: number;
      readonly gross: number;
      readonly net: number;
      readonly policy: Readonly<Record<string, unknown>>;
      readonly sleeves: Readonly<Record<string, number>>;
      readonly weights: Readonly<Record<string, number>>;
      readonly rebalance: { readonly turnoverTwoSided: number | null };
      readonly approval: { readonly approver?: string; readonly why?: string } | null;
      readonly changes: { readonly sleeves: readonly Change[]; readonly assets: readonly Change[]; readonly renewed: readonly string[] };
    }[];
  }
>;
export type Publication = Publications['publications'][number];

interface PartedChange extends Change {
  readonly parts: Readonly<Record<string, number>>;
}

export type Comparison = Told<
  typeof Comparisons.runDifferenceResult,
  {
    readonly before: { readonly runId: string; readonly asOf: string };
    readonly after: { readonly runId: string; readonly asOf: string };
    readonly summation: readonly string[];
    readonly profiles: readonly {
      readonly riskBefore: string;
      readonly riskAfter: string;
      readonly sleeves: readonly PartedChange[];
      readonly assets: readonly PartedChange[];
    }[];
  }
>;

export type Parity = Told<
  typeof Portfolios.parityResult,
  {
    readonly verdict: string;
    readonly decision: string;
    readonly asOf: string | null;
    readonly uncovered: readonly string[];
    readonly leaves: readonly {
      readonly path: string;
      readonly block: string;
      readonly status: string;
      readonly exceptionRef: string | null;
      readonly values: Readonly<Record<string, unknown>>;
    }[];
  }
>;

export type Runs = Told<
  typeof RunAnswers.runsResult,
  {
    readonly runs: readonly {
      readonly runId: string;
      readonly kind: string;
      readonly name: string;
      readonly asOf: string | null;
      readonly status: string;
      readonly grade: string | null;
      readonly recordedAt: string;
      readonly risks: readonly string[];
      readonly failed: readonly string[];
      readonly consumed: readonly { readonly path?: readonly string[]; readonly runId?: string }[] | readonly string[];
      readonly supersedes: string | null;
      readonly why: string | null;
    }[];
  }
>;
export type Run = Runs['runs'][number];

export type Timeline = Told<
  typeof RunAnswers.timelineResult,
  {
    readonly runId: string;
    readonly kind: string;
    readonly name: string;
    readonly asOf: string | null;
    readonly status: string;
    readonly events: readonly {
      readonly stream: string;
      readonly revision: number;
      readonly position: string;
      readonly id: string;
      readonly type: string;
      readonly step: string;
      readonly status: string;
      readonly recordedAt: string;
      readonly actor: string;
      readonly hash: string;
    }[];
    readonly decisions: readonly { readonly type?: string; readonly recordedAt?: string; readonly actor?: string }[];
    readonly publication: object | null;
    readonly selection?: SelectionOfRun;
  }
>;

export type Recomputation = Told<
  typeof Replay.replayResult,
  {
    readonly checked: number;
    readonly identical: number;
    readonly withinTolerance: number;
    readonly runs: readonly { readonly outcome: string; readonly events: number; readonly differences: number }[];
    readonly different: readonly { readonly path: string; readonly recorded: unknown; readonly recomputed: unknown }[];
  }
>;

export type Counterfactual = Told<
  typeof Comparisons.counterfactualResult,
  {
    readonly sameRun: boolean;
    readonly profiles: readonly {
      readonly risk: string;
      readonly status: string;
      readonly reason: string | null;
      readonly sleeves?: readonly Change[];
      readonly assets?: readonly Change[];
      readonly volatilityExAnte?: { readonly before: number | null; readonly after: number | null };
      readonly acceptance?: readonly { readonly check: string; readonly before: string | null; readonly after: string | null }[];
    }[];
  }
>;

export type ReportDocument = Report.ReportResult;

interface EventAsRecorded {
  readonly envelopeVersion: number;
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly stream: string;
  readonly revision: number;
  readonly recordedAt: string;
  readonly causationId: string;
  readonly correlationId: string;
  readonly actor: string;
  readonly code: { readonly version: string; readonly commit: string; readonly lockHash: string };
  readonly data: Readonly<Record<string, unknown>>;
  readonly contentHash: string;
  readonly prevHash: string;
  readonly hash: string;
  readonly position: string;
}

export type LedgerEvent = Told<typeof Evidence.eventResult, EventAsRecorded>;

export type Events = Told<typeof Evidence.eventsResult, { readonly events: readonly EventAsRecorded[]; readonly next: string | null }>;

export type Proof = Told<
  typeof Evidence.proofResult,
  {
    readonly eventId: string;
    readonly stream: string;
    readonly revision: number;
    readonly eventHash: string;
    readonly leafIndex: number;
    readonly treeSize: number;
    readonly root: string;
    readonly proof: readonly string[];
    readonly checkpoint: string;
    readonly verifierKey: string;
  }
>;

export type Verification = Told<
  typeof Evidence.verificationResult,
  {
    readonly events: number;
    readonly streams: number;
    readonly artifacts: number;
    readonly sealedTo: number;
    readonly unsealed: number;
    readonly faults: readonly object[];
  }
>;

export type DeadLetters = Told<
  typeof Operations.deadLettersResult,
  {
    readonly open: number;
    readonly held: number;
    readonly next: string | null;
    readonly waiting: readonly { readonly sleeve: string; readonly waiting: number }[];
    readonly letters: readonly {
      readonly letterId: string;
      readonly sleeve: string | null;
      readonly code: string;
      readonly reason: string;
      readonly path: string | null;
      readonly topic: string;
      readonly partition: number;
      readonly offset: string;
      readonly bytes: number;
      readonly sha256: string;
      readonly recordedAt: string;
      readonly resolved: { readonly how: string; readonly who: string; readonly why: string; readonly at: string } | null;
    }[];
  }
>;
export type DeadLetter = DeadLetters['letters'][number];
