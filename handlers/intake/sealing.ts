import { z } from 'zod';
import { fromBase64, toBase64 } from '../../domain/audit/base64.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { type MessageOrigin, messageSourceSchema, type SealedText } from '../../domain/sleeve/intake-events.ts';
import type { LetterKey, Ports } from '../ports/ports.ts';
import type { Session } from '../runtime/session.ts';
import type { Incoming } from './incoming.ts';

/** Everything foreign about a message: what its event must not say. */
export interface ForeignText {
  /** Why it was refused; null where it was not. */
  readonly reason: string | null;
  readonly path: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Null when it is not kept. */
  readonly value: Uint8Array | null;
}

const headSchema = z.strictObject({
  reason: z.string().nullable(),
  path: z.string().nullable(),
  headers: z.record(z.string(), z.string()),
  whole: z.boolean(),
});

const lengthBytes = 4;

/** The length of the head (4 bytes, most significant first), the head in JSON, the message's own bytes. */
function written({ reason, path, headers, value }: ForeignText): Uint8Array {
  const head = new TextEncoder().encode(JSON.stringify({ reason, path, headers, whole: value !== null }));
  const bytes = new Uint8Array(lengthBytes + head.length + (value?.length ?? 0));
  new DataView(bytes.buffer).setUint32(0, head.length);
  bytes.set(head, lengthBytes);
  bytes.set(value ?? [], lengthBytes + head.length);
  return bytes;
}

function read(bytes: Uint8Array): ForeignText {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const { whole, ...head } = headSchema.parse(JSON.parse(new TextDecoder().decode(bytes.subarray(lengthBytes, lengthBytes + length))));
  return { ...head, value: whole ? bytes.subarray(lengthBytes + length) : null };
}

/** One message of a flood, as it is sealed with the others. */
export interface RefusedMessage extends ForeignText {
  readonly source: MessageOrigin;
  /** Of the value; of nothing where there is none. */
  readonly sha256: string;
  readonly code: string;
}

const manySchema = z.array(
  z.strictObject({
    source: messageSourceSchema,
    sha256: z.string(),
    code: z.string(),
    reason: z.string(),
    path: z.string().nullable(),
    valueBase64: z.string().nullable(),
  }),
);

function writtenMany(messages: readonly RefusedMessage[]): Uint8Array {
  const rows = messages.map(({ headers: _headers, value, ...row }) => ({ ...row, valueBase64: value === null ? null : toBase64(value) }));
  return new TextEncoder().encode(JSON.stringify(rows));
}

function readMany(bytes: Uint8Array): readonly RefusedMessage[] {
  return manySchema.parse(JSON.parse(new TextDecoder().decode(bytes))).map(({ valueBase64, ...row }) => ({
    ...row,
    headers: row.source.headers,
    value: valueBase64 === null ? null : fromBase64(valueBase64),
  }));
}

/** Bound to the ciphertext: that of one letter passes for no other's. */
const contextOf = (keyId: string): string => `sleeve-ledger letter ${keyId}`;

/** Whether a message is kept whole: not one without bytes, nor one with too many. */
export function isKept(incoming: Incoming): incoming is Incoming & { readonly value: Uint8Array } {
  return incoming.value !== null && incoming.value.length <= limits.messageBytesMax;
}

/** Seals what is foreign under a key that is on the disk already, and stores the ciphertext. */
export function sealText(session: Session, key: LetterKey, text: ForeignText): Promise<SealedText> {
  return sealBytes(session, key, written(text));
}

/** The same of messages of a flood. */
export function sealMany(session: Session, key: LetterKey, messages: readonly RefusedMessage[]): Promise<SealedText> {
  return sealBytes(session, key, writtenMany(messages));
}

async function sealBytes({ ports }: Session, { keyId, key }: LetterKey, plain: Uint8Array): Promise<SealedText> {
  const keyFile = await ports.letterKeys.id();
  if (keyFile === null) throw new LedgerError('Internal', 'a letter has a key, and the file of keys has no name');
  const { sha256, bytes } = await ports.artifacts.put(ports.crypto.seal(key, plain, contextOf(keyId)));
  return { keyId, keyFile, document: { kind: 'document', sha256, bytes, mediaType: 'application/octet-stream' } };
}

/** Errors: LetterKeyMissing; ArtifactDamaged when key and ciphertext do not belong together, or the store's bytes are damaged. */
export async function unsealText(ports: Unsealing, sealed: SealedText): Promise<ForeignText> {
  return read(await unsealBytes(ports, sealed));
}

/** The same of messages of a flood. */
export async function unsealMany(ports: Unsealing, sealed: SealedText): Promise<readonly RefusedMessage[]> {
  return readMany(await unsealBytes(ports, sealed));
}

type Unsealing = Pick<Ports, 'letterKeys' | 'artifacts' | 'crypto'>;

/** Errors: those of `unsealText`. */
export async function unsealBytes(
  { letterKeys, artifacts, crypto }: Unsealing,
  { keyId, keyFile, document }: SealedText,
): Promise<Uint8Array> {
  const key = await letterKeys.key(keyId);
  if (key === null) {
    throw new LedgerError('LetterKeyMissing', `the key ${keyId} of a sealed letter is not here`, {
      evidence: { keyId, keyFile, keyFileHere: await letterKeys.id() },
    });
  }
  const bytes = crypto.unseal(key, await artifacts.get(document.sha256), contextOf(keyId));
  if (bytes === null)
    throw new LedgerError('ArtifactDamaged', `the key ${keyId} does not open its letter`, { evidence: { sha256: document.sha256, keyId } });
  return bytes;
}
