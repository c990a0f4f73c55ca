/** What the verbs of a group are about, by the words in front of them. */
export const groupSummaries: Readonly<Record<string, string>> = {
  manifest: 'Checks the manifest, shows its settings, and makes its sleeves and portfolios known.',
  flow: 'Computes and records runs: of one sleeve from prices, of a portfolio from its sleeves.',
  backtest: 'Tests a portfolio over time, and proves that no decision saw what it earned.',
  tournament: 'Runs a sleeve in several ways and ranks them.',
  sleeve: 'Imports runs of a sleeve, and takes a sleeve out of use or back.',
  overlay: 'Scales positions, and records nothing: by volatility, by the macro regime.',
  scan: 'Scans for funds: configurations, saved responses or a server, gates and rank, and the audits of all that.',
  select: 'Explains the selection of a sleeve run: who entered, by which numbers, and what changed.',
  export: 'Writes what a run computed as CSV, parquet or Arrow.',
  parity: 'Compares sleeves, and accepts differences for a time.',
  dlq: 'Dead letters: messages that were refused.',
  ledger: 'Makes, seals, verifies, copies and backs up the ledger, and shows what it holds.',
  'ledger key': 'The key that signs the ledger.',
  audit: 'Evidence for others: exports and bundles, and their verification.',
  cache: 'Answers of earlier computations: how many are kept, and whether they are right.',
  config: 'The settings of this program.',
};
