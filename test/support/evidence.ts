/** Small exports and bundles as the program makes them, and what somebody could do to them. */
import { zipSync } from 'fflate';
import { sumsText } from '../../domain/audit/bundle-files.ts';
import { auditLine } from '../../domain/audit/entry.ts';
import { createMerkleTree } from '../../domain/audit/merkle.ts';
import { type AuditSelection, type DeclaredFile, declaringTrailerLine, trailerLine } from '../../domain/audit/trailer.ts';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import { emptyTail, placeEvents, type StreamTail } from '../../domain/shared/envelope.ts';
import { fromHex, toHex, zeroHash } from '../../domain/shared/hashing.ts';
import { auditStep } from '../../projections/audit-log.ts';
import { checkpointOf, type LedgerEvent, sha256, type SigningKey, type SmallLedger } from './audit-log.ts';

const utf8 = new TextEncoder();

export interface EvidenceLedger extends SmallLedger {
  /** Bytes by address. */
  readonly artifacts: ReadonlyMap<string, Uint8Array>;
}

const streams = ['ledger', 'sleeve-etfs', 'sleeveRun-aaaa', 'metaRun-bbbb', 'metaPortfolio-cccc'];
const types = [
  'SleeveRunOpened',
  'MetaRunOpened',
  'SleeveProfileSolved',
  'ParityAccepted',
  'ParityRejected',
  'AllocationPublished',
  'NewThing',
];
const risks: readonly unknown[] = ['hrp', 'risk_parity', '$&', 7, null];
const params: readonly unknown[] = [{ engine: 'custom' }, null, ['a'], 'text'];
const paths: readonly unknown[] = [['a', 'b'], [], ['a', 1, null, true, ['x', 2.5], {}], 'a/b'];

export type Random = () => number;
const one = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)]!;

function someData(random: Random, index: number, keep: (bytes: Uint8Array) => { sha256: string; bytes: number }): JsonObject {
  const document = () => ({ kind: 'document', ...keep(utf8.encode(`document ${index} ${random()}`)), mediaType: 'application/json' });
  const dates = { first: '2024-01-02', last: one(random, [null, '2024-02-01', '2024-2-1']) };
  const table = () => ({
    kind: 'table',
    ...keep(utf8.encode(`table ${random()}`)),
    rows: 2,
    columns: ['r'],
    ...dates,
    calendars: ['XNYS'],
  });
  const parts: readonly (() => Record<string, unknown>)[] = [
    () => ({ definition: document() }),
    () => ({ outOfSample: { returns: table() }, list: [document(), { deep: table() }] }),
    () => ({ strange: { kind: 'document', sha256: 'no hash', bytes: 1, mediaType: 'x' }, '10': document(), '9': { ref: document() } }),
    () => ({ risk: one(random, risks), params: one(random, params), path: one(random, paths) }),
    () => ({ meta: 'desk', sleeve: 'etfs', asOf: '2024-02-01', policy: { quorum: 'all' } }),
  ];
  return Object.assign({ index }, ...parts.filter(() => random() < 0.4).map((part) => part())) as JsonObject;
}

/** `count` events of many types over a few streams, with the artifacts that they name; of schema version 1 unless more are named. */
export function evidenceLedger(random: Random, count: number, schemaVersions: readonly number[] = [1]): EvidenceLedger {
  const tails = new Map<string, StreamTail>();
  const artifacts = new Map<string, Uint8Array>();
  const events: LedgerEvent[] = [];
  const tree = createMerkleTree(sha256);
  const keep = (bytes: Uint8Array): { sha256: string; bytes: number } => {
    const address = toHex(sha256(bytes));
    artifacts.set(address, bytes);
    return { sha256: address, bytes: bytes.length };
  };
  const author = { correlationId: 'c', causationId: 'c', actor: 'ann', code: { version: '0.1.0', commit: 'f', lockHash: 'a' } };
  for (let index = 0; index < count; index++) {
    const stream = index === 0 ? 'metaRun-bbbb' : index === 1 ? 'sleeveRun-aaaa' : one(random, streams);
    const draft = {
      type: one(random, types),
      schemaVersion: schemaVersions[index % schemaVersions.length]!,
      data: someData(random, index, keep),
    };
    const context = { ...author, now: `2026-03-01T10:00:${String(index % 60).padStart(2, '0')}.000Z`, idOf: () => `event-${index}` };
    const [encoded] = placeEvents(sha256, stream, tails.get(stream) ?? emptyTail, [draft], context);
    const { revision, recordedAt } = encoded!.envelope;
    tails.set(stream, { revision, hash: encoded!.hash, recordedAt });
    tree.append(fromHex(encoded!.hash));
    events.push({ ...encoded!, position: String(index * 7), leafIndex: index });
  }
  return { events, tree, artifacts };
}

export interface EvidenceOptions {
  readonly selection: AuditSelection;
  readonly signer: SigningKey | null;
  /** Leaves under the checkpoint; 0 without one. */
  readonly sealedTo: number;
  readonly format: 1 | 2;
  readonly positions: boolean;
}

const isRunStream = (stream: string): boolean => stream.startsWith('sleeveRun-') || stream.startsWith('metaRun-');

/** What a file of a run holds: the streams of runs whole, and every other event of the rest. */
export function chosenOf({ events }: SmallLedger, selection: AuditSelection): readonly LedgerEvent[] {
  return selection === 'all' ? events : events.filter(({ envelope, leafIndex }) => isRunStream(envelope.stream) || leafIndex % 2 === 1);
}

const placeOf = ({ envelope: { stream, revision }, hash }: LedgerEvent) => ({ stream, revision, hash });

/** The text of a log; `files` are what a bundle holds beside it. */
export function evidenceLog(ledger: SmallLedger, options: EvidenceOptions, files: readonly DeclaredFile[] | null = null): string {
  const { selection, signer, sealedTo, format, positions } = options;
  const chosen = chosenOf(ledger, selection);
  const lines: string[] = [];
  let lastHash = zeroHash;
  for (const event of chosen) {
    const written = auditLine(sha256, lastHash, auditStep(event.envelope), positions ? event : { ...event, position: null });
    lines.push(written.text);
    lastHash = written.hash;
  }
  const checkpoint = sealedTo === 0 ? null : checkpointOf(ledger, { signer, sealedTo });
  const treeSize = checkpoint === null ? 0 : sealedTo;
  const proofs =
    selection === 'all'
      ? []
      : chosen
          .filter(({ leafIndex }) => leafIndex < treeSize)
          .map(({ envelope, leafIndex }) => ({
            event_id: envelope.id,
            leaf_index: leafIndex,
            proof: ledger.tree.inclusionProof(leafIndex, treeSize).map(toHex),
          }));
  const contents = { lines: lines.length, lastHash, selection, treeSize, checkpoint, proofs };
  const last = new Map(chosen.filter(({ envelope }) => isRunStream(envelope.stream)).map((event) => [event.envelope.stream, event]));
  const declared = {
    origin: signer?.key.name ?? 'ledger.example/sleeves',
    events: chosen.length,
    streams: selection === 'all' ? ('all' as const) : [...last.values()].map(placeOf),
    cited: selection === 'all' ? [] : chosen.filter(({ envelope }) => !isRunStream(envelope.stream)).map(placeOf),
    files,
  };
  const trailer = format === 1 ? trailerLine(sha256, contents) : declaringTrailerLine(sha256, contents, declared, signer);
  return [...lines, trailer.text, ''].join('\n');
}

export type BundleFiles = Map<string, Uint8Array>;

/** With the list of checksums made again: whoever can write the archive can do that as well. */
export function withSums(files: BundleFiles): BundleFiles {
  files.delete('SHA256SUMS');
  const sums = sumsText([...files].map(([path, bytes]) => ({ path, sha256: toHex(sha256(bytes)) })));
  return files.set('SHA256SUMS', utf8.encode(sums));
}

export function evidenceBundle(ledger: EvidenceLedger, options: EvidenceOptions): BundleFiles {
  const files: BundleFiles = new Map([
    ['README.txt', utf8.encode('read me')],
    ['report.md', utf8.encode('# Report')],
    ['verifier-key.txt', utf8.encode(`${options.signer?.text ?? 'none'}\n`)],
  ]);
  const named = new Set(chosenOf(ledger, options.selection).flatMap(({ envelope }) => addressesIn(auditStep(envelope))));
  for (const address of named) files.set(`artifacts/${address}`, ledger.artifacts.get(address)!);
  const declared = [...files].map(([path, bytes]) => ({ path, sha256: toHex(sha256(bytes)) }));
  files.set('audit.jsonl', utf8.encode(evidenceLog(ledger, options, declared)));
  return withSums(files);
}

function addressesIn({ input_hashes: inputs, output_hashes: outputs }: ReturnType<typeof auditStep>): string[] {
  return [...Object.values(inputs), ...Object.values(outputs)] as string[];
}

export function zipped(files: BundleFiles, level: 0 | 6 = 6): Uint8Array {
  return zipSync(Object.fromEntries(files), { level, mtime: new Date(1980, 0, 1, 12) });
}
