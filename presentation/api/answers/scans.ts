/** Answers about recorded scans. */
import { z } from 'zod';
import { scanRecordedSchema } from '../../../domain/scan-record/events.ts';
import { funnelSchema, notEvaluatedSchema, scanConfigSchema, scanRequestSchema } from '../../../domain/scan/schemas.ts';
import { count, date, hash, position, time, worded } from './values.ts';

const { verdict, notReturned, exchangeMismatch, selected, scanner } = scanRecordedSchema.shape;
const { effective, files } = scanConfigSchema.shape;

const stage = worded('ScanStage', 'What one filter or gate of a scan cost.', funnelSchema.shape.stages.element, {
  stage: 'Where it is asked: `api` by the server, `basic` and `client` on the rows that came, `rank` at the end.',
  gate: 'Name of the filter or gate, such as `filter[0]`, `prefilter`, `liquidity` or `limit`.',
  column: 'Column that it looks at; null where it looks at none or several.',
  in: 'Rows that came in.',
  rejected: 'Rows that it rejected.',
  out: 'Rows that it let through.',
  state: 'What became of a gate; null for any other stage.',
  alone: 'Rows past the `api` stages that fail this gate; null where it is no gate, or is not configured.',
  only: 'Rows past the `api` stages that fail this gate and no other; null where it is no gate, or is not configured.',
});

const funnel = worded('Funnel', 'How many rows of a scan are left after each stage.', funnelSchema.extend({ stages: z.array(stage) }), {
  fetched: 'Rows of the response.',
  included: 'Rows of listed symbols that were added although the server did not return them.',
  stages: 'In the order in which a row meets them.',
  selected: 'Rows that are left.',
});

const whyNot = 'Why: `absent` (no such column), `category_text` (no number to compare with) or `no_rows`.';
const notEvaluatedMembers = notEvaluatedSchema.shape;

const notEvaluated = worded(
  'ScanNotEvaluated',
  'What of a scan could not be evaluated.',
  notEvaluatedSchema.extend({
    filters: z.array(
      worded('FilterNotEvaluated', 'A filter that could not be evaluated.', notEvaluatedMembers.filters.element, {
        index: 'Its place among the filters, from 0.',
        filter: 'Column that it compares.',
        why: whyNot,
      }),
    ),
    gates: z.array(
      worded('GateNotEvaluated', 'A gate that could not be evaluated.', notEvaluatedMembers.gates.element, {
        gate: 'Name of the gate.',
        why: whyNot,
      }),
    ),
    conditions: z.array(
      worded(
        'ConditionNotEvaluated',
        'A condition that was left out of a gate that was evaluated by its others.',
        notEvaluatedMembers.conditions.element,
        {
          gate: 'Name of the gate.',
          column: 'Column that is missing.',
        },
      ),
    ),
  }),
  {
    filters: 'Filters, by their place.',
    gates: 'Gates, by name.',
    conditions: 'Conditions of gates that were evaluated by their others.',
  },
);

const leaf = worded('ScanConfigLeaf', 'A value of a configuration, with the files that wrote it.', scanConfigSchema.shape.leaves.element, {
  pointer: 'Where it stands, as a JSON pointer.',
  value: 'What it says.',
  origin: 'File that decided it.',
  history: 'Files that wrote it, base first.',
});

const { options, filter, sort } = scanRequestSchema.shape;

const request = worded(
  'ScanRequest',
  'The body of a request, as it is sent to a server.',
  scanRequestSchema.extend({
    options: worded('ScanRequestOptions', 'Options of a request.', options, { lang: 'Language of the texts.' }),
    filter: z.array(
      worded('ScanRequestFilter', 'A filter that the server applies.', filter.element, {
        left: 'Column that is compared.',
        operation: 'How it is compared.',
        right: 'With what; left out where the operation needs nothing.',
      }),
    ),
    sort: worded('ScanRequestSort', 'The order of the rows.', sort.unwrap(), {
      sortBy: 'Column.',
      sortOrder: 'Whether the least (`asc`) or the greatest (`desc`) value comes first.',
    }).optional(),
  }),
  {
    columns: 'Columns that are asked for.',
    options: 'How they are asked for.',
    range: 'Row to begin with, and row to end before.',
    filter: 'Filters; a row must pass all of them.',
    sort: 'The order of the rows; left out where it is left to the server.',
  },
);

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
    funnel,
    notEvaluated,
    notReturned: notReturned.describe('Listed symbols that the server did not return.'),
    exchangeMismatch: exchangeMismatch.describe('Listed symbols that were returned under other exchanges.'),
    emptiedAt: stage.nullable().describe('The stage that took the last row; null where there is none.'),
    selected: selected.describe('Symbols, in rank order.'),
  })
  .meta({ id: 'ScanFunnel', description: 'What each stage of a recorded scan cost.' });

export const scanConfigResult = z
  .strictObject({
    scanner: scanner.describe('Id of the scanner.'),
    configHash: hash.describe('SHA-256 of the configuration.'),
    files: files.describe('Base first.'),
    effective: effective.describe('The configuration with everything inherited.'),
    leaves: z.array(leaf).describe('Every leaf that acts, with the file that it is of.'),
    notes: z
      .array(
        z.strictObject({
          note: z.enum(['silent_inheritance', 'shadowed_filter', 'repeated_filter']).describe('What kind of thing.'),
          said: z.string().describe('In words.'),
          paths: z.array(z.string()).describe('Leaves that it is about.'),
        }),
      )
      .describe('What a reader may not expect.'),
    request,
  })
  .meta({ id: 'ScanConfig', description: 'The effective configuration of a scanner.' });
