import type { VerifierKey } from '../../domain/audit/signed-note.ts';
import { compared, type FormatComparison, formatOfBuild } from '../../domain/ledger/format.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { ledgerStream } from '../../domain/shared/ledger-stream.ts';
import type { Ports, StorageFinding, StoredEvent } from '../ports.ts';
import { at, damageIn, type Fault, nowhere } from './fault.ts';
import { keysOf } from './keys.ts';
import { leafStreams, RecordedFormat, shown } from './recorded-format.ts';
import { readModelFindings } from './verify-read-models.ts';
import { scan } from './verify-scan.ts';
import { type GivenCheckpoint, sealFaults, witnessFaults } from './verify-seals.ts';

export interface Verification {
  readonly events: number;
  readonly streams: number;
  readonly artifacts: number;
  /** Leaves covered by a seal that verifies; what stands after it is unsealed. */
  readonly sealedTo: number;
  readonly unsealed: number;
  /** Leaves covered by a checkpoint outside the store: only what was witnessed cannot be cut off unseen. */
  readonly witnessedTo: number;
  /** Null where the ledger's own stream cannot be read. */
  readonly format: FormatComparison | null;
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
}

export interface VerifyRequest {
  /** Null to look at none. */
  readonly witnessDirectory: string | null;
  /** A checkpoint that was kept elsewhere, with the key to open it by. */
  readonly checkpoint: GivenCheckpoint | null;
  /** What the store finds wrong below the level of events; left out where the store cannot tell. */
  readonly integrity?: () => readonly StorageFinding[];
}

/** That a build is older than the ledger is no fault of the ledger, and limits what the verification can mean. */
function formatNotes(format: FormatComparison | null): string[] {
  if (format === null || format.lacking.length === 0) return [];
  return [`the format of the ledger is newer than this build, which lacks ${shown(format.lacking)}: bytes, chains and seals were verified, their meaning was not; verify with the newer build`];
}

/** Every referenced artifact must be there; every stored one must match its address, referenced or not. */
async function artifactFaults(ports: Ports, references: ReadonlyMap<string, StoredEvent>): Promise<{ readonly faults: Fault[]; readonly count: number }> {
  const faults: Fault[] = [];
  const stored = await ports.artifacts.list();
  const known = new Set(stored);
  for (const [sha256, event] of references) {
    if (!known.has(sha256)) faults.push({ kind: 'artifact_missing', ...at(event), expected: sha256, actual: 'nothing' });
  }
  for (const sha256 of stored) {
    try {
      await ports.artifacts.get(sha256);
    } catch (error) {
      const damage = damageIn(error);
      const event = references.get(sha256);
      const actual = error instanceof LedgerError ? error.evidence['actual'] : undefined;
      faults.push({ kind: 'artifact_damaged', ...(event === undefined ? nowhere : at(event)), expected: sha256, actual: typeof actual === 'string' ? actual : damage });
    }
  }
  return { faults, count: stored.length };
}

/** Runs a stage of the verification; damage that stops it is a fault, and the other stages still run. */
async function stage<T>(faults: Fault[], kind: string, expected: string, otherwise: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    faults.push({ kind, ...nowhere, expected, actual: damageIn(error) });
    return otherwise;
  }
}

/**
 * Recomputes every hash, chain, artifact, the tree, every seal and every witnessed checkpoint, folds the read models anew and looks at the
 * storage below. It never says more than a seal covers: a hash chain cannot see a cut tail. Damage is reported, never thrown.
 *
 * Errors: CheckpointInvalid for a malformed verifier key; StoreBusy, StoreUnavailable.
 */
export async function verifyLedger(ports: Ports, request: VerifyRequest): Promise<Verification> {
  const faults: Fault[] = [];
  const format = await stage(faults, 'ledger_stream_unreadable', 'the format of the ledger', null, async () => compared((await new RecordedFormat(ports.store).current()).format));
  const scanned = await scan(ports, leafStreams(format?.recorded ?? formatOfBuild));
  faults.push(...scanned.faults);
  const artifacts = await stage(faults, 'database_damaged', 'artifacts', { faults: [], count: 0 }, () => artifactFaults(ports, scanned.references));
  const keys = await stage<readonly VerifierKey[]>(faults, 'ledger_stream_unreadable', 'LedgerOpened and rotations', [], () => keysOf(ports));
  if (keys.length === 0 && scanned.events > 0) faults.push({ kind: 'ledger_unopened', ...nowhere, stream: ledgerStream, expected: 'LedgerOpened', actual: 'no key of the ledger' });
  const seals = sealFaults(ports, scanned, keys);
  const witnessed = await witnessFaults(ports, request.witnessDirectory, request.checkpoint, scanned, keys);
  faults.push(...artifacts.faults, ...seals.faults, ...witnessed.faults);
  const findings = scanned.faults.length === 0 ? await readModelFindings(ports) : { faults: [], notes: ['the read models were not compared: the events they are folded from are damaged'] };
  const storage = request.integrity?.() ?? [];
  faults.push(...findings.faults, ...storage.map(({ kind, detail }) => ({ kind, ...nowhere, expected: 'storage as it was written', actual: detail })));
  const sealedTo = Math.max(seals.sealedTo, witnessed.sealedTo);
  return {
    events: scanned.events,
    streams: scanned.streams,
    artifacts: artifacts.count,
    sealedTo,
    unsealed: scanned.tree.size - sealedTo,
    witnessedTo: witnessed.sealedTo,
    format,
    faults,
    notes: [...formatNotes(format), ...findings.notes],
  };
}
