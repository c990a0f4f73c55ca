import { fromBase64 } from '../../domain/audit/base64.ts';
import { formatVerifierKey, parseVerifierKey, type VerifierKey } from '../../domain/audit/signed-note.ts';
import type { DomainEvent } from '../../domain/catalogue.ts';
import { derivedUuid, type UuidV5 } from '../../domain/run/derived-uuid.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import type { LedgerOpened, SigningKeyRotated } from '../../domain/shared/ledger-events.ts';
import { ledgerStream } from '../../domain/shared/ledger-stream.ts';
import type { Ports, StoredEvent } from '../ports/ports.ts';
import { damageIn } from '../runtime/damage.ts';
import { toDomainEvents } from '../runtime/stored-events.ts';
import { streamPages } from '../runtime/stream-pages.ts';
import { at, type Fault } from './fault.ts';

type Crypto = Pick<Ports, 'crypto'>;

/** A ledger is named by the key that opened it. */
export function ledgerIdOf(uuidV5: UuidV5, publicKey: Uint8Array): string {
  return derivedUuid(uuidV5, ['ledger', toHex(publicKey)]);
}

/** The text that an old key signs to hand over to a new one. */
export function rotationMessage(before: string, after: string, why: string): Uint8Array {
  return new TextEncoder().encode(`sleeve-ledger key rotation\n${before}\n${after}\n${why}\n`);
}

function broken(sentence: string, evidence: Record<string, unknown>): LedgerError {
  return new LedgerError('ChainBroken', sentence, { evidence });
}

function firstKey({ crypto }: Crypto, keys: readonly VerifierKey[], revision: bigint, { origin, verifierKey }: LedgerOpened): VerifierKey {
  if (keys.length > 0 || revision !== 0n)
    throw broken(`the ledger is opened again by ${ledgerStream}@${revision}: a ledger has one LedgerOpened, its first event`, {
      stream: ledgerStream,
      revision: Number(revision),
      verifierKey,
    });
  const key = parseVerifierKey(crypto.sha256, verifierKey);
  if (key.name !== origin) throw broken('the ledger is opened under another name than that of its key', { origin, verifierKey });
  return key;
}

/**
 * The key that a rotation puts in force behind these. Errors: ChainBroken for one that the key in force did not sign, CheckpointInvalid for
 * a malformed key.
 */
export function nextKey({ crypto }: Crypto, keys: readonly VerifierKey[], rotation: SigningKeyRotated): VerifierKey {
  const { verifierKeyBefore, verifierKeyAfter, signature, why } = rotation;
  const evidence = { verifierKeyBefore, verifierKeyAfter };
  const inForce = keys.at(-1);
  if (inForce === undefined || formatVerifierKey(inForce) !== verifierKeyBefore)
    throw broken('a rotation of the signing key hands over from another key than the one in force', evidence);
  const bytes = fromBase64(signature);
  if (bytes === null || !crypto.verify(inForce.publicKey, rotationMessage(verifierKeyBefore, verifierKeyAfter, why), bytes))
    throw broken('a rotation of the signing key is not signed by the key before it', evidence);
  const key = parseVerifierKey(crypto.sha256, verifierKeyAfter);
  if (key.name !== inForce.name) throw broken('a rotation of the signing key changes the name under which the ledger signs', evidence);
  if (keys.some(({ publicKey }) => toHex(publicKey) === toHex(key.publicKey)))
    throw broken('a rotation of the signing key hands over to a key that has been retired', evidence);
  return key;
}

/**
 * The keys once another event of the ledger's own stream is known. A key is in force by `LedgerOpened`, once and at revision 0, or by a
 * rotation that the key before it has signed, and by nothing else. Errors: ChainBroken; CheckpointInvalid for a malformed key.
 */
function withKeyOf(ports: Crypto, keys: readonly VerifierKey[], event: DomainEvent, revision: bigint): readonly VerifierKey[] {
  if (event.type === 'LedgerOpened') return [...keys, firstKey(ports, keys, revision, event.data)];
  return event.type === 'SigningKeyRotated' ? [...keys, nextKey(ports, keys, event.data)] : keys;
}

/** Events that name a key. */
const keyTypes: ReadonlySet<string> = new Set(['LedgerOpened', 'SigningKeyRotated']);

/**
 * The keys of a ledger with the places from which on each signs, and the newest seal of version 1, which stood in the same stream. Reading
 * on costs what is new: no seal has been added to this stream since version 2.
 */
export class KeyHistory {
  /** Every key that the ledger has signed with, oldest first. */
  keys: readonly VerifierKey[] = [];
  lastSealHere: StoredEvent | null = null;
  /** What `LedgerOpened` says; null while nothing does. */
  opened: LedgerOpened | null = null;
  readonly #ports: Pick<Ports, 'store' | 'crypto'>;
  readonly #positions: string[] = [];
  #next = 0n;

  constructor(ports: Pick<Ports, 'store' | 'crypto'>) {
    this.#ports = ports;
  }

  /** Errors: ChainBroken for a second `LedgerOpened`, and for a rotation that the key before it did not sign. */
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
    const known = toDomainEvents([event])[0]!;
    this.keys = withKeyOf(this.#ports, this.keys, known, event.revision);
    if (known.type === 'LedgerOpened') this.opened = known.data;
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

/** Every key that the ledger has signed with, oldest first. Errors: ChainBroken. */
export async function keysOf(ports: Pick<Ports, 'store' | 'crypto'>): Promise<readonly VerifierKey[]> {
  return (await new KeyHistory(ports).refresh()).keys;
}

/** A key in force, and the revision in stream `ledger` from which on it is. */
export interface KeyLink {
  readonly key: VerifierKey;
  readonly revision: bigint;
}

export interface ExaminedKeys {
  /** The chain as far as it holds, oldest first. */
  readonly links: readonly KeyLink[];
  /** Events that name a key and put none in force. */
  readonly faults: readonly Fault[];
}

/** The chain of keys, believing nothing of it: an event that breaks it is a fault and puts no key in force. */
export async function examinedKeys(ports: Pick<Ports, 'store' | 'crypto' | 'ids'>): Promise<ExaminedKeys> {
  const links: KeyLink[] = [];
  const faults: Fault[] = [];
  for await (const page of streamPages(ports.store, ledgerStream, 0n)) {
    for (const event of page) {
      if (!keyTypes.has(event.type)) continue;
      try {
        const known = toDomainEvents([event])[0]!;
        const keys = withKeyOf(
          ports,
          links.map(({ key }) => key),
          known,
          event.revision,
        );
        links.push({ key: keys.at(-1)!, revision: event.revision });
        faults.push(...idFaults(ports, event, known, keys[0]!));
      } catch (error) {
        const actual = damageIn(error);
        // A second opening is told with its leaf, where the events are read in their order.
        if (event.type === 'SigningKeyRotated')
          faults.push({ kind: 'rotation_invalid', ...at(event), expected: 'a rotation signed by the key in force', actual });
        else if (event.revision === 0n) faults.push({ kind: 'ledger_stream_unreadable', ...at(event), expected: 'LedgerOpened', actual });
      }
    }
  }
  return { links, faults };
}

function idFaults({ ids }: Pick<Ports, 'ids'>, stored: StoredEvent, event: DomainEvent, key: VerifierKey): Fault[] {
  if (event.type !== 'LedgerOpened') return [];
  const expected = ledgerIdOf(ids.uuidV5, key.publicKey);
  return event.data.ledgerId === expected ? [] : [{ kind: 'ledger_id_differs', ...at(stored), expected, actual: event.data.ledgerId }];
}
