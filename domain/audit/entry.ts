import { z } from 'zod';
import { canonicalJson, type JsonObject } from '../shared/canonical-json.ts';
import type { Envelope } from '../shared/envelope.ts';
import { type Sha256, toHex } from '../shared/hashing.ts';
import { byCodeUnits } from '../shared/order.ts';

/**
 * Lines of `audit.jsonl`. A line shows one step of an event. `data` is the event's data verbatim and `envelope` holds all
 * other members of the event, so SHA-256(RFC 8785({...envelope, data})) must give `event_hash`: data cannot be edited even
 * when the whole file is chained again, for the event hashes are the leaves under a signed checkpoint. `hash` is SHA-256 over
 * the RFC 8785 text of the line without `hash`; `prev_hash` is the hash of the line before (64 zeros on the first).
 */
export const hexHash = z.string().regex(/^[0-9a-f]{64}$/);
export const wholeNumber = z.number().int().nonnegative();
const members = z.record(z.string(), z.unknown());

/** The members of an event without its data; loose on purpose: a verifier needs no schema of this program. */
export const auditEnvelopeSchema = z.strictObject({
  actor: z.string(),
  causationId: z.string(),
  code: z.strictObject({ commit: z.string(), lockHash: z.string(), version: z.string() }),
  contentHash: hexHash,
  correlationId: z.string(),
  envelopeVersion: z.literal(1),
  id: z.string(),
  prevHash: hexHash,
  recordedAt: z.string(),
  revision: wholeNumber,
  schemaVersion: wholeNumber,
  stream: z.string(),
  type: z.string(),
});

export const auditLineSchema = z.strictObject({
  step: z.string(),
  params: members,
  data: members,
  ts: z.string(),
  type: z.string(),
  status: z.string(),
  context: members,
  stream: z.string(),
  revision: wholeNumber,
  /** The store's own place of the event, where the export was asked for it: it is no part of what the ledger is. */
  position: z.string().optional(),
  event_id: z.string(),
  event_hash: hexHash,
  leaf_index: wholeNumber,
  input_hashes: members,
  output_hashes: members,
  envelope: auditEnvelopeSchema,
  prev_hash: hexHash,
  hash: hexHash,
});
export type AuditLine = z.infer<typeof auditLineSchema>;

/** What a projection derives from an event: the readable part of a line. */
export interface AuditStep {
  readonly step: string;
  readonly params: JsonObject;
  readonly status: string;
  readonly context: JsonObject;
  readonly input_hashes: JsonObject;
  readonly output_hashes: JsonObject;
}

/** The event behind a line, and its place in the whole. */
export interface AuditedEvent {
  readonly envelope: Envelope;
  readonly hash: string;
  /** null leaves it out. */
  readonly position: string | null;
  /** Index among the domain events in global order: the leaf of the Merkle tree. */
  readonly leafIndex: number;
}

/** A finished line: its RFC 8785 text without newline, and its hash for the next line's `prev_hash`. */
export interface WrittenLine {
  readonly text: string;
  readonly hash: string;
}

const utf8 = new TextEncoder();

/** Hash of a line from its members other than `hash`, and its whole text were `hash` to stand in it. */
export interface SealedLine {
  readonly hash: string;
  textWith(hash: string): string;
}

/**
 * Writes a line in two halves, before and behind the place of `hash`; both kinds of line have members on either side. A text
 * of the data that is at hand already is taken as it is.
 */
export function sealLine(sha256: Sha256, body: Readonly<Record<string, unknown>>, dataText?: string): SealedLine {
  const names = Object.keys(body).toSorted(byCodeUnits);
  const texts = names.map(
    (name) => `${canonicalJson(name)}:${name === 'data' && dataText !== undefined ? dataText : canonicalJson(body[name])}`,
  );
  const split = names.findIndex((name) => name > 'hash');
  const before = `{${texts.slice(0, split).join(',')}`;
  const behind = `${texts.slice(split).join(',')}}`;
  const hash = toHex(sha256(utf8.encode(`${before},${behind}`)));
  return { hash, textWith: (written) => `${before},"hash":${canonicalJson(written)},${behind}` };
}

/** Errors: NotPlainJson when the derived part is not plain JSON. */
export function auditLine(sha256: Sha256, prevHash: string, derived: AuditStep, event: AuditedEvent): WrittenLine {
  const { data, ...envelope } = event.envelope;
  const sealed = sealLine(sha256, {
    step: derived.step,
    params: derived.params,
    data,
    ts: envelope.recordedAt,
    type: envelope.type,
    status: derived.status,
    context: derived.context,
    stream: envelope.stream,
    revision: envelope.revision,
    ...(event.position === null ? {} : { position: event.position }),
    event_id: envelope.id,
    event_hash: event.hash,
    leaf_index: event.leafIndex,
    input_hashes: derived.input_hashes,
    output_hashes: derived.output_hashes,
    envelope,
    prev_hash: prevHash,
  });
  return { text: sealed.textWith(sealed.hash), hash: sealed.hash };
}

/** SHA-256 over the RFC 8785 bytes of the event that a line carries, and over the part that its content hash covers. */
export function eventHashesOf(sha256: Sha256, line: AuditLine, dataText: string): { readonly event: Uint8Array; readonly content: string } {
  const { envelope } = line;
  const text = canonicalJson(envelope);
  // A quote inside a string is escaped, so this text stands only where the member does.
  const at = text.indexOf(',"envelopeVersion":');
  const event = sha256(utf8.encode(`${text.slice(0, at)},"data":${dataText}${text.slice(at)}`));
  const content = `{"data":${dataText},"schemaVersion":${canonicalJson(envelope.schemaVersion)},"type":${canonicalJson(envelope.type)}}`;
  return { event, content: toHex(sha256(utf8.encode(content))) };
}
