/** Valid facts of a sleeve run that selects, as short as their schemas allow. */
import type { EventData } from '../../domain/catalogue.ts';
import { backtestFacts } from './backtest-facts.ts';

const { definition } = backtestFacts.started('t');
const decided: Omit<EventData<'SelectionAborted'>, 'scope' | 'window' | 'rules' | 'winners'> = {
  first: '2023-11-01',
  newestRead: '2024-01-10',
  rows: 48,
  mode: 'v4',
  candidates: 4,
  target: 2,
  afterStage: [1, 1, 2, 2, 2],
  quadrant: 'NORMAL',
  vetoes: { histogram: [{ code: 'efficiency', count: 2 }], share: 0 },
  record: definition,
};
const winner = { direction: 'LONG', cluster: 's1', score: 0.25, stage: 1, isQuotaWaived: false, isWalkover: true } as const;

export const selectionFacts = {
  opened: (runId: string): EventData<'SleeveRunOpened'> => ({
    runId,
    sleeve: 'bonds',
    profile: 'bonds',
    asOf: '2024-01-10',
    correction: 0,
    source: 'import',
    rules: 2,
    temporalId: null,
    definition,
    currency: 'USD',
    currencyTreatment: null,
    options: { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: {} },
    inputs: [{ role: 'manifest', name: 'manifest.json', risk: null, document: definition }],
  }),
  selected: (scope: 'window' | 'live', window: number | null = null): EventData<'AssetsSelected'> => ({
    ...decided,
    scope,
    window,
    labels: [],
    winners: [
      { ...winner, symbol: 'AMEX:AGG' },
      { ...winner, symbol: 'AMEX:TIP', cluster: 's2', stage: 3 },
    ],
  }),
  aborted: (scope: 'window' | 'live', window: number | null = null): EventData<'SelectionAborted'> => ({
    ...decided,
    scope,
    window,
    rules: ['min_winners'],
    winners: 1,
  }),
};
