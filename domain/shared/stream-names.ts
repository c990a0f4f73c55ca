/**
 * The streams whose events are leaves of the tree. Nobody can make a `streamKind` that is not listed here: its events would be stored, and
 * no seal would cover them. The list is part of the ledger's format; names are added and never taken away.
 */
export const wholeStreamNames = ['ledger', 'seals'] as const;

/** Kinds of which there are many streams: `sleeve` is that of `sleeve-<profile>`. A new stream adds its kind here first. */
export const streamKindNames = [
  'sleeve',
  'sleeveRun',
  'intake',
  'metaPortfolio',
  'metaRun',
  'backtest',
  'combination',
  'tournament',
  'scan',
  'selection',
  'token',
] as const;

export type StreamKindName = (typeof streamKindNames)[number];
