/** What is answered to a recomputation. */
import { z } from 'zod';
import { recordedKindWords } from '../../../domain/run/run-kind.ts';
import { codeSchema } from '../../../domain/shared/envelope.ts';
import { count, date, json, runId, worded } from './values.ts';

export const build = worded('Build', 'The build of the program that did something.', codeSchema, {
  version: 'Version of the program.',
  commit: 'Commit of its sources.',
  lockHash: 'SHA-256 of its lock file.',
});

const kinds = Object.keys(recordedKindWords) as (keyof typeof recordedKindWords)[];
const rulesVersion = z.int().positive();

const replayedRun = z
  .strictObject({
    runId,
    kind: z.enum(kinds).describe('Kind of run.'),
    name: z.string().describe('Sleeve, meta portfolio, book or scanner.'),
    asOf: date.nullable().describe('Null for what bears no date.'),
    outcome: z
      .enum(['identical', 'withinTolerance', 'explained', 'different', 'notRecomputed'])
      .describe('`withinTolerance`: equal within 1e-12. `explained`: changed by later rules, and by nothing else.'),
    events: count.describe('Events compared.'),
    differences: count.describe('Places at which recorded and recomputed part.'),
    largestDifference: z.number().nullable().describe('Of two numbers, absolute; null without any.'),
    rules: z
      .strictObject({
        recorded: rulesVersion.describe('It was recorded under.'),
        recomputed: rulesVersion.describe('It was recomputed under.'),
      })
      .nullable()
      .describe('Versions of the rules of computation; null where the run could not be read.'),
    notComparable: z.array(z.string()).describe('Paths that the run did not record, because its events are older than they are.'),
    error: z
      .strictObject({ code: z.string().describe('Code of the registry of errors.'), message: z.string().describe('The error in words.') })
      .nullable()
      .describe('Why it could not be recomputed.'),
  })
  .meta({ id: 'ReplayedRun', description: 'A run as recomputed.' });

const differenceRow = z
  .strictObject({
    runId,
    path: z.string().describe('Where the two part.'),
    recorded: json.describe('What was recorded.'),
    recomputed: json.describe('What was recomputed.'),
    difference: z.number().nullable().describe('Of two numbers, absolute; null for anything else.'),
    explainedBy: z.string().nullable().describe('What a later version of the rules changed; null where nothing explains it.'),
  })
  .meta({ id: 'ReplayDifference', description: 'A place at which recorded and recomputed part.' });

export const replayResult = z
  .strictObject({
    checked: count.describe('Runs recomputed.'),
    identical: count.describe('Runs that are identical to the bit.'),
    withinTolerance: count.describe('Runs that are equal within 1e-12.'),
    explained: count.describe('Runs whose differences later rules explain.'),
    different: z.array(differenceRow).describe('The gravest differences of each run.'),
    code: z
      .strictObject({
        // oxlint-disable-next-line unicorn/no-thenable -- the word of the command-line contract; a list, which nobody can call
        then: z.array(build).describe('Builds that recorded the runs.'),
        now: build.describe('The build that recomputed them.'),
      })
      .describe('Which builds.'),
    runs: z.array(replayedRun).describe('In ledger order.'),
  })
  .meta({ id: 'Recomputation', description: 'Recorded runs, recomputed from the ledger alone.' });
export type ReplayResult = z.infer<typeof replayResult>;
