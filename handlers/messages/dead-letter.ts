import { z } from 'zod';
import { nameSchema } from '../../domain/manifest/values.ts';
import type { MessageToSend } from '../ports/ports.ts';
import { writeCloudEvent } from './cloud-event.ts';
import { deadLetterType, sourceOfLedger } from './event-types.ts';

/**
 * Data of `io.sleeve-ledger.dead-letter.v1`: which message was refused, why, and how it begins. The whole message stays in the ledger where
 * it is not too large.
 */
export const deadLetterSchema = z.strictObject({
  letterId: z.uuid().describe('For dlq retry and dlq discard; also the id of the CloudEvent'),
  sleeve: nameSchema.nullable().describe('Whose later results wait; null when the sleeve is unknown'),
  code: z.string().min(1).describe('Of the registry in docs/errors.md'),
  reason: z.string(),
  path: z.string().nullable().describe('Where in the message'),
  message: z
    .strictObject({ topic: z.string(), partition: z.int().nonnegative(), offset: z.string(), key: z.string().nullable() })
    .describe('The message that was refused'),
  payload: z.strictObject({
    bytes: z.int().nonnegative(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    headBase64: z.string().describe('The first 4 KiB'),
    kept: z.boolean().describe('Whether the ledger keeps the whole message'),
  }),
});
export type DeadLetter = z.infer<typeof deadLetterSchema>;

export function deadLetterMessage(data: DeadLetter, recorded: { readonly ledgerId: string; readonly at: string }): MessageToSend {
  const { letterId, sleeve } = data;
  const attributes = {
    id: letterId,
    type: deadLetterType,
    source: sourceOfLedger(recorded.ledgerId),
    time: recorded.at,
    ...(sleeve === null ? {} : { subject: sleeve }),
  };
  return writeCloudEvent(attributes, data, sleeve);
}
