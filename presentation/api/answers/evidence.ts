/** Answers about events and proofs. */
import { z } from 'zod';
import { envelopeSchema } from '../../../domain/shared/envelope.ts';
import { ledgerFormatRaisedSchema } from '../../../domain/shared/ledger-events.ts';
import { build } from './replay.ts';
import { count, eventId, hash, json, position, time, worded } from './values.ts';

export const eventResult = worded(
  'LedgerEvent',
  'An event as it is stored, its data in the version that was written.',
  envelopeSchema.extend({ recordedAt: time, code: build, data: z.record(z.string(), json), hash, position }),
  {
    envelopeVersion: 'Version of these members.',
    id: 'Id of the event.',
    type: 'Type of the event.',
    schemaVersion: 'Version of its data.',
    stream: 'Stream in which it stands.',
    revision: 'Its place in the stream, from 0.',
    recordedAt: 'When it was recorded, in UTC.',
    causationId: 'Id of what caused it.',
    correlationId: 'Id of the command or message that it goes back to.',
    actor: 'Whoever is recorded as its author.',
    code: 'The build that recorded it.',
    data: 'The fact itself; its members are those of its type and version.',
    contentHash: 'SHA-256 over type, version and data alone.',
    prevHash: 'SHA-256 of the event before it in the stream; zeros for the first.',
    hash: 'SHA-256 of its canonical bytes: the leaf of the tree.',
    position: 'Its position in the ledger.',
  },
);
export type EventResult = z.infer<typeof eventResult>;

export const eventsResult = z
  .strictObject({
    events: z.array(eventResult).describe('In ledger order.'),
    next: position.nullable().describe('The `after` of the next page; null at the end.'),
  })
  .meta({ id: 'EventPage', description: 'A page of events.' });
export type EventsResult = z.infer<typeof eventsResult>;

export const proofResult = z
  .strictObject({
    eventId,
    stream: z.string().describe('Stream in which the event stands.'),
    revision: count.describe('Its place in the stream, from 0.'),
    type: z.string().describe('Type of the event.'),
    eventHash: hash.describe('SHA-256 of its canonical bytes: the 32 bytes of the leaf.'),
    leafIndex: count.describe('Its place in the tree, from 0.'),
    treeSize: z.int().positive().describe('Events under the seal.'),
    root: hash.describe('Root of the tree.'),
    proof: z.array(hash).describe('Audit path of RFC 6962, from the leaf upwards.'),
    checkpoint: z.string().describe('Signed note of the newest seal (C2SP).'),
    verifierKey: z.string().describe('Verifier key of the ledger (C2SP); one from elsewhere proves more.'),
  })
  .meta({ id: 'EventProof', description: 'That an event stands at its place under a signed root.' });
export type ProofResult = z.infer<typeof proofResult>;

const fault = z
  .strictObject({
    kind: z.string().describe('Kind of fault.'),
    stream: z.string().nullable().describe('Where it is; null where it is of no stream.'),
    revision: z.union([z.int(), z.string()]).nullable().describe('Text where no number holds it exactly.'),
    position: z.string().nullable().describe('Position of the event; null where it is of none.'),
    expected: z.string().describe('What should stand there.'),
    actual: z.string().describe('What stands there.'),
    file: z.string().optional().describe('Where the fault is of a file outside the store.'),
  })
  .meta({ id: 'Fault', description: 'Something that is not as it was sealed or must be.' });

const cosigned = z.strictObject({
  to: count.describe('Events under the widest checkpoint that as many witnesses have cosigned as are demanded.'),
  quorum: z.int().positive().nullable().describe('How many must cosign; null where nobody demands it.'),
  by: z
    .array(
      z.strictObject({
        place: z.string().describe('Where its cosignatures are kept.'),
        name: z.string().describe('Name of the witness.'),
        size: count.describe('Events under the widest checkpoint that it has cosigned; 0 for none.'),
        at: z.string().nullable().describe('When, in UTC, by its own clock.'),
      }),
    )
    .describe('By witness.'),
});

const format = worded('LedgerFormat', 'What a ledger may hold, or a build knows.', ledgerFormatRaisedSchema, {
  streams: 'Streams; one with a hyphen at its end stands for all that begin so.',
  events: 'Newest version of each type of event.',
  documents: 'Newest version of each kind of document.',
  identityVersion: 'How the ids of runs are derived from their inputs.',
});

export const verificationResult = z
  .strictObject({
    events: count.describe('Events verified.'),
    streams: count.describe('Streams verified.'),
    artifacts: count.describe('Artifacts verified.'),
    sealedTo: count.describe('Events covered by a seal that verifies.'),
    unsealed: count.describe('Events after it.'),
    witnessedTo: count.describe('Events covered by a checkpoint outside the store: only these cannot be cut off unseen.'),
    anchor: z
      .strictObject({
        by: z.enum(['key', 'checkpoint', 'witness', 'nothing']).describe('What the verification rests on.'),
        verifierKey: z.string().nullable().describe('The key that was given; null without one.'),
        coveredTo: count.describe('Events that it vouches for; 0 where it vouches for nothing.'),
        statement: z.string().describe('What is proved by it, in words.'),
      })
      .describe('What the verification rests on, and what is proved by it.'),
    cosigned: cosigned.nullable().describe('How far witnesses have cosigned the ledger; null where none is named that could.'),
    format: z
      .strictObject({
        recorded: format.describe('Of the ledger.'),
        build: format.describe('Of the build.'),
        lacking: z.array(z.string()).describe('What the ledger may hold and the build does not know.'),
        gaining: z.array(z.string()).describe('What the next write by the build adds.'),
      })
      .nullable()
      .describe('Null where the stream of the ledger itself cannot be read.'),
    lettersUnopened: count.describe('Sealed messages that could not be opened, for their keys are in a file that is not here.'),
    faults: z.array(fault).describe('Empty where nothing is wrong.'),
    notes: z.array(z.string()).describe('What limits the verification, in words.'),
  })
  .meta({ id: 'Verification', description: 'The state of the ledger as a whole.' });
export type VerificationResult = z.infer<typeof verificationResult>;
