/** What a portfolio's stream says of its publications: parts of several answers. */
import { z } from 'zod';
import { publicationPolicySchema } from '../../../domain/manifest/publication-block.ts';
import { allocationInputSchema, allocationPublishedSchema, holdReasonSchema } from '../../../domain/publication/events.ts';
import { rebalanceMeasureSchema } from '../../../domain/run/rebalance-measure.ts';
import { documentReferenceSchema } from '../../../domain/shared/artifact-reference.ts';
import { countSchema } from '../../../domain/manifest/values.ts';
import { count, date, eventId, hash, localUser, movedWeight, path, person, risk, runId, time, why, worded } from './values.ts';

export const documentReference = worded('DocumentReference', 'A document that is kept as an artifact.', documentReferenceSchema, {
  kind: 'A document, not a table.',
  sha256: 'SHA-256 of its bytes: by this it is asked for.',
  bytes: 'Size in bytes.',
  mediaType: 'What its bytes are.',
});

const growth = z.strictObject({ path, growth: z.number().describe('Growth factor since; 1 is unchanged.') });

export const rebalanceMeasure = worded(
  'RebalanceMeasure',
  'The trade that an allocation asks for, against the publication before it as its sleeves have drifted since.',
  rebalanceMeasureSchema.extend({ growth: z.array(growth) }),
  {
    against: 'Number of the publication that it is compared with; null for the first.',
    turnoverTwoSided: 'Sum of absolute changes of weight, as a decimal fraction: selling all and buying again is 2. Null where not known.',
    unknownBecause: 'Why the turnover is not known; null where it is.',
    growth: 'By sleeve.',
  },
);

const quorum = z
  .union([
    z.literal('all_at_same_as_of').describe('Every sleeve has the same as-of date.'),
    z
      .strictObject({
        at_least: z.int().positive().describe('Sleeves that have the newest as-of date.'),
        max_staleness_sessions: countSchema.describe('New York sessions that the others may be behind.'),
      })
      .describe('Some sleeves have the newest as-of date, and the others are not far behind.'),
  ])
  .meta({ id: 'Quorum', description: 'When the results of the sleeves are fresh enough to be allocated.' });

export const publicationPolicy = worded(
  'PublicationPolicy',
  'What stands between a new result and a published allocation.',
  publicationPolicySchema.extend({ quorum }),
  {
    quorum: 'When the results of the sleeves are fresh enough.',
    coalescing_window_seconds: 'Results that arrive within so many seconds of the first are allocated together.',
    no_trade_band_two_sided: 'A rebalance of less two-sided turnover, a decimal fraction, is skipped; 0 skips none.',
    cool_down_seconds: 'Least seconds between two publications.',
    max_turnover_two_sided: 'A rebalance of more two-sided turnover, a decimal fraction, is held for approval; null holds none.',
    maker_checker: 'Whether every rebalance waits for the approval of somebody else than its proposer.',
    on_acceptance_fail: 'What a failed check of integrity, conservation or bounds does.',
  },
);

export const allocationInput = worded('AllocationInput', 'A sleeve run that an allocation rests on.', allocationInputSchema, {
  path: 'Ids from the portfolio down to the sleeve.',
  sleeve: 'Name of the sleeve.',
  runId: 'Its run.',
  asOf: 'As-of date of the run.',
  correction: 'Which correction of that date it is; 0 is the first delivery.',
});

export const holdReason = worded('HoldReason', 'Why a rebalance waits for approval.', holdReasonSchema, {
  kind: 'Which rule holds it.',
  message: 'The reason in words.',
  value: 'What was measured: two-sided turnover as a decimal fraction; null for a rule without a figure.',
  limit: 'What it is held against; null for a rule without a figure.',
});

const approval = z.strictObject({
  proposer: person.describe('Who proposed it: the worker, or a person.'),
  approver: person.describe('Who approved it.'),
  why,
});

const changes = z
  .strictObject({
    against: z.int().positive().nullable().describe('Number of the publication before; null for the first.'),
    sleeves: z.array(movedWeight).describe('Sleeves of which the weight changed, by name.'),
    assets: z.array(movedWeight).describe('Assets of which the weight changed, by name.'),
    definitionChanged: z.boolean().describe('Whether the portfolio has another definition.'),
    riskChanged: z.boolean().describe('Whether another risk profile is published.'),
    renewed: z.array(z.string()).describe('Paths of sleeves whose run is another one.'),
  })
  .meta({ id: 'PublicationChanges', description: 'What a publication changed against the one before it.' });

export const listedPublication = worded(
  'Publication',
  'A published allocation.',
  allocationPublishedSchema.extend({
    policy: publicationPolicy,
    inputs: z.array(allocationInput).min(1),
    portfolio: documentReference,
    rebalance: rebalanceMeasure,
    approval: approval.nullable(),
    recordedAt: time,
    eventId,
    approvedBeside: localUser.optional(),
    changes,
  }),
  {
    meta: 'Name of the meta portfolio.',
    definitionNumber: 'Number of the definition in force.',
    inputsHash: 'SHA-256 of the definition, the sleeve runs and the waivers: what was decided on.',
    runId: 'The meta run that is published.',
    risk: 'Risk profile that is published.',
    asOf: 'As-of date of the run.',
    policy: 'The policy in force.',
    number: 'Publications of a portfolio are numbered from 1, without a gap.',
    inputs: 'The sleeve runs that it rests on.',
    sleeves: 'Weight of each sleeve by its path, as a decimal fraction.',
    weights: 'Net weight of each symbol, as a decimal fraction.',
    gross: 'Sum of absolute weights, as a decimal fraction.',
    net: 'Sum of weights, as a decimal fraction.',
    portfolio: 'The assets with their contributors.',
    rebalance: 'The trade that it asks for.',
    approval: 'Null where the policy published without a person.',
    recordedAt: 'When it was published, in UTC.',
    eventId: 'Id of the event that published it.',
    approvedBeside: 'The local user beside the approver; left out where none was recorded.',
    changes: 'What it changed against the publication before.',
  },
);

const told = {
  recordedAt: time.describe('When it was recorded, in UTC.'),
  actor: person.describe('Whoever is recorded as the author of the event.'),
};
const beside = { localUser: localUser.optional().describe('The local user beside that name; left out where none was recorded.') };

const toldPublicationMembers = {
  number: z.int().positive().describe('Number of the publication.'),
  runId,
  asOf: date.describe('As-of date of its run.'),
  recordedAt: told.recordedAt,
  eventId,
};

export const toldPublication = z
  .strictObject(toldPublicationMembers)
  .meta({ id: 'PublicationReference', description: 'Which publication, and when.' });

export const publicationRecord = z
  .strictObject({
    meta: z.string().describe('Name of the meta portfolio.'),
    published: z
      .strictObject({
        ...toldPublicationMembers,
        risk,
        rebalance: rebalanceMeasure,
        inputs: z.array(allocationInput).describe('The sleeve runs that it rests on.'),
      })
      .nullable()
      .describe('The publication; null while the run is not published.'),
    approval: z
      .strictObject({ ...told, ...approval.shape, ...beside })
      .nullable()
      .describe('Null where nobody approved it.'),
    rejections: z.array(z.strictObject({ ...told, who: person, why, ...beside })).describe('Who turned it down.'),
    holds: z
      .array(
        z.strictObject({ ...told, reasons: z.array(holdReason).describe('Why it waited.'), proposer: approval.shape.proposer, ...beside }),
      )
      .describe('When it was held for approval.'),
    skips: z
      .array(
        z.strictObject({
          ...told,
          rebalance: rebalanceMeasure,
          noTradeBandTwoSided: z.number().describe('The turnover below which nothing is traded, as a decimal fraction.'),
        }),
      )
      .describe('When it was skipped for trading too little.'),
    refusals: z
      .array(
        z.strictObject({
          ...told,
          code: z.string().describe('Code of the registry of errors.'),
          reason: z.string().describe('The refusal in words.'),
        }),
      )
      .describe('When it could not be allocated.'),
    policy: z
      .strictObject({ ...told, definition: count.describe('Number of the definition.'), policy: publicationPolicy })
      .nullable()
      .describe('The policy in force when it was decided.'),
    predecessor: toldPublication.nullable().describe('The publication that stood before; null for the first.'),
  })
  .meta({ id: 'PublicationRecord', description: 'What the stream of a portfolio says of one of its meta runs.' });

export const inputsHash = hash.describe('SHA-256 of the definition, the sleeve runs and the waivers: what was decided on.');
