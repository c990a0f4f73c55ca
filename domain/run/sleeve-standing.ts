/** A run that a sleeve's stream has accepted. */
export interface StandingRun {
  readonly runId: string;
  readonly asOf: string;
  readonly correction: number;
}

/** Where a sleeve stands, as far as a portfolio has to know. */
export interface SleeveStanding {
  readonly quarantinedWhy: string | null;
  /** The run that counts. */
  readonly current: StandingRun | null;
  /** When it was accepted. */
  readonly currentAt: string | null;
  /** Every accepted run, by its id. */
  readonly accepted: { readonly get: (runId: string) => StandingRun | undefined };
}
