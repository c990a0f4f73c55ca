import { z } from 'zod';
import { canonicalBytes, canonicalJson, type JsonObject } from './canonical-json.ts';
import { invariant, LedgerError } from './errors.ts';
import { type Sha256, toHex, zeroHash } from './hashing.ts';
import { limits } from './limits.ts';
import { instant } from './fields.ts';

const encoder = new TextEncoder();

const hexHash = z.string().regex(/^[0-9a-f]{64}$/);

/** The build that made an event. */
export const codeSchema = z.strictObject({ version: z.string(), commit: z.string(), lockHash: z.string() });
export type Code = z.infer<typeof codeSchema>;

/** Stream names are safe in every store and never start with the stores' own `$`. */
export const streamNameSchema = z
  .string()
  .max(limits.streamNameCharsMax)
  .regex(/^[a-z][A-Za-z]*(-[A-Za-z0-9_-]+)?$/);

/** What is hashed and stored: the whole event without its own hash and the store's position. */
export const envelopeSchema = z.strictObject({
  envelopeVersion: z.literal(1),
  id: z.uuid(),
  type: z.string().regex(/^[A-Z][A-Za-z]+$/),
  schemaVersion: z.number().int().positive(),
  stream: streamNameSchema,
  revision: z.number().int().nonnegative(),
  recordedAt: instant,
  causationId: z.uuid(),
  correlationId: z.uuid(),
  actor: z.string().min(1).max(200),
  code: codeSchema,
  data: z.record(z.string(), z.unknown()),
  contentHash: hexHash,
  prevHash: hexHash,
});

export interface Envelope extends Omit<z.infer<typeof envelopeSchema>, 'data'> {
  readonly data: JsonObject;
}

/** An event as a decider decides it: a fact, not yet placed in a stream. */
export interface DraftEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly schemaVersion: number;
  readonly data: Data;
}

/** What the author of an append adds to each draft. */
export interface Authorship {
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: string;
  readonly code: Code;
}

/** SHA-256 over type, schema version and data alone: the same facts give the same hash in any process and build. */
export function contentHashOf(sha256: Sha256, draft: DraftEvent): string {
  return toHex(sha256(canonicalBytes({ type: draft.type, schemaVersion: draft.schemaVersion, data: draft.data })));
}

export interface EncodedEvent {
  readonly envelope: Envelope;
  /** RFC 8785 bytes of the envelope: what is stored, hashed and verified. */
  readonly bytes: Uint8Array;
  readonly hash: string;
}

/** The data in canonical form: one text for the content and for the envelope around it, as members are sorted by name in both. */
function dataTextOf({ data }: { readonly data: unknown }): string {
  return canonicalJson({ data }).slice('{"data":'.length, -'}'.length);
}

function contentText({ type, schemaVersion }: Pick<DraftEvent, 'type' | 'schemaVersion'>, dataText: string): string {
  return `{"data":${dataText},"schemaVersion":${schemaVersion},"type":${canonicalJson(type)}}`;
}

/** RFC 8785 text of an envelope whose data are in canonical form already. */
function envelopeText(envelope: Envelope, dataText: string): string {
  const { actor, causationId, code, contentHash, correlationId, data: _data, ...behind } = envelope;
  const before = canonicalJson({ actor, causationId, code, contentHash, correlationId });
  return `${before.slice(0, -'}'.length)},"data":${dataText},${canonicalJson(behind).slice('{'.length)}`;
}

/** Whether a canonical text parses back to what is written as the same text. */
function survives(text: string): boolean {
  const parsed: unknown = JSON.parse(text);
  // JSON.stringify cannot keep members whose names are array indices where they stand: canonicalJson can.
  return JSON.stringify(parsed) === text || canonicalJson(parsed) === text;
}

/** Encodes an envelope, proving that the bytes parse back to the same canonical bytes. */
export function encodeEnvelope(sha256: Sha256, envelope: Envelope, dataText: string = dataTextOf(envelope)): EncodedEvent {
  const text = envelopeText(envelope, dataText);
  invariant(survives(text), 'canonical bytes do not survive a round trip', { type: envelope.type });
  const bytes = encoder.encode(text);
  if (bytes.length > limits.eventBytesMax) {
    throw new LedgerError(
      'LimitExceeded',
      `event ${envelope.type} has ${bytes.length} bytes, at most ${limits.eventBytesMax} are allowed`,
      {
        evidence: { bytes: bytes.length, bytesMax: limits.eventBytesMax },
      },
    );
  }
  return { envelope, bytes, hash: toHex(sha256(bytes)) };
}

/** Where the next event of a stream goes. */
export interface StreamTail {
  /** Revision of the last event, -1 for an empty stream. */
  readonly revision: number;
  readonly hash: string;
  readonly recordedAt: string;
}

export const emptyTail: StreamTail = { revision: -1, hash: zeroHash, recordedAt: '1970-01-01T00:00:00.000Z' };

/** Places drafts behind the tail of a stream: revisions, chained hashes, and a clock that never runs backwards within a stream. */
export function placeEvents(
  sha256: Sha256,
  stream: string,
  tail: StreamTail,
  drafts: readonly DraftEvent[],
  author: Authorship & { readonly now: string; readonly idOf: (index: number) => string },
): EncodedEvent[] {
  let prevHash = tail.hash;
  const recordedAt = author.now > tail.recordedAt ? author.now : tail.recordedAt;
  return drafts.map((draft, index) => {
    const dataText = dataTextOf(draft);
    const envelope: Envelope = {
      envelopeVersion: 1,
      id: author.idOf(index),
      type: draft.type,
      schemaVersion: draft.schemaVersion,
      stream,
      revision: tail.revision + 1 + index,
      recordedAt,
      causationId: author.causationId,
      correlationId: author.correlationId,
      actor: author.actor,
      code: author.code,
      data: draft.data as JsonObject,
      contentHash: toHex(sha256(encoder.encode(contentText(draft, dataText)))),
      prevHash,
    };
    const encoded = encodeEnvelope(sha256, envelope, dataText);
    prevHash = encoded.hash;
    return encoded;
  });
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads stored bytes back into an envelope; the schema of the data is the catalogue's business. */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const parsed: unknown = JSON.parse(decoder.decode(bytes));
  return envelopeSchema.parse(parsed) as Envelope;
}
