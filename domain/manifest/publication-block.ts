import { z } from 'zod';
import { countSchema } from './values.ts';

const secondsSchema = z
  .number()
  .int()
  .nonnegative()
  .max(31 * 86_400);
/** Sum of absolute weight changes; selling everything and buying again is 2. */
const turnoverSchema = z.number().nonnegative();

/**
 * When a meta portfolio is fresh enough to be allocated: every sleeve at the same as-of date, or at least `at_least` of them at the newest
 * one and none further behind than `max_staleness_sessions` XNYS sessions. Sleeves pinned to a run are left out of the count.
 */
export const quorumSchema = z.union(
  [z.literal('all_at_same_as_of'), z.strictObject({ at_least: z.number().int().positive(), max_staleness_sessions: countSchema })],
  'must be "all_at_same_as_of", or an object such as {"at_least": 2, "max_staleness_sessions": 3}',
);
export type Quorum = z.infer<typeof quorumSchema>;

/** What stands between a new result and a published allocation. It cannot change a number, so it is not part of a run's identity. */
export const publicationBlockSchema = z.strictObject({
  quorum: quorumSchema.optional(),
  /** Results that arrive within this time of the first are allocated together. */
  coalescing_window_seconds: secondsSchema.optional(),
  /** Against the drifted holdings: a rebalance that would trade less is skipped. With 0 none is. */
  no_trade_band_two_sided: turnoverSchema.optional(),
  /** Least time between two publications. */
  cool_down_seconds: secondsSchema.optional(),
  /** A rebalance that would trade more is held for approval; null never holds. */
  max_turnover_two_sided: turnoverSchema.nullable().optional(),
  /** Every rebalance waits for the approval of somebody else than its proposer. */
  maker_checker: z.boolean().optional(),
  /** What a failed integrity, conservation or bounds check does to the publication (docs/explanation/publication.md#holds). */
  on_acceptance_fail: z.enum(['hold', 'publish']).optional(),
});

export const publicationPolicySchema = publicationBlockSchema.required();
export type PublicationPolicy = z.infer<typeof publicationPolicySchema>;

export const publicationDefaults = {
  quorum: 'all_at_same_as_of',
  coalescing_window_seconds: 0,
  no_trade_band_two_sided: 0,
  cool_down_seconds: 0,
  max_turnover_two_sided: null,
  maker_checker: false,
  on_acceptance_fail: 'hold',
} as const satisfies PublicationPolicy;

/** When a sleeve's result of a session is due: a wall-clock time of a zone, on each session of a calendar. */
export const expectedBySchema = z.strictObject({
  time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 18:30'),
  zone: z.string().regex(/^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/, 'must be a zone such as America/New_York'),
  calendar: z.enum(['XNYS', 'XCRY']),
  /** Calendar days after the session on which the time is meant. */
  days_after: z.number().int().nonnegative().max(7).optional(),
});
export type ExpectedBy = z.infer<typeof expectedBySchema>;
