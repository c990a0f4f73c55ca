/** How much of a backtest is luck. */
import { z } from 'zod';
import { metricsSchema } from '../../../domain/returns/schemas.ts';
import { robustnessChecks } from '../../../handlers/queries/backtest-robustness.ts';
import { count, date, meta, risk, runId, weight } from './values.ts';

const notEvaluated = z.strictObject({ status: z.literal('not evaluated'), reason: z.string().describe('Why.') });
const evaluated = { status: z.literal('evaluated') };

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
    status: z.literal('known'),
    rows: count.describe('Sessions.'),
    sharpePerRow: z.number().describe('Sharpe ratio for a session.'),
    skewness: z.number(),
    kurtosis: z.number().describe('3 for a normal distribution.'),
    trials: z.int().positive().describe('Recorded trials.'),
    expectedMaximum: z.number().describe('What the best of so many without skill is expected to show, for a session.'),
    deflated: z.number().describe('Probability that the true ratio is above that.'),
    probabilistic: z.number().describe('Probability that it is above 0.'),
  }),
  z.strictObject({ status: z.literal('UNKNOWN'), reason: z.string().describe('Why.') }),
]);

const bands = z.strictObject({
  ...evaluated,
  blockRows: z.int().positive().describe('Sessions of a block.'),
  metrics: z.record(z.string(), band.nullable()).describe('By figure; null for one without a value.'),
  weights: z.record(z.string(), band.nullable()).describe('Of the sleeve weights of the last decision.'),
});

const startOffsets = z.strictObject({
  ...evaluated,
  dates: z.strictObject({ rows: count, first: date, last: date }).describe('Sessions that every start has.'),
  spreads: z.array(
    z.strictObject({
      figure: z.string(),
      perOffset: z.array(z.strictObject({ offset: count.describe('Rows by which it starts later.'), value: z.number() })),
      min: z.number(),
      median: z.number(),
      max: z.number(),
      rankOfZero: z.int().positive().describe('Place of the recorded start, 1 for the greatest value.'),
    }),
  ),
});

const splits = z.strictObject({
  ...evaluated,
  label: z.literal('not walk-forward').describe('They learn from rows after the test.'),
  groups: z.int().positive(),
  testGroups: z.int().positive().describe('Tested at a time.'),
  purgeRows: count.describe('Rows left out before a test.'),
  embargoRows: count.describe('Rows left out after a test.'),
  trainRowsMin: count.describe('A split with fewer rows to learn from is not run.'),
  splits: z.array(
    z.strictObject({
      testGroups: z.array(count),
      trainRows: count,
      testRows: count,
      weights: z.array(weight).nullable().describe('Of sleeves, in the order of the joined columns; null where the split was not run.'),
      reason: z.string().nullable().describe('Why it was not run.'),
    }),
  ),
  paths: z.array(metricsSchema).describe('Whole histories that the splits make up.'),
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
    checks: z.array(z.enum(robustnessChecks)),
    seed: z.string().describe('Of the bootstrap.'),
    replicates: z.int().positive().describe('Of the bootstrap.'),
    offsets: z.int().positive().describe('Starts of the sweep.'),
    profiles: z.array(profile),
    recorded: z.literal(false).describe('Nothing is.'),
  })
  .meta({ id: 'Robustness', description: 'How much of a backtest is luck.' });
