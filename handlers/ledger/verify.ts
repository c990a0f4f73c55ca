import type { VerifierKey } from '../../domain/audit/signed-note.ts';
import { compared, type FormatComparison, formatOfBuild } from '../../domain/ledger/format.ts';
import { ledgerStream } from '../../domain/shared/ledger-stream.ts';
import type { Ports, StorageFinding } from '../ports/ports.ts';
import { damageIn } from '../runtime/damage.ts';
import { type Fault, nowhere } from './fault.ts';
import { keysOf } from './keys.ts';
import { leafStreams, RecordedFormat, shown } from './recorded-format.ts';
import { artifactFaults } from './verify-artifacts.ts';
import { type CosignedTo, type Elsewhere, type Judged, judgeCosignatures } from './verify-cosignatures.ts';
import { readModelFindings } from './verify-read-models.ts';
import { scan } from './verify-scan.ts';
import { type GivenCheckpoint, missingWitness, outsideCheckpoints, sizesIn, witnessFaults } from './verify-witness.ts';

export interface Verification {
  readonly events: number;
  readonly streams: number;
  readonly artifacts: number;
  /** Leaves covered by a seal that verifies; what stands after it is unsealed. */
  readonly sealedTo: number;
  readonly unsealed: number;
  /** Leaves covered by a checkpoint outside the store: only what was witnessed cannot be cut off unseen. */
  readonly witnessedTo: number;
  /** How far its witnesses have cosigned the ledger; null where none is named that could. */
  readonly cosigned: CosignedTo | null;
  /** Null where the ledger's own stream cannot be read. */
  readonly format: FormatComparison | null;
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
}

export interface VerifyRequest {
  /** Null to look at none. */
  readonly witnessDirectory: string | null;
  /** Whether that one must remember a ledger that is sealed; left out, it need not. */
  readonly witnessExpected?: boolean;
  /** What the witnesses elsewhere show; left out where there are none. */
  readonly elsewhere?: Elsewhere;
  /** A checkpoint that was kept elsewhere, with the key to open it by. */
  readonly checkpoint: GivenCheckpoint | null;
  /** What the store finds wrong below the level of events; left out where the store cannot tell. */
  readonly integrity?: () => readonly StorageFinding[];
}

const unjudged: Judged = { cosigned: null, faults: [], notes: [] };

/** A build that is older than the ledger's format is not a fault of the ledger. It limits what the verification can mean. */
function formatNotes(format: FormatComparison | null): string[] {
  if (format === null || format.lacking.length === 0) return [];
  return [
    `the format of the ledger is newer than this build, which lacks ${shown(format.lacking)}: bytes, chains and seals were ` +
      `verified, their meaning was not; verify with the newer build`,
  ];
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
 * Recomputes every hash, chain, artifact, the tree, every seal with what the next one would go on from, and every witnessed checkpoint,
 * folds the read models anew and looks at the storage below. It never says more than a seal covers: a hash chain cannot see a cut tail.
 * Damage is reported, never thrown.
 *
 * Errors: CheckpointInvalid for a malformed verifier key; StoreBusy, StoreUnavailable.
 */
export async function verifyLedger(ports: Ports, request: VerifyRequest): Promise<Verification> {
  const faults: Fault[] = [];
  const format = await stage(faults, 'ledger_stream_unreadable', 'the format of the ledger', null, async () =>
    compared((await new RecordedFormat(ports.store).current()).format),
  );
  const here = await outsideCheckpoints(ports, request.witnessDirectory, request.checkpoint);
  const outside = [...here, ...(request.elsewhere?.outside ?? [])];
  const keys = await stage<readonly VerifierKey[]>(faults, 'ledger_stream_unreadable', 'LedgerOpened and rotations', [], () =>
    keysOf(ports),
  );
  const scanned = await scan(ports, { keys, sizes: sizesIn(outside), streams: leafStreams(format?.recorded ?? formatOfBuild) });
  if (keys.length === 0 && scanned.events > 0)
    faults.push({ kind: 'ledger_unopened', ...nowhere, stream: ledgerStream, expected: 'LedgerOpened', actual: 'no key of the ledger' });
  const artifacts = await stage<Awaited<ReturnType<typeof artifactFaults>>>(
    faults,
    'database_damaged',
    'artifacts',
    { faults: [], count: 0 },
    () => artifactFaults(ports, scanned.references),
  );
  const witnessed = witnessFaults(ports, outside, scanned);
  const missing = request.witnessExpected === true ? await missingWitness(ports, request.witnessDirectory, here, scanned) : [];
  const judged = request.elsewhere === undefined ? unjudged : judgeCosignatures(ports, request.elsewhere, witnessed.holding, scanned);
  const findings =
    scanned.faults.length === 0
      ? await readModelFindings(ports)
      : { faults: [], notes: ['the read models were not compared: the events they are folded from are damaged'] };
  const storage = request.integrity?.() ?? [];
  faults.push(
    ...scanned.faults,
    ...artifacts.faults,
    ...scanned.sealFaults,
    ...missing,
    ...witnessed.faults,
    ...judged.faults,
    ...findings.faults,
  );
  faults.push(...storage.map(({ kind, detail }) => ({ kind, ...nowhere, expected: 'storage as it was written', actual: detail })));
  const sealedTo = Math.max(scanned.sealedTo, witnessed.sealedTo);
  return {
    events: scanned.events,
    streams: scanned.streams,
    artifacts: artifacts.count,
    sealedTo,
    unsealed: scanned.size - sealedTo,
    witnessedTo: witnessed.sealedTo,
    cosigned: judged.cosigned,
    format,
    faults,
    notes: [...formatNotes(format), ...judged.notes, ...findings.notes],
  };
}
