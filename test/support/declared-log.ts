import { signCheckpoint } from '../../domain/audit/checkpoint.ts';
import { type AuditedEvent, auditLine, type AuditStep, sealLine } from '../../domain/audit/entry.ts';
import { createMerkleTree } from '../../domain/audit/merkle.ts';
import { type AuditSelection, type Declared, declaringTrailerLine, trailerLine } from '../../domain/audit/trailer.ts';
import { type AuditReport, type AuditVerifyOptions, verifyAuditLines } from '../../domain/audit/verify-audit.ts';
import { type DraftEvent, emptyTail, placeEvents, type StreamTail } from '../../domain/shared/envelope.ts';
import { fromHex, toHex, zeroHash } from '../../domain/shared/hashing.ts';
import { sha256, type SigningKey, signingKey, verifySignature } from './audit-log.ts';

/** A small ledger whose log is written with a declaration, edited at will, and what its verifier says of it. */
export const ours = signingKey(1, 'desk.example');
export const impostor = signingKey(2, 'desk.example');
export const stranger = signingKey(3, 'other.example');
const utf8 = new TextEncoder();

export type Options = Omit<AuditVerifyOptions, 'sha256' | 'verifySignature'>;
export type Line = readonly [step: AuditStep, event: AuditedEvent];

export const author = {
  correlationId: '0b0f6d6e-5c1b-5d8e-9a44-0123456789ab',
  causationId: '1c1f6d6e-5c1b-5d8e-9a44-0123456789ab',
  actor: 'ann',
  code: { version: '1.0.0', commit: 'f'.repeat(40), lockHash: 'a'.repeat(64) },
};

/** Events in global order, by stream; the type may stand before a colon. */
export function ledgerOf(...places: readonly string[]) {
  const tails = new Map<string, StreamTail>();
  const tree = createMerkleTree(sha256);
  const events = places.map((place, leafIndex): AuditedEvent => {
    const [type, stream] = place.includes(':') ? place.split(':') : ['SleeveRunAccepted', place];
    const draft: DraftEvent = { type: type!, schemaVersion: 1, data: { index: leafIndex } };
    const tail = tails.get(stream!) ?? emptyTail;
    const placed = { ...author, now: `2026-03-01T10:00:0${leafIndex}.000Z`, idOf: () => `2d2f6d6e-5c1b-5d8e-9a44-00000000000${leafIndex}` };
    const { envelope, hash } = placeEvents(sha256, stream!, tail, [draft], placed)[0]!;
    tails.set(stream!, { revision: envelope.revision, hash, recordedAt: envelope.recordedAt });
    tree.append(fromHex(hash));
    return { envelope, hash, position: null, leafIndex };
  });
  return { events, tree };
}

export function stepOf({ envelope, hash }: Pick<AuditedEvent, 'envelope' | 'hash'>, change: Partial<AuditStep> = {}): AuditStep {
  const { revision, stream } = envelope;
  return {
    step: 'accept',
    params: { revision },
    status: 'success',
    context: { stream },
    input_hashes: { run: hash },
    output_hashes: {},
    ...change,
  };
}
export const stepsOf = (envelope: AuditedEvent['envelope']): readonly AuditStep[] => [stepOf({ envelope, hash: envelope.contentHash })];
export const lineOf = (event: AuditedEvent): Line => [stepsOf(event.envelope)[0]!, event];

export const { events, tree } = ledgerOf('LedgerOpened:ledger', 'sleeveRun-a', 'metaRun-b', 'sleeveRun-a', 'metaRun-b', 'sleeve-c');
export const all = events.map(lineOf);
export const noteOf = (size: number, { key, sign }: SigningKey = ours, of = tree): string =>
  signCheckpoint({ origin: key.name, size, root: of.root(size) }, key, sign);
export const place = (index: number) => {
  const { envelope, hash } = events[index]!;
  return { stream: envelope.stream, revision: envelope.revision, hash };
};
export const proofOf = (index: number, size: number) => ({
  event_id: events[index]!.envelope.id,
  leaf_index: index,
  proof: tree.inclusionProof(index, size).map(toHex),
});

export interface Written {
  readonly lines?: readonly Line[];
  /** Of a line that is written, before it is hashed. */
  readonly edited?: (body: Record<string, unknown>, at: number) => Record<string, unknown>;
  readonly selection?: AuditSelection;
  readonly checkpoint?: string | null;
  readonly treeSize?: number;
  readonly proofs?: readonly ReturnType<typeof proofOf>[];
  readonly lastHash?: string;
  readonly count?: number;
  /** Null for a trailer of format 1. */
  readonly declared?: Partial<Declared> | null;
  readonly signer?: SigningKey | null;
}

/** A log that is chained as it should be, whatever it says. */
export function written(log: Written): string {
  const { lines = all, edited, declared = {}, signer = ours, selection = 'all', checkpoint = noteOf(6), proofs = [] } = log;
  const texts: string[] = [];
  let prevHash = zeroHash;
  for (const [at, [step, event]] of lines.entries()) {
    let line = auditLine(sha256, prevHash, step, event);
    if (edited !== undefined) {
      const { hash: _, ...body } = edited(JSON.parse(line.text) as Record<string, unknown>, at);
      const sealed = sealLine(sha256, body);
      line = { text: sealed.textWith(sealed.hash), hash: sealed.hash };
    }
    texts.push(line.text);
    prevHash = line.hash;
  }
  const count = log.count ?? texts.length;
  const contents = { lines: count, lastHash: log.lastHash ?? prevHash, selection, treeSize: log.treeSize ?? 6, checkpoint, proofs };
  const said: Declared = { origin: ours.key.name, events: events.length, streams: 'all', cited: [], files: null, ...declared };
  const trailer = declared === null ? trailerLine(sha256, contents) : declaringTrailerLine(sha256, contents, said, signer);
  return `${[...texts, trailer.text].join('\n')}\n`;
}

export const verify = (text: string, options: Options = { verifierKey: ours.text }): AuditReport =>
  verifyAuditLines(utf8.encode(text), { sha256, verifySignature, ...options });
export const short = (text: string): string => text.replaceAll(/([0-9a-f]{6})[0-9a-f]{58}/g, '#$1');
export const faultsOf = ({ faults }: AuditReport): string[] =>
  faults.map(({ line, kind, expected, actual }) => short(`${line} ${kind}: ${expected} | ${actual}`));
export const h = (index: number): string => short(events[index]!.hash);
export const saidOf = (report: AuditReport): readonly string[] => [...faultsOf(report), ...report.notes.map((note) => `note: ${note}`)];

export const vouched = 'an export that a known key vouches for';
export const untrusted = 'note: the checkpoint in the file was not trusted: no verifier key and no checkpoint was given';
export const undeclaredTrust = 'note: what the export declares was not trusted: no verifier key was given';
export const declaration = { origin: 'desk.example', events: 6, streams: 'all', cited: 0, files: null, trust: 'key' };
