/** Verification, projection and the audit log over one ledger of 100,000 events. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { auditLine } from '../domain/audit/entry.ts';
import { trailerLine } from '../domain/audit/trailer.ts';
import { createChainVerifier } from '../domain/audit/chain.ts';
import { createMerkleTree } from '../domain/audit/merkle.ts';
import { verifyAuditLines } from '../domain/audit/verify-audit.ts';
import { domainEvent } from '../domain/catalogue.ts';
import { decodeEnvelope } from '../domain/shared/envelope.ts';
import { zeroHash } from '../domain/shared/hashing.ts';
import { limits } from '../domain/shared/limits.ts';
import type { Ports, StoredEvent } from '../handlers/ports/ports.ts';
import { rebuild } from '../handlers/read-models/projector.ts';
import { FoldedRows } from '../handlers/read-models/views.ts';
import { createNodeCrypto } from '../infra/crypto/node-crypto.ts';
import { openSqlite, type SqliteLedger } from '../infra/sqlite/open.ts';
import { auditStep } from '../projections/audit-log.ts';
import { sleeveDirectory } from '../projections/sleeve-directory.ts';
import { AcceptedRuns, sha256, sha256Hex, toAppend } from './events.ts';
import { measure, peakMegabytes } from './measure.ts';
import type { LedgerFigures } from './results.ts';

const sleeves = 100;
const runsPerSleeve = 1000;
const events = sleeves * runsPerSleeve;
const batch = 500;
const auditLines = 25_000;
const times = { warmUps: 1, repetitions: 5 };

async function fill({ store }: SqliteLedger): Promise<number> {
  const streams = Array.from({ length: sleeves }, (_, number) => new AcceptedRuns(`sleeve${String(number).padStart(3, '0')}`));
  let bytes = 0;
  for (let done = 0; done < runsPerSleeve; done += batch) {
    for (const runs of streams) {
      const { expectedRevision } = runs;
      const encoded = runs.next(batch);
      for (const event of encoded) bytes += event.bytes.length;
      await store.append(runs.stream, encoded.map(toAppend), { expectedRevision });
    }
  }
  return bytes / events;
}

async function readPages(store: SqliteLedger['store'], take: (page: readonly StoredEvent[]) => void): Promise<number> {
  let after: string | null = null;
  let count = 0;
  for (;;) {
    const page: readonly StoredEvent[] = await store.readAll({ after, maxCount: limits.readPageEventsMax, types: null });
    take(page);
    count += page.length;
    if (page.length < limits.readPageEventsMax) return count;
    after = page.at(-1)!.position;
  }
}

/** A verifier that ends the benchmark on the first fault: speed on damaged bytes is nobody's concern. */
function strictVerifier(
  store: SqliteLedger['store'] | null,
  onLeaf?: (hash: Uint8Array) => void,
): { check(event: StoredEvent): void; finish(): void } {
  const verifier = createChainVerifier({
    sha256,
    sha256Hex,
    ...(store === null ? {} : { comparePositions: (left: string, right: string) => store.comparePositions(left, right) }),
    ...(onLeaf === undefined ? {} : { onLeaf }),
  });
  return {
    check(event) {
      if (verifier.check(event).length > 0) throw new Error(`the event at ${event.position} does not verify`);
    },
    finish() {
      const seen = verifier.finish();
      if (seen.events !== events || seen.streams !== sleeves) throw new Error(`verified ${seen.events} events of ${seen.streams} streams`);
    },
  };
}

async function verifyStored(store: SqliteLedger['store'], withTree: boolean): Promise<void> {
  const tree = createMerkleTree(sha256);
  const verifier = strictVerifier(store, withTree ? (hash) => tree.append(hash) : undefined);
  await readPages(store, (page) => page.forEach((event) => verifier.check(event)));
  verifier.finish();
  if (withTree && tree.root(events).length !== 32) throw new Error('no root');
}

function foldInMemory(stored: readonly StoredEvent[]): void {
  const folded = new FoldedRows();
  for (const event of stored) folded.apply(sleeveDirectory, domainEvent(decodeEnvelope(event.bytes), event.position));
  if (folded.rows.size !== 2 * events + sleeves) throw new Error(`${folded.rows.size} rows`);
}

function writeAudit(stored: readonly StoredEvent[]): Buffer {
  let prevHash = zeroHash;
  const lines = stored.slice(0, auditLines).map((event, leafIndex) => {
    const envelope = decodeEnvelope(event.bytes);
    const line = auditLine(sha256, prevHash, auditStep(envelope), { envelope, hash: event.hash, position: event.position, leafIndex });
    prevHash = line.hash;
    return line.text;
  });
  lines.push(
    trailerLine(sha256, { lines: lines.length, lastHash: prevHash, selection: 'all', treeSize: 0, checkpoint: null, proofs: [] }).text,
  );
  return Buffer.from(`${lines.join('\n')}\n`);
}

const { verify } = createNodeCrypto();

function verifyAudit(file: Buffer): void {
  const report = verifyAuditLines(file, { sha256, verifySignature: verify, derive: (envelope) => [auditStep(envelope)] });
  if (report.lines !== auditLines || report.faults.length > 0)
    throw new Error(`audit of ${report.lines} lines: ${JSON.stringify(report.faults[0])}`);
}

export async function measureLedger(scratch: string): Promise<LedgerFigures> {
  const file = join(scratch, 'ledger.sqlite');
  const ledger = openSqlite(file, { access: 'write', create: true });
  const { store } = ledger;
  const steps: { name: string; events: number; timing: LedgerFigures['steps'][number]['timing'] }[] = [];
  const step = async <Result>(name: string, work: () => Result | Promise<Result>, count = events, often = times): Promise<Result> => {
    const { timing, result } = await measure(work, often);
    steps.push({ name, events: count, timing });
    return result;
  };
  const meanEventBytes = await step('encode and append, in batches of 500', () => fill(ledger), events, { warmUps: 0, repetitions: 1 });
  await step('verify the stored bytes: read, every hash, chain and column', () => verifyStored(store, false));
  await step('the same, with the Merkle tree and its root', () => verifyStored(store, true), events, { warmUps: 1, repetitions: 3 });
  const ports = { store, readModels: ledger.readModels } as unknown as Ports;
  await step('project: rebuild `sleeve-directory` in SQLite', () => rebuild(ports, sleeveDirectory), events, {
    warmUps: 0,
    repetitions: 3,
  });
  const peakMegabytesStreaming = peakMegabytes();
  const stored: StoredEvent[] = [];
  await readPages(store, (page) => stored.push(...page));
  await step('verify bytes held in memory', () => {
    const verifier = strictVerifier(null);
    for (const event of stored) verifier.check(event);
    verifier.finish();
  });
  await step('project: fold `sleeve-directory` in memory', () => foldInMemory(stored), events, { warmUps: 1, repetitions: 3 });
  const audit = await step('write `audit.jsonl`', () => writeAudit(stored), auditLines, { warmUps: 0, repetitions: 3 });
  await step('verify `audit.jsonl`: lines, events, tree, derived parts', () => verifyAudit(audit), auditLines, {
    warmUps: 0,
    repetitions: 3,
  });
  ledger.close();
  return {
    events,
    meanEventBytes,
    fileMegabytes: statSync(file).size / 1024 / 1024,
    steps,
    peakMegabytesStreaming,
    peakMegabytes: peakMegabytes(),
  };
}
