/** Answers about meta portfolios. */
import { z } from 'zod';
import {
  mandateFindingSchema,
  parityCountsSchema,
  parityLeafSchema,
  parityOutcomeSchema,
  parityVerdictSchema,
} from '../../../domain/parity/schema.ts';
import { listedPublication } from './publication.ts';
import {
  acceptanceVerdict,
  cash,
  count,
  date,
  meta,
  path,
  portfolioDataEnd,
  riskName,
  runId,
  sleeve,
  symbol,
  time,
  weight,
  worded,
} from './values.ts';

const contribution = z.strictObject({
  path,
  sleeve: sleeve.describe('Last id of the path.'),
  amount: weight.describe('What it adds to the weight, as a decimal fraction of the portfolio.'),
});

export const weightsResult = z
  .strictObject({
    runId,
    meta,
    risk: riskName,
    state: z.enum(['recorded', 'published']).describe('Whether the allocation is the publication in force, or one that was only recorded.'),
    publication: z.int().positive().nullable().describe('Number of the publication; null for an allocation that was only recorded.'),
    grade: z
      .enum(['NATIVE', 'DEGRADED'])
      .nullable()
      .describe('`DEGRADED` where not every solve and stream is the one asked for; null where acceptance was not measured.'),
    asOf: date.describe('As-of date of the run.'),
    dataEnd: portfolioDataEnd.nullable().describe('Where its data end; null where a run does not say.'),
    recordedAt: time.describe('When the allocation was recorded, in UTC.'),
    sleeves: z
      .array(
        z.strictObject({
          id: z.string().describe('Id of the sleeve in the portfolio.'),
          raw: weight.describe('As optimised, a decimal fraction.'),
          bounded: weight.describe('As allocated within its bounds, a decimal fraction.'),
        }),
      )
      .describe('By id.'),
    assets: z
      .array(
        z.strictObject({
          symbol,
          weight: weight.describe('Net weight, a decimal fraction: the sum of what its contributors add.'),
          contributors: z.array(contribution).describe('Through which sleeves it is held.'),
        }),
      )
      .describe('What is held.'),
    cash: cash.optional().describe('What is not invested; left out where all is and no cash asset is named.'),
    gross: weight.describe('Sum of absolute weights, a decimal fraction.'),
    net: weight.describe('Sum of weights, a decimal fraction.'),
    acceptance: z.array(acceptanceVerdict).describe('The checks that were measured; empty where none was.'),
  })
  .meta({ id: 'Weights', description: 'Sleeve and asset weights of an allocation.' });
export type WeightsResult = z.infer<typeof weightsResult>;

const bound = z.strictObject({
  portfolio: z.array(z.string()).describe('Ids down to the portfolio that has the bound; empty for the outermost.'),
  id: z.string().describe('The sleeve or portfolio that is bounded.'),
  lower: weight.describe('Least weight, a decimal fraction.'),
  upper: weight.describe('Greatest weight, a decimal fraction.'),
  raw: weight.describe('As optimised, a decimal fraction.'),
  bounded: weight.describe('As allocated, a decimal fraction.'),
});

const foundBy = z
  .strictObject({
    scanner: z.string().describe('Id of the scanner.'),
    asOf: date.describe('Session of the scan.'),
    rank: z.int().positive().describe('Place in the scan; 1 is the first.'),
    selected: count.describe('How many the scan selected.'),
    passes: z
      .record(z.string(), z.boolean().nullable())
      .nullable()
      .describe('Gates by name: true, false, or null where one was not configured or not evaluated; null for a file that does not say.'),
    verdict: z.enum(['complete', 'partial']).describe('Whether every filter and gate was evaluated.'),
    file: z.string().optional().describe('File that the scan was exported to; left out for a recorded scan.'),
  })
  .meta({ id: 'FoundByScan', description: 'A scan that let an asset in.' });

const letIn = z
  .strictObject({
    scope: z.enum(['live', 'static']).describe('A decision for the weights from now on, or once for the whole run.'),
    mode: z.string().describe('Mode of the selection.'),
    asOf: date.describe('Last session that the decision read.'),
    direction: z.enum(['LONG', 'SHORT']).describe('Side on which it is held.'),
    stage: z.int().describe('Stage of the selection at which it won.'),
    cluster: z.string().describe('Cluster in which it won.'),
    score: z.number().describe('Its score.'),
    place: z.int().positive().describe('1 for the best score of the winners.'),
    won: count.describe('How many won.'),
    candidates: count.describe('Of how many.'),
    isWalkover: z.boolean().describe('True where it had no opponent.'),
    isQuotaWaived: z.boolean().describe('True where it is above the quota of its cluster.'),
  })
  .meta({ id: 'LetInBySelection', description: 'The decision that let an asset into a sleeve.' });

export const explanationResult = z
  .strictObject({
    symbol,
    weight: weight.describe('Net weight, a decimal fraction: the sum of the contributions.'),
    runId,
    risk: riskName,
    asOf: date.describe('As-of date of the run.'),
    contributions: z
      .array(
        z.strictObject({
          path,
          sleeve: sleeve.describe('Last id of the path.'),
          runId: runId.describe('The sleeve run that holds it.'),
          atom: z.string().describe('As the sleeve names it: the symbol, or a strategy over it.'),
          sleeveWeight: weight.describe('Weight of the sleeve in the portfolio, a decimal fraction.'),
          assetWeight: weight.describe('Weight of the asset in the sleeve, a decimal fraction.'),
          amount: weight.describe('The one times the other.'),
          bounds: z.array(bound).describe('Bounds on the way down to the sleeve.'),
          foundBy: z.array(foundBy).optional().describe('Scans that let it in; left out where the universe came from elsewhere.'),
          letIn: letIn.optional().describe('The decision that let it in; left out where the sleeve selects nothing.'),
        }),
      )
      .describe('Which sleeve gave how much.'),
  })
  .meta({ id: 'Explanation', description: 'Why an asset has its weight.' });
export type ExplanationResult = z.infer<typeof explanationResult>;

export const publicationsResult = z
  .strictObject({
    meta,
    publications: z.array(listedPublication).describe('By number, or the newest first where that was asked for.'),
    next: z.int().positive().nullable().describe('The `after` of the next page; null on the last one.'),
  })
  .meta({ id: 'Publications', description: 'Every publication of a portfolio.' });
export type PublicationsResult = z.infer<typeof publicationsResult>;

const parityLeaf = worded('ParityLeaf', 'A setting as the sleeves have it.', parityLeafSchema, {
  path: 'Name of the setting.',
  block: 'Block of the manifest in which it stands.',
  group: 'What it bears on.',
  values: 'Its value by sleeve; only the sleeves that have it.',
  status: 'What came of the comparison.',
  exceptionRef: 'Index of the exception of the policy that applies; null without one.',
  wrongException: 'True where an exception applies, but with another value.',
});

const parityCounts = worded('ParityCounts', 'How many settings were compared, and what came of them.', parityCountsSchema, {
  leaves: 'Compared.',
  equal: 'Equal in all sleeves.',
  excepted: 'Different, as an exception allows.',
  wrongException: 'Different, where an exception has another value.',
  violated: 'Different, without an exception.',
  absentInSome: 'Absent in some sleeves.',
});

const mandateFinding = worded('MandateFinding', 'A value that is mandated for all sleeves.', mandateFindingSchema, {
  path: 'Name of the setting.',
  mandated: 'The mandated value.',
  values: 'The value by sleeve.',
  status: 'Whether all sleeves have it.',
  deviating: 'Sleeves that have another value, or none, without an exception for it.',
});

const { verdict, overlap, missing } = parityVerdictSchema.shape;
const { byBlock, byGroup } = overlap.shape;
const share = overlap.shape.all;

export const parityResult = z
  .strictObject({
    meta,
    asOf: date.describe('As-of date of the comparison.'),
    verdict: verdict.describe('What came of the comparison; `UNKNOWN` for lack of evidence.'),
    decision: parityOutcomeSchema.shape.outcome.describe('Whether the portfolio may be allocated, and whether a waiver was needed for it.'),
    overlap: z
      .strictObject({
        all: share.describe('Over all settings.'),
        byBlock: byBlock.describe('By block of the manifest.'),
        byGroup: byGroup.describe('By group.'),
      })
      .describe('Share of settings that are equal or excepted, as a decimal fraction; null where nothing was compared.'),
    counts: z
      .strictObject({
        all: parityCounts.describe('Of all settings.'),
        blocks: parityCounts.describe('Of the blocks features, selection and backtest alone.'),
        absentEverywhere: count.describe('Settings that no sleeve has.'),
      })
      .describe('How many of the settings.'),
    leaves: z.array(parityLeaf).describe('Every setting that was compared.'),
    missing: z
      .array(
        z.strictObject({
          path: missing.element.shape.path.describe('Name of the evidence.'),
          sleeves: missing.element.shape.sleeves.describe('Sleeves that lack it.'),
        }),
      )
      .describe('Required evidence that some sleeves lack.'),
    mandated: z.array(mandateFinding).describe('Values that are mandated for all sleeves.'),
    uncovered: z.array(z.string()).describe('What rejects the portfolio and no waiver covers.'),
  })
  .meta({ id: 'Parity', description: 'Whether the sleeves of a portfolio are comparable.' });
export type ParityResult = z.infer<typeof parityResult>;
