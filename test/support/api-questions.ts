/** What is asked and decided over HTTP on the answered desk, and at the command line beside it. */
import type { AnsweredDesk } from './answered-desk.ts';

export interface Asked {
  readonly path: string;
  /** The same at the command line. */
  readonly argv: readonly string[];
  /** Of a question by POST. */
  readonly body?: object;
}

/** What is asked of every question, by its operation. */
export const questions: Readonly<Record<string, (desk: AnsweredDesk) => readonly Asked[]>> = {
  portfolioWeights: () => [
    { path: '/v1/portfolios/pair/weights', argv: ['weights', '--meta', 'pair'] },
    { path: '/v1/portfolios/pair/weights?published=true', argv: ['weights', '--meta', 'pair', '--published'] },
    {
      path: '/v1/portfolios/pair/weights?risk=hrp&as-of=2022-12-15',
      argv: ['weights', '--meta', 'pair', '--risk', 'hrp', '--as-of', '2022-12-15'],
    },
  ],
  explainWeight: () => [{ path: '/v1/portfolios/pair/assets/AMEX:SPY/explanation', argv: ['explain', 'AMEX:SPY', '--meta', 'pair'] }],
  portfolioPublications: () => [
    { path: '/v1/portfolios/pair/publications', argv: ['publications', '--meta', 'pair'] },
    {
      path: '/v1/portfolios/pair/publications?limit=1&newest-first=true',
      argv: ['publications', '--meta', 'pair', '--limit', '1', '--newest-first'],
    },
  ],
  portfolioChanges: () => [
    { path: '/v1/portfolios/pair/changes', argv: ['diff', 'previous', 'latest', '--meta', 'pair'] },
    { path: '/v1/portfolios/pair/changes?since=2022-12-15', argv: ['diff', '--since', '2022-12-15', '--meta', 'pair'] },
  ],
  portfolioParity: () => [{ path: '/v1/portfolios/pair/parity', argv: ['parity', 'check', '--meta', 'pair'] }],
  listRuns: ({ picked }) => [
    { path: '/v1/runs', argv: ['runs'] },
    { path: `/v1/runs?limit=2&after=${picked}`, argv: ['runs', '--limit', '2', '--after', picked] },
    { path: '/v1/runs?kind=sleeve&name=funds&known-at=60', argv: ['runs', '--kind', 'sleeve', '--name', 'funds', '--known-at', '60'] },
  ],
  runTimeline: ({ published, backtest, tournament, combination }) => [
    { path: `/v1/runs/${published}/timeline`, argv: ['timeline', published] },
    { path: `/v1/runs/latest/timeline?meta=pair`, argv: ['timeline', 'latest', '--meta', 'pair'] },
    ...[backtest, tournament, combination].map((run) => ({ path: `/v1/runs/${run}/timeline`, argv: ['timeline', run] })),
  ],
  recomputeRun: ({ funds }) => [{ path: `/v1/runs/${funds}/recomputation`, argv: ['replay', funds, '--strict'], body: { strict: true } }],
  compareRuns: ({ published, held }) => [
    { path: `/v1/runs/${published}/changes/${held}?risk=hrp`, argv: ['diff', published, held, '--risk', 'hrp'] },
  ],
  counterfactual: ({ held, backtest }) => [
    {
      path: `/v1/runs/${held}/counterfactual`,
      argv: ['counterfactual', held, '--set', 'meta_allocation.max_weight=0.6', '--risk', 'equal_weight'],
      body: { set: ['meta_allocation.max_weight=0.6'], risk: ['equal_weight'] },
    },
    {
      path: `/v1/runs/${backtest}/counterfactual`,
      argv: ['counterfactual', backtest, '--set', 'backtest.backtest_slippage=0.002'],
      body: { set: ['backtest.backtest_slippage=0.002'] },
    },
  ],
  listEvents: () => [
    { path: '/v1/events?limit=3', argv: ['ledger', 'events', '--limit', '3'] },
    {
      path: '/v1/events?stream=metaPortfolio-pair&types=RebalanceHeld&types=AllocationPublished',
      argv: ['ledger', 'events', '--stream', 'metaPortfolio-pair', '--types', 'RebalanceHeld', 'AllocationPublished'],
    },
  ],
  oneEvent: () => [{ path: '/v1/events/ledger@0', argv: ['ledger', 'events', 'ledger@0'] }],
  proveEvent: () => [{ path: '/v1/events/ledger@0/proof', argv: ['ledger', 'prove', 'ledger@0'] }],
  verifyLedger: () => [{ path: '/v1/ledger/verification', argv: ['ledger', 'verify'] }],
  status: () => [
    { path: '/v1/status', argv: ['status'] },
    { path: '/v1/status?meta=pair', argv: ['status', '--meta', 'pair'] },
  ],
  listDeadLetters: () => [
    { path: '/v1/dead-letters', argv: ['dlq', 'list'] },
    { path: '/v1/dead-letters?sleeve=stocks&all=true&limit=1', argv: ['dlq', 'list', '--sleeve', 'stocks', '--all', '--limit', '1'] },
  ],
  listPortfolios: () => [{ path: '/v1/portfolios', argv: ['portfolios'] }],
  onePortfolio: () => [{ path: '/v1/portfolios/pair', argv: ['portfolios', '--meta', 'pair'] }],
  portfolioDrift: () => [{ path: '/v1/portfolios/pair/drift', argv: ['drift', '--meta', 'pair'] }],
  workers: () => [{ path: '/v1/workers', argv: ['workers'] }],
  portfolioHistory: () => [{ path: '/v1/portfolios/pair/history', argv: ['history', '--meta', 'pair'] }],
  listSleeves: () => [{ path: '/v1/sleeves', argv: ['sleeve', 'list'] }],
  oneSleeve: () => [{ path: '/v1/sleeves/stocks', argv: ['sleeve', 'show', 'stocks'] }],
  oneRun: ({ stocks, picked, backtest }) => [
    ...[stocks, picked, backtest].map((run) => ({ path: `/v1/runs/${run}`, argv: ['show', run] })),
    { path: '/v1/runs/latest?meta=pair', argv: ['show', 'latest', '--meta', 'pair'] },
  ],
  listSeries: ({ stocks }) => [{ path: `/v1/runs/${stocks}/series?risk=hrp`, argv: ['export', 'series', stocks, '--risk', 'hrp'] }],
  backtestRobustness: ({ backtest }) => [
    { path: `/v1/runs/${backtest}/robustness?repetitions=20`, argv: ['backtest', 'robustness', backtest, '--repetitions', '20'] },
  ],
  listBacktests: () => [{ path: '/v1/backtests', argv: ['runs', '--kind', 'backtest'] }],
  oneBacktest: () => [{ path: '/v1/backtests/latest?meta=pair', argv: ['show', 'latest', '--kind', 'backtest', '--meta', 'pair'] }],
  listTournaments: () => [{ path: '/v1/tournaments?name=funds', argv: ['runs', '--kind', 'tournament', '--name', 'funds'] }],
  oneTournament: ({ tournament }) => [{ path: `/v1/tournaments/${tournament}`, argv: ['show', tournament] }],
  listCombinations: () => [{ path: '/v1/combinations', argv: ['runs', '--kind', 'combination'] }],
  oneCombination: () => [{ path: '/v1/combinations/latest', argv: ['show', 'latest', '--kind', 'combination'] }],
  explainSelection: ({ picked }) => [{ path: `/v1/selections/${picked}/explain/NYSE:PA`, argv: ['select', 'explain', picked, 'NYSE:PA'] }],
  selectionBattles: ({ picked }) => [
    { path: `/v1/selections/${picked}/battles?window=0`, argv: ['select', 'battles', picked, '--window', '0'] },
  ],
  selectionFunnel: () => [
    { path: '/v1/selections/latest/funnel?sleeve=picked', argv: ['select', 'funnel', 'latest', '--sleeve', 'picked'] },
  ],
  selectionDifference: ({ picked }) => [
    {
      path: `/v1/selections/${picked}/diff?window=0&against=live`,
      argv: ['select', 'diff', picked, '--window', '0', '--against', 'live'],
    },
  ],
  listScans: () => [{ path: '/v1/scans?limit=1', argv: ['scan', 'list', '--limit', '1'] }],
  scanFunnel: () => [{ path: '/v1/scans/etf_equity_momentum/funnel', argv: ['scan', 'funnel', 'etf_equity_momentum'] }],
  scanConfig: () => [{ path: '/v1/scans/etf_equity_momentum/config', argv: ['scan', 'config', 'etf_equity_momentum', '--recorded'] }],
};

/** What is recorded by every command, in this order. */
export const commands: Readonly<Record<string, (desk: AnsweredDesk) => readonly [path: string, body?: object]>> = {
  haltPublication: () => ['/v1/portfolios/pair/halt'],
  resumePublication: () => ['/v1/portfolios/pair/resume'],
  waiveParity: () => ['/v1/portfolios/pair/waivers', { paths: ['backtest.train_window'], until: '2030-01-01', why: 'a move' }],
  revokeWaiver: ({ waiver }) => [`/v1/portfolios/pair/waivers/${waiver}/revoke`],
  approveRebalance: ({ held }) => [`/v1/runs/${held}/approve`],
  rejectRebalance: () => ['/v1/runs/latest/reject?meta=twin'],
  discardDeadLetter: ({ letter }) => [`/v1/dead-letters/${letter}/discard`],
  retryDeadLetter: ({ letter }) => [`/v1/dead-letters/${letter}/retry`],
  quarantineSleeve: () => ['/v1/sleeves/funds/quarantine'],
  reinstateSleeve: () => ['/v1/sleeves/funds/reinstate'],
  approveDefinition: () => ['/v1/proposals/pair%2F2/approve'],
  rejectDefinition: () => ['/v1/proposals/twin%2F2/reject'],
};
