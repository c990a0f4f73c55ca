import { backtestSummary, runArgument, runSummary } from '../arguments.ts';
import type { VerbEntry } from '../verb.ts';

/** Verbs that ask, compare and write what was recorded. In the order of the help. */
export const questionVerbs: readonly VerbEntry[] = [
  {
    path: ['status'],
    summary: 'Where every portfolio and sleeve stands, and what waits for what.',
    load: async () => (await import('./status.ts')).status,
  },
  {
    path: ['workers'],
    summary: 'How every worker stands, by what it says itself: its roles, how far behind they are, and what they rest on.',
    load: async () => (await import('./workers.ts')).workers,
  },
  {
    path: ['portfolios'],
    summary: 'Every meta portfolio, with its state and what it waits for.',
    load: async () => (await import('./portfolios.ts')).portfolios,
  },
  {
    path: ['weights'],
    summary: 'Sleeve and asset weights of a meta portfolio: what is held, and through which sleeves.',
    load: async () => (await import('./weights.ts')).weights,
  },
  {
    path: ['publications'],
    summary: 'Every publication of a meta portfolio, with who approved it and what it changed.',
    load: async () => (await import('./publications.ts')).publications,
  },
  {
    path: ['history'],
    summary: 'What a meta portfolio held over time: sleeve and asset weights of every publication.',
    load: async () => (await import('./portfolios.ts')).history,
  },
  {
    path: ['drift'],
    summary: 'How far a meta portfolio has drifted from its publication, by the returns of its sleeves since.',
    load: async () => (await import('./drift.ts')).drift,
  },
  {
    path: ['trades'],
    summary: 'What to trade so that holdings become the published portfolio, and what it costs.',
    load: async () => (await import('./trades.ts')).trades,
  },
  {
    path: ['explain'],
    summary: 'Why an asset has its weight: which sleeve gave how much, from which run, under which bounds.',
    args: [{ name: '<symbol>', summary: 'EXCHANGE:SYMBOL' }],
    load: async () => (await import('./explain.ts')).explain,
  },
  {
    path: ['runs'],
    summary: 'Every run in ledger order, and what became of it.',
    load: async () => (await import('./runs.ts')).runs,
  },
  {
    path: ['show'],
    summary: 'Everything that a run recorded, whatever its kind: settings, results, tables by their address.',
    args: [{ name: '<run>', summary: runSummary('run') }],
    load: async () => (await import('./show.ts')).show,
  },
  {
    path: ['timeline'],
    summary: 'The events of a run, in order, and what was decided about it: publication, approval, policy, predecessor.',
    args: [{ name: '<run>', summary: runSummary('run') }],
    load: async () => (await import('./runs.ts')).timeline,
  },
  {
    path: ['replay'],
    summary: 'Recomputes recorded runs from the ledger or a bundle alone, with this build, and compares them with what was recorded.',
    args: [{ name: '[run]', summary: runSummary('run') }],
    worksLong: true,
    load: async () => (await import('./replay.ts')).replay,
  },
  {
    path: ['counterfactual'],
    summary: 'What a recorded meta run would have allocated, or a backtest given, under other settings; nothing is recorded.',
    args: [{ name: '<run>', summary: `${runSummary('meta run')}; or a backtest (--kind backtest with a word)` }],
    load: async () => (await import('./counterfactual.ts')).counterfactual,
  },
  {
    path: ['diff'],
    summary: 'Why the weights of two meta runs differ: sleeve results, covariance, bounds, definition.',
    args: [
      { name: '[before]', summary: runSummary('meta run') },
      { name: '[after]', summary: runSummary('meta run') },
    ],
    load: async () => (await import('./diff.ts')).diff,
  },
  {
    path: ['overlay', 'vol'],
    summary: "Scales positions to a target volatility, or by last month's variance, and records nothing.",
    load: async () => (await import('./overlay.ts')).overlayVol,
  },
  {
    path: ['overlay', 'macro'],
    summary: 'Scales positions by the macro regime, alone or with a vol target, and measures what is left of it.',
    load: async () => (await import('./overlay.ts')).overlayMacro,
  },
  {
    path: ['simulate'],
    summary: 'Executes a path of weights over prices or returns, with costs, and records nothing.',
    load: async () => (await import('./simulate.ts')).simulate,
  },
  {
    path: ['scan', 'config'],
    summary:
      'Shows the effective configuration of a scanner: every leaf, which file it is of, what is inherited in silence, and the request.',
    args: [{ name: '<scanner>', summary: 'id of a scanner, or its path below the folder of scanners' }],
    load: async () => (await import('./scan.ts')).scanConfig,
  },
  {
    path: ['scan', 'run'],
    summary: 'Judges a saved response, or the rows of a server, by scanners: filters, gates and rank, each row with its first rejection.',
    args: [{ name: '[scanner...]', summary: 'ids of scanners, or their paths below the folder of scanners' }],
    load: async () => (await import('./scan.ts')).scanRun,
  },
  {
    path: ['scan', 'list'],
    summary: 'Lists recorded scans: their dates, verdicts, and how many rows were selected.',
    load: async () => (await import('./scan-list.ts')).scanList,
  },
  {
    path: ['scan', 'funnel'],
    summary: 'Shows what each filter and gate of a recorded scan cost, and what was not evaluated.',
    args: [{ name: '<scanner>', summary: 'id of the scanner' }],
    load: async () => (await import('./scan.ts')).scanFunnel,
  },
  {
    path: ['scan', 'map'],
    summary: 'Lists the categories of a response: rows, median traded value, assets under management, examples.',
    load: async () => (await import('./scan-audits.ts')).scanMap,
  },
  {
    path: ['scan', 'gaps'],
    summary: 'Finds categories that do well and trade, and that no scanner asks for.',
    load: async () => (await import('./scan-audits.ts')).scanGaps,
  },
  {
    path: ['scan', 'overlap'],
    summary: 'Compares what two recorded scans selected: intersection, Jaccard, containment both ways.',
    args: [
      { name: '<a>', summary: 'id of a scanner' },
      { name: '<b>', summary: 'id of another' },
    ],
    load: async () => (await import('./scan-audits.ts')).scanOverlap,
  },
  {
    path: ['scan', 'liquidity'],
    summary: 'Measures whether funds that trade for 2 to 10 million a day can be sold: quantiles, spread proxy, days to liquidate.',
    load: async () => (await import('./scan-audits.ts')).scanLiquidity,
  },
  {
    path: ['scan', 'attributes'],
    summary: 'Measures how much of each column of a response is there.',
    load: async () => (await import('./scan-audits.ts')).scanAttributes,
  },
  {
    path: ['scan', 'audit'],
    summary: 'Compares every scanner with the table of the specification, and says whether the last such audit is stale.',
    load: async () => (await import('./scan-audits.ts')).scanAudit,
  },
  {
    path: ['scan', 'candidates'],
    summary: 'Ranks what exports of scans selected, by performance and by yield, with every warning.',
    args: [{ name: '<export...>', summary: 'exports of scans, JSON' }],
    load: async () => (await import('./scan-audits.ts')).scanCandidates,
  },
  {
    path: ['scan', 'orphans'],
    summary: 'Lists scanner files that no profile of the manifest reaches, bases among them.',
    load: async () => (await import('./scan-audits.ts')).scanOrphans,
  },
  {
    path: ['select', 'explain'],
    summary: 'Why a symbol won or did not: score by its factors, every veto against its threshold, cluster, opponents, stage.',
    args: [runArgument, { name: '<symbol>', summary: 'EXCHANGE:SYMBOL' }],
    load: async () => (await import('./select.ts')).selectExplain,
  },
  {
    path: ['select', 'battles'],
    summary: 'Every cluster of a selection: who may win, who did, and the dendrogram behind it.',
    args: [runArgument],
    load: async () => (await import('./select.ts')).selectBattles,
  },
  {
    path: ['select', 'funnel'],
    summary: 'How many symbols are left after each step of a selection, and how it went on over the windows: aborts, Jaccard, wins.',
    args: [runArgument],
    load: async () => (await import('./select.ts')).selectFunnel,
  },
  {
    path: ['select', 'diff'],
    summary: 'Who came and who left between two selections, and which factor, veto or cluster moved them.',
    args: [runArgument, { name: '[after]', summary: 'the run to compare with (default: the same, with --against)' }],
    load: async () => (await import('./select.ts')).selectDiff,
  },
  {
    path: ['select', 'report'],
    summary: 'Writes everything about one selection as markdown: funnel, battles, dendrogram, and every symbol by itself.',
    args: [runArgument],
    load: async () => (await import('./select.ts')).selectReport,
  },
  {
    path: ['report'],
    summary:
      'Writes the report of a run, of a backtest, of a tournament or of a combination as markdown and as one self-contained HTML ' +
      'page, from the ledger alone.',
    args: [{ name: '<run>', summary: runSummary('run') }],
    load: async () => (await import('./report.ts')).report,
  },
  {
    path: ['export', 'run'],
    summary: 'Writes a run as a directory of the Python system, which sleeve import reads back.',
    args: [{ name: '<run>', summary: runSummary('run') }],
    load: async () => (await import('./export.ts')).exportRun,
  },
  {
    path: ['export', 'backtest'],
    summary: 'Writes a backtest as meta_backtest_results.json: sleeve weights over time, equity of the run and its baselines, statistics.',
    args: [{ name: '<run>', summary: backtestSummary }],
    load: async () => (await import('./backtest.ts')).exportBacktest,
  },
  {
    path: ['export', 'returns'],
    summary:
      'Writes the out-of-sample net returns of a sleeve run, the joined matrix of a meta run, the returns of a backtest and its ' +
      'baselines, or those of the entrants of a tournament.',
    args: [{ name: '<run>', summary: runSummary('run') }],
    load: async () => (await import('./export.ts')).exportReturns,
  },
  {
    path: ['export', 'series'],
    summary: 'Writes every series behind a run: returns, drawdowns, rolling figures, decisions, weights, risk, trades.',
    args: [{ name: '<run>', summary: runSummary('run') }],
    load: async () => (await import('./export.ts')).exportSeries,
  },
  {
    path: ['export', 'weights'],
    summary:
      'Writes the weights of a run as one row at its as-of date; of a backtest, or of an entrant of a tournament, a row for each decision.',
    args: [{ name: '<run>', summary: runSummary('run') }],
    load: async () => (await import('./export.ts')).exportWeights,
  },
];
