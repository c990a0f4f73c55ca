/** Answers that hold two allocations against each other: two runs, or a run and what it would have been. */
import { z } from 'zod';
import { parityOutcomeSchema } from '../../../domain/parity/schema.ts';
import { acceptanceVerdictSchema } from '../../../domain/run/acceptance-verdict.ts';
import { metaRunOptionsSchema } from '../../../domain/run/meta-run-options.ts';
import { count, date, json, meta, movedMembers, movedWeight, risk, runId, weight } from './values.ts';

const factor = z.enum(['sleeveResults', 'covariance', 'bounds', 'definition']);

const changedWeight = z
  .strictObject({
    ...movedMembers,
    parts: z
      .strictObject({
        sleeveResults: weight.describe('By what the sleeves hold.'),
        covariance: weight.describe('By the returns that are joined.'),
        bounds: weight.describe('By the bounds.'),
        definition: weight.describe('By everything else: profile, parameters, join, projection, which sleeves there are.'),
        rounding: weight.describe('What binary numbers cannot hold; it has no cause.'),
      })
      .describe('The change by cause. In the order of `summation` they sum to it exactly.'),
  })
  .meta({ id: 'ExplainedChange', description: 'A weight in two runs, and what changed it.' });

const profileDifference = z
  .strictObject({
    riskBefore: risk.describe('Risk profile of the first run.'),
    riskAfter: risk.describe('Risk profile of the second run.'),
    reproduced: z
      .strictObject({ before: z.boolean().describe('Of the first run.'), after: z.boolean().describe('Of the second run.') })
      .describe('Whether this build computes what was recorded, to the bit.'),
    unseparated: z
      .array(z.strictObject({ factor: factor.describe('Which cause.'), reason: z.string().describe('Why, in words.') }))
      .describe('Causes that could not be exchanged alone: their part is 0, and what they did stands in the next one.'),
    sleeves: z.array(changedWeight).describe('By path, as shares of the whole portfolio.'),
    assets: z.array(changedWeight).describe('By symbol.'),
  })
  .meta({ id: 'ProfileDifference', description: 'Why the weights of one risk profile differ.' });

const changedLeaf = z.strictObject({
  path: z.string().describe('Path of the sleeve, or name of the setting.'),
  before: json.describe('In the first run; null where it has none.'),
  after: json.describe('In the second run; null where it has none.'),
});

const comparedRun = z.strictObject({ runId, meta, asOf: date.describe('As-of date of the run.') });
const withoutOther = z.strictObject({ risk, reason: z.string().describe('Why the other run does not have it.') });

export const runDifferenceResult = z
  .strictObject({
    before: comparedRun.describe('The first run.'),
    after: comparedRun.describe('The second run.'),
    profiles: z.array(profileDifference).describe('Risk profiles that both runs allocated, or the ones that were asked for.'),
    onlyBefore: z.array(withoutOther).describe('Risk profiles of the first run alone.'),
    onlyAfter: z.array(withoutOther).describe('Risk profiles of the second run alone.'),
    inputs: z
      .strictObject({
        sleeveRuns: z.array(changedLeaf).describe('Sleeve runs that differ, by path.'),
        definition: z.array(changedLeaf).describe('Settings and options that differ.'),
        waivers: z
          .strictObject({
            onlyBefore: z.array(z.string()).describe('Ids of waivers that count in the first run alone.'),
            onlyAfter: z.array(z.string()).describe('Ids of waivers that count in the second run alone.'),
          })
          .describe('Exceptions from parity that differ.'),
      })
      .describe('What went in.'),
    summation: z.array(z.union([factor, z.literal('rounding')])).describe('The order in which parts are summed.'),
  })
  .meta({ id: 'RunDifference', description: 'Why the weights of two meta runs differ.' });
export type RunDifferenceResult = z.infer<typeof runDifferenceResult>;

export const comparisonResult = runDifferenceResult
  .extend({
    by: z
      .enum(['published', 'latest'])
      .optional()
      .describe('Whether publications in force are compared, or the runs recorded last; left out where no date was asked for.'),
  })
  .meta({ id: 'PortfolioDifference', description: 'Why the weights of a portfolio differ from those of before.' });
export type ComparisonResult = z.infer<typeof comparisonResult>;

const ofCounterfactual = {
  runId: runId.describe('The recorded run.'),
  overrides: z.record(z.string(), json).describe('Settings that were changed, by name.'),
  droppedSleeves: z.array(z.string()).describe('Sleeves that were left out.'),
  sameRun: z.boolean().describe('True where nothing that can change a number was changed.'),
  failures: z
    .array(
      z.strictObject({
        risk,
        code: z.string().describe('Code of the registry of errors.'),
        reason: z.string().describe('The error in words.'),
      }),
    )
    .describe('Risk profiles that failed.'),
  recorded: z.literal(false).describe('Nothing was recorded.'),
};

const failure = {
  code: z.string().nullable().describe('Code of the registry of errors; null where it did not fail.'),
  reason: z.string().nullable().describe('The error in words; null where it did not fail.'),
};

const outcome = parityOutcomeSchema.shape;
const { risks, risksFrom, join, projection } = metaRunOptionsSchema.shape;
const options = {
  risks: risks.describe('Risk profiles.'),
  join: join.describe('How returns are joined; null leaves it to the definition.'),
  projection: projection.describe('How weights are brought within bounds; null leaves it to the definition.'),
};
const verdict = acceptanceVerdictSchema.shape.status.nullable();

const allocatedProfile = z
  .strictObject({
    risk,
    status: z.enum(['allocated', 'failed']).describe('Whether it could be allocated.'),
    ...failure,
    against: risk.nullable().describe('The recorded risk profile that it is held against; null where nothing was recorded.'),
    sleeves: z.array(movedWeight).describe('By path: recorded, and as it would be.'),
    assets: z.array(movedWeight).describe('By symbol: recorded, and as it would be.'),
    volatilityExAnte: z
      .strictObject({
        before: z.number().nullable().describe('As recorded; null where it is not known.'),
        after: z.number().nullable().describe('As it would be; null where it is not known.'),
      })
      .describe('Annualised volatility of the allocated weights, as a decimal fraction.'),
    acceptance: z
      .array(
        z.strictObject({
          check: z.string().describe('Name of the check.'),
          before: verdict.describe('As recorded; null without one.'),
          after: verdict.describe('As it would be; null without one.'),
          valueBefore: z.number().nullable().describe('The figure as recorded, in the unit of the check; null without one.'),
          valueAfter: z.number().nullable().describe('The figure as it would be, in the unit of the check; null without one.'),
        }),
      )
      .describe('By check.'),
    largestChanges: z.array(movedWeight).describe('Of the assets, greatest first.'),
  })
  .meta({ id: 'CounterfactualProfile', description: 'A risk profile of a meta run, as it would have been.' });

const counterfactualRun = z
  .strictObject({
    ...ofCounterfactual,
    options: z.strictObject(options).describe('What it was computed with.'),
    parity: z
      .strictObject({
        outcome: outcome.outcome.describe('Whether it could be allocated, and whether a waiver would be needed for it.'),
        used: z
          .array(
            z.strictObject({ waiverId: z.string().describe('Id of the waiver.'), paths: z.array(z.string()).describe('What it covers.') }),
          )
          .describe('Waivers that cover something.'),
        expired: z
          .array(z.strictObject({ waiverId: z.string().describe('Id of the waiver.'), until: z.string().describe('Its last as-of date.') }))
          .describe('Waivers that would have covered something, and have run out.'),
        uncovered: outcome.uncovered.describe('What rejects it and no waiver covers.'),
      })
      .describe('What became of the comparison of its sleeves.'),
    profiles: z.array(allocatedProfile).describe('By risk profile; empty where parity would be rejected.'),
  })
  .meta({ id: 'CounterfactualRun', description: 'What a meta run would have allocated.' });

const figures = z
  .strictObject({
    total: z.number().describe('Return over the whole time, as a decimal fraction.'),
    twrAnnualised: z.number().nullable().describe('Time-weighted return a year, as a decimal fraction; null where not defined.'),
    volatility: z.number().nullable().describe('Annualised, as a decimal fraction; null where not defined.'),
    sharpe: z.number().nullable().describe('Annualised ratio; null where not defined.'),
    maxDrawdown: z.number().describe('Deepest fall from a peak, as a decimal fraction: -0.1 is a tenth below it.'),
    costsNetted: z.number().describe('Costs after trades of sleeves are netted, as a decimal fraction of equity.'),
    crossingBenefit: z.number().describe('What netting saved, as a decimal fraction of equity.'),
    tradedTurnoverTwoSided: z.number().describe('Sum of absolute changes of weight; 2 is everything sold and bought once.'),
    decisions: count.describe('Decisions.'),
  })
  .meta({ id: 'BacktestFigures', description: 'Net figures of a risk profile.' });

const counterfactualBacktest = z
  .strictObject({
    ...ofCounterfactual,
    options: z
      .strictObject({ ...options, risksFrom: risksFrom.describe('Whether the risk profiles are those of the definition.') })
      .describe('What it was computed with.'),
    profiles: z
      .array(
        z.strictObject({
          risk,
          status: z.enum(['tested', 'failed']).describe('Whether it could be tested.'),
          ...failure,
          before: figures.nullable().describe('As recorded; null where the run had not tested it.'),
          after: figures.nullable().describe('As it would be; null where it failed.'),
        }),
      )
      .describe('By risk profile.'),
  })
  .meta({ id: 'CounterfactualBacktest', description: 'What a backtest would have given.' });

export const counterfactualResult = z
  .union([counterfactualRun, counterfactualBacktest])
  .describe('Of a meta run (it has `parity`), or of a backtest.');
export type CounterfactualResult = z.infer<typeof counterfactualResult>;
