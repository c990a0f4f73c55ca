/** Selections and scans, as `select` and `scan` answer. */

export interface SelectionDecision {
  readonly scope: string;
  readonly window: number | null;
  readonly first: string;
  readonly newestRead: string;
  readonly mode: string;
  readonly candidates: number;
  readonly target: number;
  readonly afterStage: readonly number[];
  readonly quadrant: string | null;
  readonly won: number;
  readonly vetoes: { readonly histogram: readonly { readonly code: string; readonly count: number }[]; readonly share: number };
  readonly winners:
    | readonly {
        readonly symbol: string;
        readonly direction: string;
        readonly cluster: string;
        readonly score: number;
        readonly stage: number;
      }[]
    | null;
}

export interface SelectionOfRun {
  readonly current: SelectionDecision | null;
  readonly windows: readonly SelectionDecision[];
  readonly aborted: readonly object[];
  readonly stability: {
    readonly jaccards: readonly (number | null)[];
    readonly meanJaccard: number | null;
    readonly wins: readonly { readonly symbol: string; readonly windows: number }[];
    readonly selecting: number;
  } | null;
}

export interface SelectionFunnel {
  readonly runId: string;
  readonly sleeve: string;
  readonly decision: SelectionDecision;
  readonly funnel: {
    readonly candidates: number;
    readonly excluded: number;
    readonly vetoed: readonly { readonly code: string; readonly count: number }[];
    readonly gated: number;
    readonly admittedByStage: readonly number[];
    readonly winners: number;
  };
}

export interface SelectionBattles {
  readonly runId: string;
  readonly sleeve: string;
  readonly symbols: readonly string[];
  readonly battles: readonly {
    readonly id: string;
    readonly winnersMax: number;
    readonly meanCorrelation: number | null;
    readonly isWalkover: boolean;
    readonly contenders: readonly {
      readonly symbol: string;
      readonly direction: string;
      readonly score: number | null;
      readonly standing: { readonly kind: string; readonly stage?: number };
    }[];
  }[];
  readonly clusters: { readonly linkage: readonly (readonly number[])[] } | null;
}

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
