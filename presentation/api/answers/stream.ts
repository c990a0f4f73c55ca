import { z } from 'zod';
import { happeningTypes, subjectMembers } from '../../../handlers/live/happening.ts';

const subject = z.union([z.string(), z.number()]).optional();

/** `data` of an event of the stream. */
export const happeningData = z
  .strictObject({
    position: z.string().describe('Where it stands in the ledger: also the id of the event.'),
    type: z.enum(happeningTypes).describe('Its type in the ledger.'),
    stream: z.string().describe('Stream of the ledger that holds it.'),
    recordedAt: z.iso.datetime(),
  })
  .extend(Object.fromEntries(subjectMembers.map((member) => [member, subject])));
