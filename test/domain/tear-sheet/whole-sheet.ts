import { bootstrapMetrics } from '../../../domain/metrics/block-bootstrap.ts';
import { deflatedSharpe, observedSharpe } from '../../../domain/metrics/deflated-sharpe.ts';
import { compareStartOffsets } from '../../../domain/metrics/start-offsets.ts';
import type { TearSheetInput } from '../../../domain/tear-sheet/tear-sheet-input.ts';
import { isExpected } from '../../../domain/returns/calendar.ts';
import { worked } from '../metrics/worked-examples.ts';

const { returns, benchmark, annualisationDays, opened } = worked;

/** The worked example with everything that a run can have beside its stream. */
export const wholeSheet: TearSheetInput = {
  name: 'desk hrp',
  basis: 'net, out-of-sample',
  returns,
  annualisationDays,
  opened,
  isSession: (date) => isExpected('XNYS', date),
  rollingRows: 20,
  parts: [{ id: 'crypto', series: benchmark, opened }],
  benchmark: { id: 'AMEX:SPY', series: benchmark },
  baselines: [{ id: 'equal weight', series: returns, opened, note: 'look-ahead' }],
  weights: {
    of: 'sleeves',
    ids: ['crypto', 'funds'],
    decisions: [
      { date: '2020-02-28', weights: [0.6, 0.4] },
      { date: '2020-03-31', weights: [0.4, 0.6] },
    ],
  },
  contributions: [
    {
      kind: 'joint',
      of: 'sleeves',
      ids: ['crypto', 'funds'],
      rows: [
        { date: '2020-02-28', shares: [0.7, 0.3] },
        { date: '2020-03-31', shares: [1.1, -0.1] },
      ],
    },
  ],
  trades: [
    { date: '2020-02-28', turnoverTwoSided: 1, costFraction: 0.0006 },
    { date: '2020-03-31', turnoverTwoSided: 0.4, costFraction: 0.00024 },
  ],
  crossingBenefit: 0.0001,
  windows: [
    {
      index: 0,
      trainFirst: '2020-02-03',
      trainLast: '2020-02-28',
      testFirst: '2020-03-02',
      testLast: '2020-03-31',
      rows: 22,
      turnoverTwoSided: 1,
      costFractionCharged: 0.0006,
      grossReturn: -0.017,
      netReturn: -0.0176,
    },
  ],
  correlations: { ids: ['crypto', 'funds'], values: Float64Array.of(1, 0.2, 0.2, 1), basis: 'sample' },
  tree: { leaves: ['crypto', 'funds'], linkage: [[0, 1, 0.6, 2]], leafOrder: ['crypto', 'funds'], distances: [0.6] },
  verdicts: [
    { check: 'bounds', status: 'passed', value: 1, limit: 1, message: 'every sleeve within its bounds', details: [], holds: true },
  ],
  parity: { verdict: 'CONFORMANT', decision: 'accepted' },
  trace: [{ path: ['crypto'], runId: 'crypto-2020-06-30-0123456789abcdef', asOf: '2020-06-30', grade: 'certified' }],
  robustness: {
    deflatedSharpe: deflatedSharpe(observedSharpe(returns.values), { count: 8, varianceOfSharpes: 0.001 }),
    bands: { ...bootstrapMetrics(returns, annualisationDays, { blockRows: 20, replicates: 20, seed: 7n }), never: null },
    startOffsets: compareStartOffsets([{ offset: 0, series: returns }], { annualisationDays, openedBefore: () => opened }),
  },
};
