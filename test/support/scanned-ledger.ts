import { createNodeCrypto } from '../../infra/crypto/node-crypto.ts';
import { formatVerifierKey, type VerifierKey, verifierKeyOf } from '../../domain/audit/signed-note.ts';
import { PackedReferences } from '../../handlers/ledger/packed-references.ts';
import type { HeldCheckpoint } from '../../handlers/ledger/verify-witness.ts';
import type { Scan } from '../../handlers/ledger/verify-scan.ts';

const crypto = createNodeCrypto();

/** A key of which only the public half is kept, by a number: the same number gives the same key. */
export function numberedKey(number: number, name = 'desk.example'): { readonly key: VerifierKey; readonly text: string } {
  const key = verifierKeyOf(crypto.sha256, name, crypto.publicKeyOf(new Uint8Array(32).fill(number)));
  return { key, text: formatVerifierKey(key) };
}

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
