import { z } from 'zod';
import type { DomainEvent } from '../../domain/catalogue.ts';
import { nameSchema } from '../../domain/manifest/values.ts';
import { allocationInputSchema } from '../../domain/publication/events.ts';
import { rebalanceMeasureSchema } from '../../domain/run/rebalance-measure.ts';
import { riskProfileSchema } from '../../domain/risk/schemas.ts';
import { isoDateSchema } from '../../domain/shared/artifact-reference.ts';
import { sortable } from '../../projections/projection.ts';
import type { MessageToSend } from '../ports/ports.ts';
import { traceparentOf } from '../runtime/trace-id.ts';
import { writeCloudEvent } from './cloud-event.ts';
import { allocationType, sourceOfLedger } from './event-types.ts';

/** Data of `io.sleeve-ledger.allocation.v1`: the weights that are in force from here on. */
export const allocationSchema = z.strictObject({
  meta: nameSchema.describe('The meta portfolio; also the key of the message'),
  number: z
    .int()
    .positive()
    .describe(
      'Publications of a portfolio are numbered from 1 without a gap: a reader that has seen a number ignores it and every smaller one',
    ),
  runId: z.string().min(1),
  risk: riskProfileSchema,
  asOf: isoDateSchema,
  sleeves: z.record(z.string(), z.number()).describe('Bounded weight of each sleeve'),
  weights: z.record(z.string(), z.number()).describe('Net weight of each physical symbol'),
  gross: z.number(),
  net: z.number(),
  inputs: z.array(allocationInputSchema).min(1).describe('The sleeve runs that the allocation rests on'),
  rebalance: rebalanceMeasureSchema.describe('What it trades against the last published one'),
  approval: z
    .strictObject({ proposer: z.string(), approver: z.string(), why: z.string() })
    .nullable()
    .describe('Null when none was asked for'),
  ledgerId: z.uuid(),
  eventId: z.uuid().describe('Of the event AllocationPublished in that ledger; also the id of the CloudEvent'),
  position: z.string().describe("The store's place of that event"),
});
export type Allocation = z.infer<typeof allocationSchema>;

type AllocationPublishedEvent = Extract<DomainEvent, { readonly type: 'AllocationPublished' }>;

/**
 * A publication as it goes out: key the portfolio, id the event's, `sequence` the number (twelve digits, so that it sorts as text as well).
 */
export function allocationMessage(
  { data, envelope }: AllocationPublishedEvent,
  { ledgerId, position, traceId }: { readonly ledgerId: string; readonly position: string; readonly traceId?: string },
): MessageToSend {
  const { meta, number, runId, risk, asOf, sleeves, weights, gross, net, inputs, rebalance, approval } = data;
  const allocation: Allocation = {
    meta,
    number,
    runId,
    risk,
    asOf,
    sleeves,
    weights,
    gross,
    net,
    inputs,
    rebalance,
    approval,
    ledgerId,
    eventId: envelope.id,
    position,
  };
  const attributes = {
    id: envelope.id,
    type: allocationType,
    source: sourceOfLedger(ledgerId),
    time: envelope.recordedAt,
    subject: meta,
    sequence: sortable(number),
  };
  return writeCloudEvent(traceId === undefined ? attributes : { ...attributes, traceparent: traceparentOf(traceId) }, allocation, meta);
}
