/** How much of a backtest is luck. */
import { z } from 'zod';
import { metricsSchema } from '../../../domain/returns/schemas.ts';
import { robustnessChecks } from '../../../handlers/queries/backtest-robustness.ts';
import { count, date, meta, risk, runId, weight, worded } from './values.ts';

const notEvaluated = z.strictObject({
  status: z.literal('not evaluated').describe('The check could not be made.'),
  reason: z.string().describe('Why.'),
});
const evaluated = { status: z.literal('evaluated').describe('The check was made.') };

const band = z
  .strictObject({
    low: z.number().describe('Quantile at 5 %.'),
    middle: z.number().describe('Median.'),
    high: z.number().describe('Quantile at 95 %.'),
    undefinedIn: count.describe('Replicates in which the figure has no value.'),
  })
  .meta({ id: 'Band', description: 'A figure over resampled histories.' });

const deflatedSharpe = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('known').describe('The ledger knows the trials.'),
    rows: count.describe('Sessions.'),
    sharpePerRow: z.number().describe('Sharpe ratio for a session.'),
    skewness: z.number().describe('Of the net returns; 0 for a symmetric distribution.'),
    kurtosis: z.number().describe('Of the net returns; 3 for a normal distribution.'),
    trials: z.int().positive().describe('Recorded trials.'),
    expectedMaximum: z.number().describe('What the best of so many without skill is expected to show, for a session.'),
    deflated: z.number().describe('Probability that the true ratio is above that.'),
    probabilistic: z.number().describe('Probability that it is above 0.'),
  }),
  z.strictObject({ status: z.literal('UNKNOWN').describe('The ledger cannot know the trials.'), reason: z.string().describe('Why.') }),
]);

const bands = z.strictObject({
  ...evaluated,
  blockRows: z.int().positive().describe('Sessions of a block.'),
  metrics: z.record(z.string(), band.nullable()).describe('By figure; null for one without a value.'),
  weights: z.record(z.string(), band.nullable()).describe('Of the sleeve weights of the last decision.'),
});

const metrics = worded('Metrics', 'Figures of a stream of returns (docs/reference/figures.md).', metricsSchema, {
  rows: 'Sessions that were measured.',
  annualisationDays: 'Sessions of a year.',
  total: 'Return over the whole time, as a decimal fraction.',
  twrAnnualised: 'Time-weighted return a year, as a decimal fraction; null where not defined.',
  volatility: 'Annualised, as a decimal fraction; null where not defined.',
  sharpe: 'Annualised ratio; null where not defined.',
  sortino: 'Annualised ratio; null where not defined.',
  calmar: 'Return a year over the deepest fall; null where not defined.',
  maxDrawdown: 'Deepest fall from a peak, as a decimal fraction: -0.1 is a tenth below it.',
  historicalVar5: 'Return of a session that 5 % of them stay below, as a decimal fraction.',
  historicalCvar5: 'Mean return of those sessions, as a decimal fraction.',
  omega: 'Gains over losses; null where not defined.',
  winRate: 'Share of sessions with a gain, as a decimal fraction.',
  flags: 'What limits its use: `not_meaningful` for a stream that is too short to scale to a year.',
});

const startOffsets = z.strictObject({
  ...evaluated,
  dates: z
    .strictObject({
      rows: count.describe('Sessions.'),
      first: date.describe('First session.'),
      last: date.describe('Last session.'),
    })
    .describe('Sessions that every start has.'),
  spreads: z
    .array(
      z.strictObject({
        figure: z.string().describe('Name of the figure, in whose unit the values are (docs/reference/figures.md).'),
        perOffset: z
          .array(
            z.strictObject({
              offset: count.describe('Rows by which it starts later.'),
              value: z.number().describe('The figure of this start.'),
            }),
          )
          .describe('By start.'),
        min: z.number().describe('Least value of all starts.'),
        median: z.number().describe('Median of all starts.'),
        max: z.number().describe('Greatest value of all starts.'),
        rankOfZero: z.int().positive().describe('Place of the recorded start, 1 for the greatest value.'),
      }),
    )
    .describe('Figures that have a value at every start.'),
});

const splits = z.strictObject({
  ...evaluated,
  label: z.literal('not walk-forward').describe('They learn from rows after the test.'),
  groups: z.int().positive().describe('Groups into which the joined rows are split.'),
  testGroups: z.int().positive().describe('Tested at a time.'),
  purgeRows: count.describe('Rows left out before a test.'),
  embargoRows: count.describe('Rows left out after a test.'),
  trainRowsMin: count.describe('A split with fewer rows to learn from is not run.'),
  splits: z
    .array(
      z.strictObject({
        testGroups: z.array(count).describe('Groups that are tested, counted from 0.'),
        trainRows: count.describe('Rows that it learns from.'),
        testRows: count.describe('Rows that are tested.'),
        weights: z.array(weight).nullable().describe('Of sleeves, in the order of the joined columns; null where the split was not run.'),
        reason: z.string().nullable().describe('Why it was not run; null where it was.'),
      }),
    )
    .describe('Every split, run or not.'),
  paths: z.array(metrics).describe('Whole histories that the splits make up.'),
  pathsAtMost: count.describe('How many all splits would make up.'),
});

const profile = z.strictObject({
  risk,
  annualisationDays: z.number().positive().describe('Sessions of a year.'),
  figures: z.record(z.string(), z.number().nullable()).describe('As recorded.'),
  decided: z.record(z.string(), weight).describe('Sleeve weights of the last decision.'),
  deflatedSharpe: deflatedSharpe.nullable().describe('Null where it was not asked for.'),
  bands: z.union([bands, notEvaluated]).nullable().describe('Null where they were not asked for.'),
  startOffsets: z.union([startOffsets, notEvaluated]).nullable().describe('Null where they were not asked for.'),
  splits: z.union([splits, notEvaluated]).nullable().describe('Null where they were not asked for.'),
});

export const robustnessResult = z
  .strictObject({
    runId,
    meta,
    checks: z.array(z.enum(robustnessChecks)).describe('Checks that were made, in this order.'),
    seed: z.string().describe('Of the bootstrap.'),
    replicates: z.int().positive().describe('Of the bootstrap.'),
    offsets: z.int().positive().describe('Starts of the sweep.'),
    profiles: z.array(profile).describe('By risk profile.'),
    recorded: z.literal(false).describe('Nothing is.'),
  })
  .meta({ id: 'Robustness', description: 'How much of a backtest is luck.' });
