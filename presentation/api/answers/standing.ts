/** Answers about portfolios and sleeves by themselves, and about what was held over time. */
import { z } from 'zod';
import { portfolioStatus, sleeveStatus } from './operations.ts';
import { count, date, meta, path, riskName, runId, time, weight } from './values.ts';

export const portfoliosResult = z
  .strictObject({ portfolios: z.array(portfolioStatus).describe('By name.') })
  .meta({ id: 'Portfolios', description: 'Where meta portfolios stand.' });

export const sleevesResult = z
  .strictObject({
    sleeves: z.array(sleeveStatus).describe('By name.'),
    unassignedLetters: count.describe('Dead letters that no sleeve can be blamed for.'),
  })
  .meta({ id: 'Sleeves', description: 'Where sleeves stand.' });

const use = z.strictObject({
  meta,
  path,
  pinnedRunId: runId.nullable().describe('The run that the portfolio keeps to; null where the newest counts.'),
});

export const sleeveResult = z
  .strictObject({ sleeve: sleeveStatus, usedBy: z.array(use).describe('Portfolios that have it.') })
  .meta({ id: 'Sleeve', description: 'Where a sleeve stands, and who has it.' });

const point = z.strictObject({
  number: z.int().positive().describe('Publications of a portfolio are numbered from 1.'),
  asOf: date.describe('As-of date of the publication.'),
  recordedAt: time.describe('When it was published, in UTC.'),
  runId,
  risk: riskName,
  definitionNumber: z.int().positive().describe('Number of the definition in force.'),
  gross: weight.describe('Sum of the absolute weights.'),
  net: weight.describe('Sum of the weights.'),
  turnoverTwoSided: weight
    .nullable()
    .describe('Sum of absolute weight changes against the one before, drifted; null where it is not known.'),
});

const tier = z.strictObject({
  names: z.array(z.string()).describe('Every name that had a weight in one of the publications.'),
  weights: z.array(z.array(weight)).describe('A row for each publication, a value for each name: 0 where nothing of that name was held.'),
});

export const historyResult = z
  .strictObject({
    meta,
    publications: z.array(point).describe('By number.'),
    sleeves: tier.describe('Sleeves of the first tier.'),
    assets: tier.describe('Net weights of assets.'),
  })
  .meta({ id: 'History', description: 'What a meta portfolio held over time.' });
