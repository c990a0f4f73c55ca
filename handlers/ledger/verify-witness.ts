import { type Checkpoint, readUnverifiedCheckpoint } from '../../domain/audit/checkpoint.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import { damageIn } from '../runtime/damage.ts';
import { type Fault, nowhere } from './fault.ts';
import type { Scan } from './verify-scan.ts';
import { openInForce, rootFault } from './verify-seals.ts';
import { witnessFiles } from './witness.ts';

export interface GivenCheckpoint {
  readonly file: string;
  readonly note: string;
  /** The key that anchors the verification beside it; null for none. */
  readonly verifierKey: string | null;
}

/** A checkpoint from outside the store; `damage` where the file could not even be read. */
export interface Outside {
  readonly file: string;
  readonly note: string | null;
  readonly damage: string | null;
}

/** A checkpoint from outside that holds. */
export interface HeldCheckpoint extends Outside {
  readonly size: number;
  /** Place in the chain of keys of the one that signed it. */
  readonly link: number;
}

export interface Witnessed {
  readonly faults: readonly Fault[];
  readonly held: readonly HeldCheckpoint[];
  /** Leaves under the widest checkpoint that holds. */
  readonly sealedTo: number;
}

/**
 * Every checkpoint in the witness folder, and one that was kept elsewhere: a ledger cannot be shorter or other than what they saw. They are
 * read before the ledger, which may grow and be sealed while it is verified.
 */
export async function outsideCheckpoints(
  ports: Pick<Ports, 'files'>,
  directory: string | null,
  given: GivenCheckpoint | null,
): Promise<readonly Outside[]> {
  const outside: Outside[] = [];
  for (const file of directory === null ? [] : await witnessFiles(ports, directory)) {
    try {
      outside.push({ file, note: await ports.files.readText(file), damage: null });
    } catch (error) {
      outside.push({ file, note: null, damage: damageIn(error) });
    }
  }
  return given === null ? outside : [...outside, { file: given.file, note: given.note, damage: null }];
}

/** The tree sizes of these checkpoints, signed or not. */
export function sizesIn(outside: readonly Outside[]): ReadonlySet<number> {
  const sizes = new Set<number>();
  for (const { note } of outside) {
    try {
      if (note !== null) sizes.add(readUnverifiedCheckpoint(note).size);
    } catch (error) {
      // A file that does not hold a checkpoint is judged once the keys are known.
      if (!(error instanceof LedgerError)) throw error;
    }
  }
  return sizes;
}

/** A ledger that is sealed has been witnessed: a witness that remembers nothing has been lost, or taken away. */
export async function missingWitness(
  { files }: Pick<Ports, 'files'>,
  directory: string | null,
  outside: readonly Outside[],
  { sealedTo }: Scan,
): Promise<readonly Fault[]> {
  if (directory === null || sealedTo === 0 || outside.some(({ file }) => file.startsWith(`${directory}/`))) return [];
  // The first seal may have been made since the folder was read: its checkpoint was kept before it was recorded.
  if ((await witnessFiles({ files }, directory)).length > 0) return [];
  const actual = (await files.exists(directory)) ? 'a folder without any' : 'no such folder';
  return [{ kind: 'witness_missing', ...nowhere, file: directory, expected: `checkpoints of the ${sealedTo} events sealed`, actual }];
}

function contradiction(
  { size, treeAt, lastPosition }: Scan,
  checkpoint: Checkpoint,
): Pick<Fault, 'kind' | 'position' | 'expected' | 'actual'> | null {
  if (checkpoint.size > size) {
    return {
      kind: 'sealed_tail_cut',
      position: lastPosition,
      expected: `${checkpoint.size} events`,
      actual: `${size} events, the last at position ${lastPosition}`,
    };
  }
  const found = rootFault(treeAt(checkpoint.size)!, checkpoint);
  return found === null ? null : { position: null, ...found };
}

/** Each is opened with the key of the ledger's chain that was in force over its size. */
export function witnessFaults(ports: Pick<Ports, 'crypto'>, outside: readonly Outside[], scanned: Scan): Witnessed {
  const faults: Fault[] = [];
  const held: HeldCheckpoint[] = [];
  for (const each of outside) {
    const { file, note, damage } = each;
    try {
      if (note === null) throw new LedgerError('CheckpointInvalid', damage!);
      const checkpoint = openInForce(ports, note, scanned.keys);
      const found = contradiction(scanned, checkpoint);
      if (found === null) held.push({ ...each, size: checkpoint.size, link: checkpoint.link });
      else faults.push({ ...nowhere, ...found, file });
    } catch (error) {
      faults.push({
        kind: 'checkpoint_invalid',
        ...nowhere,
        file,
        expected: 'a checkpoint signed by the key in force',
        actual: damageIn(error),
      });
    }
  }
  return { faults, held, sealedTo: Math.max(0, ...held.map(({ size }) => size)) };
}
