/**
 * The goldens as test/oracle/make_goldens.py writes them. Arrays of weights follow `grid.kept`; those of a meta portfolio follow `sleeves`.
 */

export interface SleeveGolden {
  readonly grid: {
    readonly price_rows: number;
    readonly return_rows: number;
    readonly first: string;
    readonly last: string;
    readonly kept: readonly string[];
    readonly dropped: Readonly<Record<string, number>>;
    readonly inactive: readonly string[];
    readonly off_calendar_rows: number;
    readonly annualisation_days: number;
  };
  readonly profiles: Readonly<Record<string, ProfileGolden | null>>;
}

export interface ProfileGolden {
  readonly rows: number;
  readonly first: string;
  readonly last: string;
  readonly windows: number;
  readonly untraded_rows: number;
  readonly total: number;
  readonly volatility: number;
  readonly turnover: number;
  readonly cost: number;
  /** Windows in which max_sharpe had no positive mean. */
  readonly fallbacks: number;
  readonly intensity?: { readonly first: number; readonly last: number; readonly live: number | null };
  readonly weights?: { readonly first?: readonly number[]; readonly last: readonly number[]; readonly live?: readonly number[] };
  /** What `market` holds, in equal parts. */
  readonly symbols?: readonly string[] | null;
}

export interface MetaGolden {
  readonly sleeves: readonly string[];
  readonly rows: number;
  readonly first: string;
  readonly last: string;
  readonly join_rows: Readonly<Record<string, readonly [number, number, number]>>;
  readonly annualisation_days: number;
  readonly profiles: Readonly<Record<string, AllocationGolden | { readonly refused: string }>>;
}

export interface AllocationGolden {
  readonly join?: Readonly<
    Record<
      string,
      {
        readonly total_before: number;
        readonly total_inside: number;
        readonly total_after: number;
        readonly pnl_lost: number;
        readonly pnl_lost_inside: number;
      }
    >
  >;
  readonly intensity: number | null;
  readonly fallbacks: number;
  readonly raw: readonly number[];
  readonly bounded: readonly number[];
  readonly flattened: {
    readonly assets: number;
    readonly gross: number;
    readonly net: number;
    readonly netted: number;
    readonly largest: number;
    readonly top: readonly (readonly [string, number])[];
  };
  readonly acceptance?: AcceptanceGolden;
}

export interface AcceptanceGolden {
  readonly sleeve_volatility?: readonly number[];
  readonly correlations?: readonly number[];
  readonly portfolio_volatility: number;
  readonly below_best_sleeve: boolean;
  readonly diversification_ratio: number;
  readonly realised_shares: readonly number[];
  readonly ex_ante_shares: readonly number[];
  readonly ex_ante_volatility_raw: number;
  readonly ex_ante_volatility_bounded: number;
  readonly effective_sleeves: number;
  readonly total: number;
}
