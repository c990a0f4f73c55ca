/** Valid facts of a sleeve run, as short as their schemas allow. */
import type { EventData } from '../../domain/catalogue.ts';
import type { TableReference } from '../../domain/shared/artifact-reference.ts';
import { noMetrics } from './backtest-facts.ts';
import { selectionFacts } from './selection-facts.ts';

export const sampleTable: TableReference = {
  kind: 'table',
  sha256: 'a'.repeat(64),
  bytes: 1,
  rows: 4,
  columns: ['return'],
  first: null,
  last: null,
  calendars: ['XNYS'],
};

type Opened = EventData<'SleeveRunOpened'>;
type Imported = EventData<'SleeveProfileImported'>;
type Graded = EventData<'SleeveRunCertified'>;

export const sleeveRunFacts = {
  opened: (runId: string, change: Partial<Opened> = {}): Opened => ({ ...selectionFacts.opened(runId), ...change }),
  universe: (change: Partial<EventData<'UniverseFormed'>> = {}): EventData<'UniverseFormed'> => ({
    kept: [{ symbol: 'NYSE:AAA', calendar: 'XNYS' }],
    dropped: [],
    inactive: [],
    coverageMin: 0.9,
    benchmarks: { present: [], absent: [] },
    grid: { rows: 4, first: '2024-01-05', last: '2024-01-10', lookbackDays: 500, lookbackApplied: false },
    shortened: null,
    annualisationDays: 252,
    returns: sampleTable,
    benchmarkReturns: null,
    notApplied: [],
    ...change,
  }),
  /** `last`: of its out-of-sample returns. */
  imported: (risk: Imported['risk'], change: Partial<Imported> = {}, last = '2024-01-10', returns = sampleTable): Imported => ({
    risk,
    weights: [{ symbol: 'NYSE:AAA', weight: 1 }],
    weightsFrom: null,
    weightsSum: null,
    returnsFrom: `data/returns/${risk}.pkl`,
    stream: { engine: null, simulator: null },
    outOfSample: { rows: 4, first: '2024-01-05', last, totalReturn: 0, returns, metrics: noMetrics },
    ...change,
  }),
  graded: (reasons: readonly string[] = []): Graded => ({
    policy: { name: 'sleeve-run-eligibility', version: 1 },
    reasons: [...reasons],
    evidence: [{ check: 'integrity', status: 'passed', detail: '0 errors' }],
  }),
};
