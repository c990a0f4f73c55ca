/** Answers about where everything stands. */
import { z } from 'zod';
import { expectedBySchema } from '../../../domain/manifest/publication-block.ts';
import { reallocationScheduledSchema } from '../../../domain/publication/events.ts';
import { sleeveRunAcceptedSchema } from '../../../domain/run/accepted-run.ts';
import { deadLetterResolvedSchema, sealedTextSchema, sleeveDefinedSchema } from '../../../domain/sleeve/intake-events.ts';
import { documentReference, holdReason, inputsHash, toldPublication } from './publication.ts';
import {
  count,
  dataEnd,
  date,
  hash,
  localUser,
  meta,
  path,
  person,
  portfolioDataEnd,
  riskName,
  runId,
  sleeve,
  time,
  why,
  worded,
} from './values.ts';

const expectedBy = worded('ExpectedBy', 'When the result of a session is due.', expectedBySchema, {
  time: 'Time of day, as HH:MM.',
  zone: 'Time zone of IANA.',
  calendar: 'Sessions of which calendar.',
  days_after: 'Calendar days after the session; left out for the same day.',
});

const schedule = worded('Schedule', 'When new results will be allocated.', reallocationScheduledSchema, {
  meta: 'Name of the meta portfolio.',
  because: 'What it waits for: more results, or the least time between two publications.',
  countedFrom: 'From when the wait is counted, in UTC.',
  waitSeconds: 'How long it waits, in seconds.',
  dueAt: 'When it is over, in UTC.',
});

const decision = z.strictObject({
  kind: z.enum(['published', 'skipped', 'held', 'rejected', 'refused']).describe('What was decided.'),
  inputsHash,
  runId: runId.nullable().describe('Null where no run could be opened.'),
  recordedAt: time.describe('When, in UTC.'),
  message: z.string().describe('The decision in words.'),
});

const proposer = {
  proposer: person.describe('Who proposed it.'),
  localUser: localUser.optional().describe('The local user beside that name; left out where none was recorded.'),
};

const held = z.strictObject({
  runId: runId.describe('The meta run that waits.'),
  asOf: date.describe('Its as-of date.'),
  reasons: z.array(holdReason).describe('Why it waits.'),
  ...proposer,
  recordedAt: time.describe('Since when, in UTC.'),
});

const proposed = z.strictObject({
  proposal: z.int().positive().describe('Number of the proposal.'),
  ...proposer,
  recordedAt: time.describe('Since when, in UTC.'),
  changes: z.array(z.string()).describe('What changes against the definition in force; empty for the first definition.'),
  sleeves: z.array(sleeve).describe('Sleeves whose own definitions change with it.'),
});

const awaited = z
  .strictObject({
    path,
    sleeve,
    latestAsOf: date.nullable().describe('As-of date of its newest result; null without one.'),
    wantedAsOf: date.nullable().describe('The as-of date that would do; null where any would.'),
    because: z.enum(['no_run', 'behind', 'quarantined']).describe('Why it is waited for.'),
  })
  .meta({ id: 'AwaitedSleeve', description: 'A sleeve that a portfolio waits for.' });

const leaf = z.strictObject({
  path,
  sleeve,
  pinnedRunId: runId.nullable().describe('The run that the definition names; null where the newest counts.'),
  runId: runId.nullable().describe('The run that counts; null without one.'),
  asOf: date.nullable().describe('Its as-of date; null without one.'),
});

export const portfolioStatus = z
  .strictObject({
    meta,
    state: z
      .enum(['undefined', 'halted', 'held', 'waiting', 'scheduled', 'pending', 'refused', 'rejected', 'skipped', 'published'])
      .describe('`pending`: results that nobody has decided on yet. `published`, `skipped`, `rejected`: up to date.'),
    definition: z.int().positive().nullable().describe('Number of the definition in force; null without one.'),
    risk: riskName.nullable().describe('Risk profile that is published; null without a definition.'),
    haltedWhy: why.nullable().describe('Why publication is halted; null where it is not.'),
    due: schedule.nullable().describe('When new results will be allocated; null where nothing is scheduled.'),
    lastPublication: toldPublication.nullable().describe('The publication in force; null without one.'),
    lastDecision: decision.nullable().describe('What was decided last; null before the first decision.'),
    held: held.nullable().describe('The rebalance that waits for approval; null without one.'),
    proposed: proposed.optional().describe('The definition that waits for another person; left out where none does.'),
    publications: count.describe('How many there are.'),
    undefinedSleeves: z.array(sleeve).describe('Sleeves of the nest that were never made known.'),
    awaited: z.array(awaited).describe('Sleeves that it waits for.'),
    leaves: z.array(leaf).describe('Its sleeves with the runs that count.'),
    dataEnd: portfolioDataEnd.nullable().describe('Where the data of these runs end; null until each sleeve has one.'),
  })
  .meta({ id: 'PortfolioStatus', description: 'Where a meta portfolio stands.' });

const definition = worded(
  'SleeveDefinition',
  'What is expected of a sleeve.',
  sleeveDefinedSchema.extend({ expectedBy: expectedBy.nullable(), grossMax: z.number().positive().optional(), recordedAt: time }),
  {
    sleeve: 'Name of the sleeve.',
    profile: 'The profile that the name stands for.',
    number: 'Definitions of a sleeve are numbered from 1.',
    expectedBy: 'When its results are due; null where none is expected.',
    grossMax: 'Most gross exposure that its weights may have, a decimal fraction; left out where none is declared.',
    recordedAt: 'Since when, in UTC.',
  },
);

const currentRun = worded(
  'CurrentSleeveRun',
  'The run of a sleeve that counts.',
  sleeveRunAcceptedSchema.pick({ runId: true, asOf: true, correction: true, eligibility: true }).extend({ recordedAt: time }),
  {
    runId: 'Id of the run.',
    asOf: 'As-of date of the run.',
    correction: 'Which correction of that date it is; 0 is the first delivery.',
    eligibility: 'Grade of the run.',
    recordedAt: 'When it was recorded, in UTC.',
  },
);

export const sleeveStatus = z
  .strictObject({
    sleeve,
    definition: definition.nullable().describe('Null for a sleeve that was never made known.'),
    runs: count.describe('Accepted runs.'),
    current: currentRun.nullable().describe('The run that counts; null without one.'),
    quarantinedWhy: why.nullable().describe('Why it is in quarantine; null where it is not.'),
    overdue: z
      .array(
        z.strictObject({
          session: date.describe('The session without a result.'),
          expectedBy: time.describe('When it was due, in UTC.'),
        }),
      )
      .describe('Sessions without the result that was due, ascending.'),
    openLetters: count.describe('Dead letters that are open.'),
    heldResults: count.describe('Results that wait behind them.'),
    dataEnd: dataEnd.nullable().describe('Where the data of the run that counts end; null without one.'),
  })
  .meta({ id: 'SleeveStatus', description: 'What a sleeve has delivered, and what is wrong with it.' });

export const statusResult = z
  .strictObject({
    portfolios: z.array(portfolioStatus).describe('By name.'),
    sleeves: z.array(sleeveStatus).describe('By name.'),
    unassignedLetters: count.describe('Dead letters of no sleeve.'),
    attention: z.array(z.string()).describe('What somebody should look at, in words; empty when all is well.'),
  })
  .meta({ id: 'Status', description: 'Where everything stands, and what waits for what.' });
export type StatusResult = z.infer<typeof statusResult>;

export const workersResult = z
  .strictObject({
    workers: z
      .array(
        z.strictObject({
          url: z.string().describe('Where it serves its health.'),
          state: z.enum(['ready', 'not ready', 'away']).describe('`away`: nothing answers there, or no worker.'),
          why: z.string().nullable().describe('Why nothing is known of it; null where it answered.'),
          checks: z
            .array(
              z.strictObject({
                name: z.string().describe('A role, or what the roles rest on.'),
                ok: z.boolean().describe('Whether it is well.'),
                detail: z.string().describe('What it says: how far behind it is, or what is wrong.'),
              }),
            )
            .describe('What it says; empty where it is away.'),
        }),
      )
      .describe('In the order of the setting; empty where no worker is named.'),
  })
  .meta({ id: 'Workers', description: 'How the workers stand, by what they say themselves.' });
export type WorkersResult = z.infer<typeof workersResult>;

const sealed = worded(
  'SealedText',
  'Text of somebody else, encrypted under a key of its own that is kept outside the ledger.',
  sealedTextSchema.extend({ document: documentReference }),
  { keyId: 'Id of the key.', keyFile: 'Id of the file of keys that has it.', document: 'The encrypted text.' },
);

const deadLetter = z
  .strictObject({
    letterId: z.uuid().describe('Id of the letter.'),
    number: count.describe('Its place among all letters, in ledger order, from 0.'),
    sleeve: sleeve.nullable().describe('The sleeve whose result it was; null for a message of no sleeve.'),
    messages: z.int().positive().describe('How many messages it stands for.'),
    code: z.string().describe('Code of the registry of errors; of most of the messages.'),
    reason: z.string().nullable().describe('The reason in words; null where it is sealed and not shown (see `text`).'),
    path: z.string().nullable().describe('Where in the message; null where it is not said, or not shown.'),
    topic: z.string().describe('Topic that the message came by.'),
    partition: z.int().describe('Partition of the topic.'),
    offset: z.string().describe('Offset in the partition.'),
    bytes: count.describe('Size of the message in bytes.'),
    sha256: hash.nullable().describe('SHA-256 of the message; null where it is sealed.'),
    sealed: sealed.nullable().describe('The encrypted message with its reason; null for a letter of release 0.1.0.'),
    kept: z.boolean().describe('Whether the whole message is kept, so that it can be retried.'),
    recordedAt: time.describe('When it was refused, in UTC.'),
    erased: z
      .strictObject({ who: person, why, at: time })
      .nullable()
      .describe('Who destroyed its key, so that nobody reads it any more; null while it can be read.'),
    resolved: z
      .strictObject({
        how: deadLetterResolvedSchema.shape.how.describe('What became of it.'),
        runId: runId.nullable().describe('The run that it became, or that took its place; null where it was discarded.'),
        who: person,
        why,
        at: time,
      })
      .nullable()
      .describe('Null while the letter is open.'),
    text: z
      .enum(['plain', 'sealed', 'many', 'long', 'erased', 'key missing', 'damaged'])
      .describe('`plain` and `sealed`: the reason is shown. Anything else says why it is not.'),
  })
  .meta({ id: 'DeadLetter', description: 'A message that was refused, and what became of it.' });

export const deadLettersResult = z
  .strictObject({
    open: count.describe('Open letters in all, on whatever page.'),
    held: count.describe('Results that wait behind them.'),
    letters: z.array(deadLetter).describe('A page of letters, in the order in which they were written.'),
    next: z.uuid().nullable().describe('The `after` of the next page; null on the last one.'),
    waiting: z
      .array(z.strictObject({ sleeve, waiting: z.int().positive().describe('Results that wait.') }))
      .describe('Results that wait, by sleeve.'),
  })
  .meta({ id: 'DeadLetterPage', description: 'A page of dead letters.' });
export type DeadLettersResult = z.infer<typeof deadLettersResult>;
