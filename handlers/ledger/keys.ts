import { fromBase64 } from '../../domain/audit/base64.ts';
import { parseVerifierKey, type VerifierKey } from '../../domain/audit/signed-note.ts';
import type { DomainEvent } from '../../domain/catalogue.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { ledgerStream } from '../../domain/shared/ledger-stream.ts';
import type { Ports, StoredEvent } from '../ports/ports.ts';
import { toDomainEvents } from '../runtime/stored-events.ts';
import { streamPages } from '../runtime/stream-pages.ts';

/** The text that an old key signs to hand over to a new one. */
export function rotationMessage(before: string, after: string, why: string): Uint8Array {
  return new TextEncoder().encode(`sleeve-ledger key rotation\n${before}\n${after}\n${why}\n`);
}

/**
 * The keys once another event of the ledger's own stream is known; a rotation must bear the signature of the key before it. Errors:
 * CheckpointInvalid.
 */
export function withKeyOf(ports: Pick<Ports, 'crypto'>, keys: readonly VerifierKey[], event: DomainEvent): readonly VerifierKey[] {
  if (event.type === 'LedgerOpened') return [...keys, parseVerifierKey(ports.crypto.sha256, event.data.verifierKey)];
  if (event.type !== 'SigningKeyRotated') return keys;
  const { verifierKeyBefore, verifierKeyAfter, signature, why } = event.data;
  const bytes = fromBase64(signature);
  const message = rotationMessage(verifierKeyBefore, verifierKeyAfter, why);
  if (bytes === null || !ports.crypto.verify(keys.at(-1)!.publicKey, message, bytes)) {
    throw new LedgerError('CheckpointInvalid', 'a rotation of the signing key is not signed by the key before it', {
      evidence: { verifierKeyAfter },
    });
  }
  return [...keys, parseVerifierKey(ports.crypto.sha256, verifierKeyAfter)];
}

/** Events that name a key. */
export const keyTypes: ReadonlySet<string> = new Set(['LedgerOpened', 'SigningKeyRotated']);

/**
 * The keys of a ledger with the places from which on each signs, and the newest seal of version 1, which stood in the same stream. Reading
 * on costs what is new: no seal has been added to this stream since version 2.
 */
export class KeyHistory {
  /** Every key that the ledger has signed with, oldest first. */
  keys: readonly VerifierKey[] = [];
  lastSealHere: StoredEvent | null = null;
  readonly #ports: Pick<Ports, 'store' | 'crypto'>;
  readonly #positions: string[] = [];
  #next = 0n;

  constructor(ports: Pick<Ports, 'store' | 'crypto'>) {
    this.#ports = ports;
  }

  /** Errors: CheckpointInvalid for a rotation that the key before it did not sign. */
  async refresh(): Promise<this> {
    for await (const page of streamPages(this.#ports.store, ledgerStream, this.#next)) {
      for (const event of page) this.#take(event);
      this.#next += BigInt(page.length);
    }
    return this;
  }

  #take(event: StoredEvent): void {
    if (event.type === 'LedgerSealed') this.lastSealHere = event;
    if (!keyTypes.has(event.type)) return;
    this.keys = withKeyOf(this.#ports, this.keys, toDomainEvents([event])[0]!);
    this.#positions.push(event.position);
  }

  /** The key that signs a tree whose last leaf stands at a position. Errors: CheckpointInvalid. */
  inForceAt(position: string): VerifierKey {
    const key = this.keys.findLast((_, index) => this.#ports.store.comparePositions(this.#positions[index]!, position) <= 0);
    if (key === undefined)
      throw new LedgerError('CheckpointInvalid', 'the ledger names no key that could have signed it', { evidence: { position } });
    return key;
  }
}

/** Every key that the ledger has signed with, oldest first. Errors: CheckpointInvalid. */
export async function keysOf(ports: Pick<Ports, 'store' | 'crypto'>): Promise<readonly VerifierKey[]> {
  return (await new KeyHistory(ports).refresh()).keys;
}
