import { z } from 'zod';
import { canonicalJson } from '../shared/canonical-json.ts';
import { type Sha256, toHex } from '../shared/hashing.ts';
import { hexHash, sealLine, wholeNumber, type WrittenLine } from './entry.ts';
import { signNote, type SignMessage, type VerifierKey } from './signed-note.ts';

/** Raised when `auditStep` derives another step from the same event. */
export const derivationRules = 1;

const inclusionSchema = z.strictObject({ event_id: z.string(), leaf_index: wholeNumber, proof: z.array(hexHash) });
const selectionSchema = z.union([z.literal('all'), z.strictObject({ run: z.string() })]);
export type AuditSelection = z.infer<typeof selectionSchema>;

const ofEveryFormat = {
  type: z.literal('trailer'),
  lines: wholeNumber,
  last_hash: hexHash,
  selection: selectionSchema,
  /** Size of the tree under the checkpoint and the proofs; 0 without a checkpoint. */
  tree_size: wholeNumber,
  /** Signed note, or null when nothing has been sealed. */
  checkpoint: z.string().nullable(),
  /** One per event of a selected run below `tree_size`; none for `all`, whose leaves are all in the file. */
  proofs: z.array(inclusionSchema),
  prev_hash: hexHash,
  hash: hexHash,
};

/** Format 1 says how many lines there are, and declares nothing: whoever cuts the file can write another. */
const plainTrailerSchema = z.strictObject({
  ...ofEveryFormat,
  format: z.literal(1),
  /** Version of the rules that derive the readable part of a line from its event; files of before it was named follow version 1. */
  derivation: z.literal(derivationRules).optional(),
});

/** An event by its place: the last one of a stream that is there whole, or a single one of a longer stream. */
const placeSchema = z.strictObject({ stream: z.string(), revision: wholeNumber, hash: hexHash });
export type DeclaredPlace = z.infer<typeof placeSchema>;

/** Names that are safe in any folder: no blank, no `..`, nothing absolute. */
const filePath = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/);
const declaredFileSchema = z.strictObject({ path: filePath, sha256: hexHash });
export type DeclaredFile = z.infer<typeof declaredFileSchema>;

/** Format 2 is a manifest: it declares what the export holds, and the ledger's key signs it. */
const declaringTrailerSchema = z.strictObject({
  ...ofEveryFormat,
  format: z.literal(2),
  derivation: z.literal(derivationRules),
  /** Name under which the ledger signs. */
  origin: z.string(),
  events: wholeNumber,
  /** Streams that are there from revision 0 to this one. */
  streams: z.union([z.literal('all'), z.array(placeSchema)]),
  /** Single events of other streams. */
  cited: z.array(placeSchema),
  /** Every other file of a bundle; null for a log that stands by itself. */
  files: z.array(declaredFileSchema).nullable(),
  /** Signed note over everything above, and over the lines by `last_hash`; null where the ledger's key was not at hand. */
  signed: z.string().nullable(),
});

export type DeclaringTrailer = z.infer<typeof declaringTrailerSchema>;

/** The last line; without it a file is torn. */
export const trailerSchema = z.discriminatedUnion('format', [plainTrailerSchema, declaringTrailerSchema]);
export type AuditTrailer = z.infer<typeof trailerSchema>;

/** The text that is signed. Its second line is no number, so that it can never be taken for a checkpoint. */
export function exportStatement(origin: string, digest: string): string {
  return `${origin}\nsleeve-ledger export 2\n${digest}\n`;
}

/** SHA-256 over the RFC 8785 text of a trailer without its signature and its hash. */
export function trailerDigest(sha256: Sha256, body: Readonly<Record<string, unknown>>): string {
  const { hash: _hash, signed: _signed, ...declared } = body;
  return toHex(sha256(new TextEncoder().encode(canonicalJson(declared))));
}

export interface TrailerContents {
  readonly lines: number;
  readonly lastHash: string;
  readonly selection: AuditSelection;
  readonly treeSize: number;
  readonly checkpoint: string | null;
  readonly proofs: readonly { readonly event_id: string; readonly leaf_index: number; readonly proof: readonly string[] }[];
}

function commonMembers({ lines, lastHash, selection, treeSize, checkpoint, proofs }: TrailerContents) {
  return {
    type: 'trailer',
    lines,
    last_hash: lastHash,
    selection,
    tree_size: treeSize,
    checkpoint,
    proofs,
    derivation: derivationRules,
    prev_hash: lastHash,
  };
}

/** The trailer of format 1 of a file whose last line has the hash `lastHash` (64 zeros when it has no lines). */
export function trailerLine(sha256: Sha256, contents: TrailerContents): WrittenLine {
  const sealed = sealLine(sha256, { ...commonMembers(contents), format: 1 });
  return { text: sealed.textWith(sealed.hash), hash: sealed.hash };
}

/** Who signs exports: the ledger's key, where it is at hand. */
export interface ExportSigner {
  readonly key: VerifierKey;
  readonly sign: SignMessage;
}

export interface Declared {
  readonly origin: string;
  readonly events: number;
  readonly streams: 'all' | readonly DeclaredPlace[];
  readonly cited: readonly DeclaredPlace[];
  readonly files: readonly DeclaredFile[] | null;
}

/** The trailer of format 2. */
export function declaringTrailerLine(
  sha256: Sha256,
  contents: TrailerContents,
  { origin, events, streams, cited, files }: Declared,
  signer: ExportSigner | null,
): WrittenLine {
  const body = { ...commonMembers(contents), format: 2, origin, events, streams, cited, files };
  const signed = signer === null ? null : signNote(exportStatement(origin, trailerDigest(sha256, body)), signer.key, signer.sign);
  const sealed = sealLine(sha256, { ...body, signed });
  return { text: sealed.textWith(sealed.hash), hash: sealed.hash };
}
