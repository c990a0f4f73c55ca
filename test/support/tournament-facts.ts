/** Valid facts of a tournament, as short as their schemas allow. */
import type { EventData } from '../../domain/catalogue.ts';
import { backtestFacts } from './backtest-facts.ts';

type Completed = EventData<'TournamentCompleted'>;
type RankedEntrant = Completed['entrants'][number];

const range = { rows: 4, first: '2024-01-05', last: '2024-01-10' } as const;
const { definition, sleeves } = backtestFacts.started('t');
const { metrics, tables } = backtestFacts.completed('t', ['hrp']).tested[0]!;
const choices = { window: { train: 60, test: 20, step: 20 }, cost: { slippage: 0, commission: 0 }, simulator: 'window' } as const;

const entrant = (id: string, rank: number, stream: string, identicalTo: string | null = null): RankedEntrant => ({
  ...choices,
  id,
  profile: 'equal_weight',
  estimator: null,
  linkage: null,
  rank,
  identicalTo,
  held: {
    ...range,
    windows: 1,
    partialRows: 0,
    turnoverTwoSided: 1,
    costFraction: 0,
    sharpePerRow: 0.1 * rank,
    flags: [],
    stream: { ...tables.returns, sha256: stream.repeat(64) },
    weights: tables.assetWeights,
  },
  metrics,
  sharpePerRow: null,
  deflatedSharpe: null,
  againstFirst: { id, difference: null, z: null },
  againstRawPool: null,
});

export const tournamentFacts = {
  started: (runId: string, change: Partial<EventData<'TournamentStarted'>> = {}): EventData<'TournamentStarted'> => ({
    runId,
    sleeve: 'bonds',
    profile: 'bonds_plain',
    asOf: '2024-01-10',
    rules: 3,
    definition,
    axes: {
      profiles: ['equal_weight'],
      estimators: ['sample'],
      linkages: ['ward'],
      windows: [choices.window],
      costs: [choices.cost],
      simulators: ['window'],
    },
    entrants: 2,
    notComputed: [],
    selectionMode: 'none',
    options: sleeves[0]!.options,
    sourceRunId: null,
    inputs: sleeves[0]!.inputs,
    grid: range,
    coverage: { first: range.first, last: range.last },
    kept: 1,
    dropped: [],
    ...change,
  }),
  /** Two entrants with one stream, and a third behind them. */
  completed: (runId: string): Completed => ({
    ...range,
    runId,
    annualisationDays: 252,
    entrants: [entrant('a', 1, 'a'), entrant('b', 1, 'b', 'a'), entrant('c', 2, 'c')],
    failed: [{ id: 'd', code: 'HistoryTooShort', reason: 'too few rows' }],
    trials: null,
    pairs: { compared: 1, withinNoise: 1, table: definition },
    overfitting: { status: 'refused', reason: 'too few rows' },
    rankStability: null,
  }),
  failed: (runId: string): EventData<'TournamentFailed'> => ({
    runId,
    reason: 'no entrant could be run',
    failed: [{ id: 'a', code: 'HistoryTooShort', reason: 'too few rows' }],
  }),
};
