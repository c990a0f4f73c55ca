/** Answers about recorded scans. */
import { z } from 'zod';
import { scanRecordedSchema } from '../../../domain/scan-record/events.ts';
import { scanConfigSchema, scanRequestSchema } from '../../../domain/scan/schemas.ts';
import { count, date, hash, position, time } from './values.ts';

const { verdict, funnel, notEvaluated, notReturned, exchangeMismatch, selected, scanner } = scanRecordedSchema.shape;
const { effective, files, leaves } = scanConfigSchema.shape;

const ofScan = {
  name: z.string().describe('Scanner and as-of date.'),
  number: z.int().positive().describe('Scans of a scanner are numbered from 1.'),
  asOf: date.describe('Date of the last bar in the rows.'),
  recordedAt: time.describe('When it was recorded, in UTC.'),
  snapshot: hash.describe('SHA-256 of what it was computed from.'),
  verdict: verdict.describe('Whether everything could be evaluated; `unknown` gives no universe.'),
};

const listedScan = z
  .strictObject({
    ...ofScan,
    scanner: scanner.describe('Id of the scanner.'),
    position,
    configHash: hash.describe('SHA-256 of its configuration.'),
    fetched: count.describe('Rows of the response.'),
    selected: count.describe('Rows that were selected.'),
  })
  .meta({ id: 'ListedScan', description: 'A recorded scan without its rows.' });

export const scansResult = z
  .strictObject({
    scans: z.array(listedScan).describe('In ledger order.'),
    next: position.nullable().describe('The `after` of the next page; null on the last one.'),
  })
  .meta({ id: 'Scans', description: 'Recorded scans.' });

export const scanFunnelResult = z
  .strictObject({
    ...ofScan,
    funnel: funnel.describe('What each filter and gate cost.'),
    notEvaluated: notEvaluated.describe('Filters, gates and conditions that could not be evaluated.'),
    notReturned: notReturned.describe('Listed symbols that the server did not return.'),
    exchangeMismatch: exchangeMismatch.describe('Listed symbols that were returned under other exchanges.'),
    emptiedAt: funnel.shape.stages.element.nullable().describe('The stage that took the last row; null where there is none.'),
    selected: selected.describe('Symbols, in rank order.'),
  })
  .meta({ id: 'ScanFunnel', description: 'What each stage of a recorded scan cost.' });

export const scanConfigResult = z
  .strictObject({
    scanner: scanner.describe('Id of the scanner.'),
    configHash: hash.describe('SHA-256 of the configuration.'),
    files: files.describe('Base first.'),
    effective: effective.describe('The configuration with everything inherited.'),
    leaves: leaves.describe('Every leaf that acts, with the file that it is of.'),
    notes: z
      .array(
        z.strictObject({
          note: z.enum(['silent_inheritance', 'shadowed_filter', 'repeated_filter']).describe('What kind of thing.'),
          said: z.string().describe('In words.'),
          paths: z.array(z.string()).describe('Leaves that it is about.'),
        }),
      )
      .describe('What a reader may not expect.'),
    request: scanRequestSchema.describe('As it is sent to a server.'),
  })
  .meta({ id: 'ScanConfig', description: 'The effective configuration of a scanner.' });
