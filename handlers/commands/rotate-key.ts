import { toBase64 } from '../../domain/audit/base64.ts';
import type { Decider } from '../../domain/shared/decider.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { fromHex } from '../../domain/shared/hashing.ts';
import type { SigningKeyRotated } from '../../domain/shared/ledger-events.ts';
import { draftLedger, type LedgerDraft, type LedgerEvent } from '../../domain/shared/ledger-slice.ts';
import { ledgerStreamKind } from '../../domain/shared/ledger-stream.ts';
import { bindStream } from '../../domain/shared/stream.ts';
import { keyFileOf, readKeyFile, writeKeyFile } from '../ledger/key-file.ts';
import { keyInForce, replaceKeyFile, type Rotation, withNewKey } from '../ledger/key-in-force.ts';
import { keysOf, nextKey, rotationMessage } from '../ledger/keys.ts';
import { handleCommand } from '../runtime/record.ts';
import type { Session } from '../runtime/session.ts';
import type { Settings } from '../runtime/settings.ts';

/** The same rotation again changes nothing; one away from a key that no longer signs is refused. */
const rotationDecider: Decider<SigningKeyRotated, { readonly key: string | null }, LedgerEvent, LedgerDraft> = {
  initialState: { key: null },
  evolve: (state, event) => {
    if (event.type === 'LedgerOpened') return { key: event.data.verifierKey };
    return event.type === 'SigningKeyRotated' ? { key: event.data.verifierKeyAfter } : state;
  },
  decide: (command, { key }) => {
    if (key === command.verifierKeyAfter) return [];
    if (key !== command.verifierKeyBefore) {
      throw new LedgerError('WrongExpectedRevision', 'somebody else has rotated the key meanwhile', {
        evidence: { expected: command.verifierKeyBefore, actual: key },
      });
    }
    return [draftLedger('SigningKeyRotated', command)];
  },
};

const rotating = bindStream(ledgerStreamKind, {
  decider: rotationDecider,
  identityOf: ({ verifierKeyAfter }) => ['SigningKeyRotated', verifierKeyAfter],
});

/**
 * Hands signing over to a new key. The new key is on disk before the ledger names it, and the old one until it has been replaced, so that
 * an interruption between any two steps leaves a file from which the next command (any seal, or this one again) carries on:
 *
 *  1. the key file gets the new key as `next`;  2. `SigningKeyRotated`, signed by the old key, is appended;
 *  3. the old key is written to `<key>.<keyId>.retired`;  4. the key file is replaced, whole.
 *
 * Errors: KeyMissing; KeyMismatch; WrongExpectedRevision when another rotation was faster.
 */
export async function rotateKey(session: Session, settings: Settings, why: string): Promise<Rotation> {
  const { ports } = session;
  const keys = await keysOf(ports);
  const { keyFile, completed } = await keyInForce(ports, settings, await readKeyFile(ports, settings), keys);
  if (completed !== null) return completed;
  const prepared = withNewKey(ports, keyFile);
  await writeKeyFile(ports, settings, prepared);
  const verifierKeyBefore = keyFile.verifierKey;
  const verifierKeyAfter = prepared.next.verifierKey;
  const signature = toBase64(ports.crypto.sign(fromHex(keyFile.privateSeedHex), rotationMessage(verifierKeyBefore, verifierKeyAfter, why)));
  const rotation = { verifierKeyBefore, verifierKeyAfter, signature, why };
  // Read as every later reader will read it, before it is recorded for ever.
  nextKey(ports, keys, rotation);
  await handleCommand(session, rotating, '', rotation);
  const retiredFile = await replaceKeyFile(ports, settings, keyFile, prepared.next);
  return { verifierKeyBefore, verifierKeyAfter, keyFile: keyFileOf(settings), retiredFile, completed: false };
}
