import { z } from 'zod';
import { date, meta, path, riskName, runId, symbol, weight } from './values.ts';

const moved = {
  published: weight.describe('As published, a decimal fraction.'),
  drifted: weight.describe('What it has become, a decimal fraction.'),
};

export const driftResult = z
  .strictObject({
    meta,
    number: z.int().positive().describe('Number of the publication in force.'),
    runId,
    risk: riskName,
    asOf: date.describe('Of the publication.'),
    to: date.describe('Up to which the returns of every sleeve are known; that of the publication where none later is.'),
    driftTwoSided: weight.nullable().describe('Sum of absolute distances from the published weights; null where they are not known.'),
    unknownBecause: z.string().nullable().describe('Why the drift is not known; null where it is.'),
    sleeves: z
      .array(
        z.strictObject({
          path,
          ...moved,
          growth: z.number().describe('Growth factor since; 1 is unchanged.'),
          runId: runId.describe('The run whose returns say so.'),
        }),
      )
      .describe('By path; empty where the drift is not known.'),
    assets: z.array(z.strictObject({ symbol, ...moved })).describe('By symbol; empty where the drift is not known.'),
  })
  .meta({ id: 'Drift', description: 'What a publication has become by the returns of its sleeves: the ledger holds no prices.' });
export type DriftResult = z.infer<typeof driftResult>;
