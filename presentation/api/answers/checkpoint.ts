import { z } from 'zod';
import { count, eventId, hash, time } from './values.ts';

export const checkpointResult = z
  .strictObject({
    origin: z.string().describe('Name under which the ledger signs.'),
    treeSize: count.positive().describe('How many events it covers.'),
    root: hash.describe('RFC 6962 root over them, hexadecimal.'),
    checkpoint: z.string().describe('The signed note.'),
    verifierKeys: z.array(z.string()).describe('Every key that the ledger has signed with, oldest first.'),
    sealedAt: time.describe('When it was recorded, in UTC.'),
    eventId: eventId.describe('The event that has it.'),
  })
  .meta({ id: 'Checkpoint', description: 'The newest seal of the ledger.' });
