import { z } from 'zod';
import { count, runId } from './values.ts';

export const seriesResult = z
  .strictObject({
    runId,
    tables: z
      .array(
        z.strictObject({
          table: z.string().describe('Its name, by which it is asked for.'),
          rows: count.describe('How many it has.'),
          columns: z.array(z.string()).describe('Their names.'),
        }),
      )
      .describe('Tables behind the run.'),
  })
  .meta({ id: 'SeriesList', description: 'What series there are behind a run.' });
