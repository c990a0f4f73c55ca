import { PackedReferences } from '../../handlers/ledger/packed-references.ts';
import type { HeldCheckpoint } from '../../handlers/ledger/verify-witness.ts';
import type { Scan } from '../../handlers/ledger/verify-scan.ts';

/** What one pass over a ledger without faults found: ten events, nothing of them sealed. */
export function scanOf(change: Partial<Scan> = {}): Scan {
  return {
    faults: [],
    sealFaults: [],
    references: new PackedReferences(),
    keys: { keys: [], leaves: [] },
    size: 10,
    treeAt: () => null,
    sealedTo: 0,
    sealedBy: [],
    events: 10,
    streams: 1,
    lastPosition: '70',
    ...change,
  };
}

/** A checkpoint from outside that holds, signed by the key at a place of the chain. */
export function heldAt(file: string, size: number, link = 0, note: string | null = 'note'): HeldCheckpoint {
  return { file, note, damage: null, size, link };
}
