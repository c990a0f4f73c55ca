import { readUnverifiedCheckpoint } from '../../domain/audit/checkpoint.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import type { Ports } from '../ports/ports.ts';
import { KeyHistory } from './keys.ts';
import { newestSeal } from './seals.ts';
import { widestNote } from './witness.ts';

/** How the widest witnessed checkpoint stands to the newest seal of the store. */
export type Witnessed =
  | { readonly kind: 'nothing witnessed' }
  | { readonly kind: 'covered' | 'cut' | 'other'; readonly witnessed: number; readonly sealed: number };

/**
 * A witness is written after its seal: one that remembers more than the newest seal covers, or another root at the same size, has seen
 * what the store no longer holds. That a longer ledger still holds it, only verification knows. Errors: CheckpointInvalid.
 */
export async function compareWitness(ports: Pick<Ports, 'store' | 'crypto' | 'files'>, directory: string): Promise<Witnessed> {
  const widest = await widestNote(ports, directory);
  if (widest === null) return { kind: 'nothing witnessed' };
  const { size: witnessed, root } = readUnverifiedCheckpoint(widest.note);
  const seal = await newestSeal(ports.store, await new KeyHistory(ports).refresh());
  const sealed = seal?.data.treeSize ?? 0;
  if (witnessed > sealed) return { kind: 'cut', witnessed, sealed };
  return { kind: witnessed === sealed && seal?.data.root !== toHex(root) ? 'other' : 'covered', witnessed, sealed };
}
