import { z } from 'zod';
import { happeningTypes, type SubjectMember } from '../../../handlers/live/happening.ts';

/** What an event is about: each member is left out where the event has none. */
const subjects: Readonly<Record<SubjectMember, string>> = {
  meta: 'Name of the meta portfolio.',
  sleeve: 'Name of the sleeve.',
  runId: 'Id of the run.',
  asOf: 'As-of date, as YYYY-MM-DD.',
  risk: 'Risk profile.',
  number: 'Number of the publication, the definition or the scan.',
  definitionNumber: 'Number of the definition.',
  proposal: 'Number of the proposal.',
  waiverId: 'Id of the waiver.',
  letterId: 'Id of the dead letter.',
  heldId: 'Id of the result that waits.',
  code: 'Code of the registry of errors.',
  count: 'How many messages.',
  session: 'Session, as YYYY-MM-DD.',
  dueAt: 'When it is due, in UTC.',
  scanner: 'Id of the scanner.',
  treeSize: 'Events that the seal covers.',
  tokenId: 'Id of the token.',
};

const subject = z.union([z.string(), z.number()]).optional();

/** `data` of an event of the stream. */
export const happeningData = z
  .strictObject({
    position: z.string().describe('Where it stands in the ledger: also the id of the event.'),
    type: z.enum(happeningTypes).describe('Its type in the ledger.'),
    stream: z.string().describe('Stream of the ledger that holds it.'),
    recordedAt: z.iso.datetime().describe('When it was recorded, in UTC.'),
  })
  .extend(Object.fromEntries(Object.entries(subjects).map(([member, words]) => [member, subject.describe(words)])));
