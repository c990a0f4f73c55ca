/** Valid facts of a backtest and of combinations, as short as their schemas allow. */
import type { BacktestStarted, TestedProfileFacts, WindowAllocated } from '../../domain/backtest-run/events.ts';
import type { EventData } from '../../domain/catalogue.ts';

const table = { kind: 'document', sha256: 'a'.repeat(64), bytes: 1, mediaType: 'text/csv' } as const;
const document = { kind: 'document', sha256: 'd'.repeat(64), bytes: 2, mediaType: 'application/json' } as const;

export const backtestParams: BacktestStarted['params'] = {
  engine: 'custom',
  simulator: 'custom',
  train_window: 60,
  test_window: 20,
  step_size: 20,
  rebalance_mode: 'window',
  partial_last_window: 'skip',
  meta_rows: 'trailing',
  universe_source: 'whole_range',
  selection_mode: 'none',
};

export const noCosts = { netted: 0, perSleeve: 0, crossingBenefit: 0 };
export const noMetrics: TestedProfileFacts['metrics'] = {
  rows: 4,
  annualisationDays: 252,
  total: 0,
  twrAnnualised: null,
  volatility: 0,
  sharpe: null,
  sortino: null,
  calmar: null,
  maxDrawdown: 0,
  historicalVar5: 0,
  historicalCvar5: 0,
  omega: null,
  winRate: 0,
  flags: [],
};
const range = { rows: 4, first: '2024-01-05', last: '2024-01-10' } as const;
const sleeveResult = {
  ...range,
  path: ['bonds'],
  windows: 1,
  lastPartialRows: 0,
  partialRows: 0,
  flags: [],
  stream: table,
  weights: table,
};

const prices = {
  role: 'prices',
  name: 'prices.csv',
  fileSha256: 'b'.repeat(64),
  table: { kind: 'table', sha256: 'c'.repeat(64), bytes: 1, rows: 4, columns: ['NYSE:AAA'], first: null, last: null, calendars: [] },
  lines: null,
  defects: [],
} as const;

const tested = (risk: TestedProfileFacts['risk']): TestedProfileFacts => ({
  ...range,
  risk,
  annualisationDays: 252,
  decisions: 1,
  untradedRows: 0,
  partialRows: 0,
  metrics: noMetrics,
  grossReturn: 0,
  costs: noCosts,
  turnover: {
    firstAllocationTwoSided: 1,
    firstPurchaseTwoSided: 1,
    allocationTwoSided: 0,
    tradedTwoSided: 0,
    allocationStability: null,
  },
  syntheticResets: { turnoverTwoSided: 0, cost: 0 },
  realisedShares: null,
  burnIns: [{ ...range, path: [], tier: 'portfolio' }],
  baselines: [],
  warnings: [],
  sleeves: [sleeveResult],
  tables: { returns: table, joined: table, decisions: table, leafWeights: table, assetWeights: table, riskShares: table, trades: table },
  detail: document,
});

type Failure = readonly [risk: TestedProfileFacts['risk'], reason: string];
const failuresOf = (failed: readonly Failure[]) => failed.map(([risk, reason]) => ({ risk, path: [], code: 'Unbounded', reason }));

export const backtestFacts = {
  /** `sources` are the sleeve runs whose prices its sleeves read. */
  started: (runId: string, change: Partial<BacktestStarted> = {}, sources: readonly (string | null)[] = [null]): BacktestStarted => ({
    runId,
    meta: 'desk',
    profile: 'desk',
    asOf: '2024-01-10',
    rules: 3,
    definition: document,
    options: { risks: ['hrp'], risksFrom: 'flag', join: null, projection: null },
    params: backtestParams,
    universeLookAhead: true,
    rangeEnd: '2024-01-10',
    sleeves: sources.map((sourceRunId, index) => ({
      path: [`sleeve-${index}`],
      sleeve: `sleeve-${index}`,
      profile: `sleeve-${index}`,
      sourceRunId,
      options: { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: {} },
      inputs: [{ ...prices, table: { ...prices.table, columns: [...prices.table.columns], calendars: [] }, defects: [] }],
      grid: range,
      coverage: { first: range.first, last: range.last },
      kept: 1,
      dropped: [],
    })),
    ...change,
  }),
  allocated: (change: Partial<WindowAllocated> = {}): WindowAllocated => ({
    ...range,
    risk: 'hrp',
    meta: 'desk',
    path: [],
    params: backtestParams,
    index: 0,
    trainFirst: '2024-01-02',
    trainRows: 2,
    newestRead: '2024-01-04',
    partial: false,
    raw: { bonds: 1 },
    weights: { bonds: 1 },
    sleeveReads: { bonds: '2024-01-03' },
    flags: [],
    ...change,
  }),
  completed: (runId: string, risks: readonly TestedProfileFacts['risk'][], failed: readonly Failure[] = []) =>
    ({
      runId,
      params: backtestParams,
      tested: risks.map(tested),
      failed: failuresOf(failed),
    }) satisfies EventData<'BacktestCompleted'>,
  failed: (runId: string, failed: readonly Failure[]) =>
    ({
      runId,
      params: backtestParams,
      failed: failuresOf(failed),
    }) satisfies EventData<'BacktestFailed'>,
};

const noViolation = { bounds: false, gross: false, net: false, turnover: false };
type Combined = EventData<'PositionsCombined'>;

const combination: Omit<Combined, 'combinationId' | 'gross' | 'net' | 'turnoverTwoSided' | 'feasibility' | 'certificate' | 'rounds'> = {
  name: 'futures',
  asOf: null,
  rules: 3,
  inputs: document,
  constraints: { lower: -1, upper: 1, grossCap: 1, netCap: 1, turnoverCap: null },
  method: { projection: 'exact', noFlip: false, costAversion: 0 },
  budgets: {
    rule: 'given',
    sleeves: [{ sleeve: 'tsmom', budget: 1, positions: 1 }],
    extra: [],
    withoutVariance: [],
    sharpeRatios: null,
  },
  correlationAware: 'none',
  scale: 1,
  assets: 1,
  table: document,
};

export const combinationFacts = {
  combined: (combinationId: string, change: Partial<Combined> = {}): Combined => ({
    ...combination,
    combinationId,
    gross: 1,
    net: 1,
    turnoverTwoSided: null,
    feasibility: { initialViolations: noViolation, finalViolations: {}, projectionApplied: false },
    certificate: null,
    rounds: null,
    ...change,
  }),
  refused: (combinationId: string): EventData<'CombinationRefused'> => ({
    ...combination,
    combinationId,
    because: 'infeasible',
    conflicts: [['gross', 'net']],
    repairs: [
      { cap: 'bounds', current: 0, smallest: null },
      { cap: 'gross', current: 1, smallest: 2 },
      { cap: 'net', current: 1, smallest: null },
    ],
    initialViolations: { ...noViolation, gross: true },
    finalViolations: null,
  }),
};
