/** What a run of a sleeve was asked for, beside its settings. */
export interface SleeveRunOptions {
  readonly from: string | null;
  readonly asOf: string | null;
  readonly symbols: readonly string[] | null;
  readonly exclude: readonly string[];
  readonly repair: 'none' | 'drop-off-calendar';
  readonly map: Readonly<Record<string, string>>;
}
