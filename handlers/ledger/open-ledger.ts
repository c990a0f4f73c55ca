import { draftEvent } from '../../domain/catalogue.ts';
import { formatVerifierKey, verifierKeyOf } from '../../domain/audit/signed-note.ts';
import { wasRecordedConcurrently } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import type { LedgerOpened } from '../../domain/shared/ledger-events.ts';
import { ledgerStream } from '../../domain/shared/ledger-stream.ts';
import type { Ports } from '../ports/ports.ts';
import { recordNewStream } from '../runtime/record.ts';
import type { LedgerIdentity } from '../runtime/session.ts';
import { redacted, type Settings } from '../runtime/settings.ts';
import { beginWriting } from './begin-writing.ts';
import { eventAt } from '../runtime/stream-pages.ts';
import { heldKey } from './held-key.ts';
import { keyFileOf, createKeyFile, readKeyFile } from './key-file.ts';
import { KeyHistory, ledgerIdOf } from './keys.ts';
import { firstFormat } from './recorded-format.ts';
import { newWitnessesOf } from './witness-folder.ts';

/**
 * Null where there is no ledger. Errors: ChainBroken for one whose keys are no chain: opened twice, under another id than that of its key,
 * or rotated by nobody.
 */
export async function identityIn(ports: Ports): Promise<LedgerIdentity | null> {
  const keys = await new KeyHistory(ports).refresh();
  const { opened } = keys;
  if (opened === null) {
    const first = await eventAt(ports.store, ledgerStream, 0n);
    if (first === null) return null;
    throw new LedgerError('ChainBroken', `the ledger begins with ${first.type}`, { evidence: { type: first.type } });
  }
  const ledgerId = ledgerIdOf(ports.ids.uuidV5, keys.keys[0]!.publicKey);
  if (opened.ledgerId !== ledgerId)
    throw new LedgerError('ChainBroken', `the ledger bears the id ${opened.ledgerId}, and the key that opened it gives ${ledgerId}`, {
      evidence: { expected: ledgerId, actual: opened.ledgerId },
    });
  return opened;
}

/** Whose ledger a store holds, as far as it can be read: null when it cannot. */
export async function ledgerIdIn(ports: Ports): Promise<string | null> {
  try {
    return (await identityIn(ports))?.ledgerId ?? null;
  } catch {
    return null;
  }
}

/** The key of a new ledger: the one at hand when there is one, else a new one beside the store. Errors: KeyMismatch. */
async function provideKey(ports: Ports, settings: Settings): Promise<LedgerOpened> {
  if (!(await ports.files.exists(keyFileOf(settings)))) {
    const { privateSeed, publicKey } = ports.crypto.newKeyPair();
    const ledgerId = ledgerIdOf(ports.ids.uuidV5, publicKey);
    const origin = settings.origin ?? `sleeve-ledger.local/${ledgerId.slice(0, 8)}`;
    const verifierKey = formatVerifierKey(verifierKeyOf(ports.crypto.sha256, origin, publicKey));
    const witness = newWitnessesOf(ports, settings);
    const quorum = settings.witnessQuorum === null ? {} : { witnessQuorum: settings.witnessQuorum };
    await createKeyFile(ports, settings, { origin, verifierKey, privateSeedHex: toHex(privateSeed), witness, ...quorum });
  }
  const key = await readKeyFile(ports, settings);
  const { publicKey } = heldKey(ports, keyFileOf(settings), key);
  return { ledgerId: ledgerIdOf(ports.ids.uuidV5, publicKey), origin: key.origin, verifierKey: key.verifierKey };
}

/**
 * Opens the ledger in a store: to read it, or to write, which begins it where there is none and raises its format to what this build
 * writes. `onNew` is told before a ledger is begun.
 *
 * Errors: LedgerMissing; ChainBroken for one whose keys are no chain; KeyMismatch for a new one; ClockAhead; StoreTooNew for a ledger to be
 * written that a newer build has raised, with nothing written, not even a key.
 */
export async function openLedger(
  ports: Ports,
  settings: Settings,
  toWrite: boolean,
  onNew: () => void = () => undefined,
): Promise<LedgerIdentity> {
  const existing = await identityIn(ports);
  if (existing === null && !toWrite)
    throw new LedgerError('LedgerMissing', `no ledger in ${redacted(settings.store)}`, { at: { file: redacted(settings.store) } });
  if (existing === null) onNew();
  const ledger = existing ?? (await begun(ports, settings));
  if (toWrite) await beginWriting({ ports, ledger, actor: settings.actor });
  return ledger;
}

/**
 * Begins a ledger with its identity and its format, in one append. A store may let somebody write who may not read it as a whole: that is
 * found out before there is a ledger, or a key.
 */
async function begun(ports: Ports, settings: Settings): Promise<LedgerIdentity> {
  await ports.store.head();
  const data = await provideKey(ports, settings);
  try {
    await recordNewStream(ports, data.ledgerId, settings.actor, {
      stream: ledgerStream,
      drafts: [draftEvent('LedgerOpened', data), firstFormat()],
      command: ['LedgerOpened', data.ledgerId],
      correlation: data.ledgerId,
    });
  } catch (error) {
    // Another process opened it at the same moment: its ledger is the ledger.
    if (!wasRecordedConcurrently(error)) throw error;
  }
  return (await identityIn(ports))!;
}
