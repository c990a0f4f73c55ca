/**
 * What is recorded whole in a stream of its own: a sleeve run, a meta run, a backtest of a portfolio, a combination of positions,
 * a tournament of a sleeve.
 */
export const runKinds = ['sleeve', 'meta', 'backtest', 'combination', 'tournament'] as const;
export type RunKind = (typeof runKinds)[number];

/** How a person calls one. */
export const runKindWords: Readonly<Record<RunKind, string>> = {
  sleeve: 'sleeve run',
  meta: 'meta run',
  backtest: 'backtest',
  combination: 'combination',
  tournament: 'tournament',
};

/** What can be recomputed from the ledger: these, the scans of a scanner, and the audits of scans that were kept. */
export type RecordedKind = RunKind | 'scan' | 'scan audit';

export const recordedKindWords: Readonly<Record<RecordedKind, string>> = {
  ...runKindWords,
  scan: 'scanner with its scans',
  'scan audit': 'stream of audits',
};
