import { toBase64 } from '../../domain/audit/base64.ts';
import { formatVerifierKey, parseVerifierKey, type VerifierKey, verifierKeyOf } from '../../domain/audit/signed-note.ts';
import { draftEvent } from '../../domain/catalogue.ts';
import type { Decider } from '../../domain/shared/decider.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { fromHex, toHex } from '../../domain/shared/hashing.ts';
import type { LedgerOpened, SigningKeyRotated } from '../../domain/shared/ledger-events.ts';
import type { Ports } from '../ports.ts';
import { handleCommand } from '../record.ts';
import type { Session } from '../session.ts';
import type { Settings } from '../settings.ts';
import { type KeyFile, keyFileOf, readKeyFile, writeKeyFile } from './key-file.ts';
import { keysOf, rotationMessage } from './keys.ts';
import { ledgerStream } from './open-ledger.ts';

export interface Rotation {
  readonly verifierKeyBefore: string;
  readonly verifierKeyAfter: string;
  readonly keyFile: string;
  /** The old key, kept: with it old signatures can still be explained, and nothing new can be sealed. */
  readonly retiredFile: string;
  /** True when a rotation that had been interrupted was completed and none begun. */
  readonly completed: boolean;
}

type KeyEvent = { readonly type: 'LedgerOpened'; readonly data: LedgerOpened } | { readonly type: 'SigningKeyRotated'; readonly data: SigningKeyRotated };

/** The same rotation again changes nothing; one away from a key that no longer signs is refused. */
const rotationDecider: Decider<SigningKeyRotated, { readonly key: string | null }, KeyEvent> = {
  initialState: { key: null },
  evolve: (state, event) => {
    if (event.type === 'LedgerOpened') return { key: event.data.verifierKey };
    return event.type === 'SigningKeyRotated' ? { key: event.data.verifierKeyAfter } : state;
  },
  decide: (command, { key }) => {
    if (key === command.verifierKeyAfter) return [];
    if (key !== command.verifierKeyBefore) {
      throw new LedgerError('WrongExpectedRevision', 'somebody else has rotated the key meanwhile', { evidence: { expected: command.verifierKeyBefore, actual: key } });
    }
    return [{ type: 'SigningKeyRotated', data: command }];
  },
};

function withNewKey(ports: Pick<Ports, 'crypto'>, file: KeyFile): KeyFile & { readonly next: NonNullable<KeyFile['next']> } {
  if (file.next !== undefined) return { ...file, next: file.next };
  const { privateSeed, publicKey } = ports.crypto.newKeyPair();
  const verifierKey = formatVerifierKey(verifierKeyOf(ports.crypto.sha256, file.origin, publicKey));
  return { ...file, next: { verifierKey, privateSeedHex: toHex(privateSeed) } };
}

/** Keeps the old key beside the file, then lets the new one take its place. */
async function putInPlace(ports: Pick<Ports, 'files' | 'crypto'>, settings: Settings, file: KeyFile, next: NonNullable<KeyFile['next']>): Promise<string> {
  const { next: _, ...old } = file;
  const retiredFile = `${keyFileOf(settings)}.${parseVerifierKey(ports.crypto.sha256, old.verifierKey).keyId}.retired`;
  await ports.files.writeWhole(retiredFile, `${JSON.stringify(old, null, 2)}\n`, { mode: 0o600 });
  await writeKeyFile(ports, settings, { ...old, ...next });
  return retiredFile;
}

/**
 * The key file with the key that the ledger signs with now. A rotation may have been interrupted after it was recorded: the new key then
 * stands in the file as the next one and is put in its place. Errors: KeyMissing when the file holds neither.
 */
export async function keyInForce(ports: Ports, settings: Settings, keys: readonly VerifierKey[]): Promise<{ readonly keyFile: KeyFile; readonly completed: Rotation | null }> {
  const keyFile = await readKeyFile(ports, settings);
  const current = formatVerifierKey(keys.at(-1)!);
  if (keyFile.verifierKey === current) return { keyFile, completed: null };
  const { next } = keyFile;
  if (next?.verifierKey !== current) {
    throw new LedgerError('KeyMissing', `${keyFileOf(settings)} holds a key that the ledger no longer signs with`, {
      evidence: { inForce: current, inFile: keyFile.verifierKey },
      at: { file: keyFileOf(settings) },
    });
  }
  const retiredFile = await putInPlace(ports, settings, keyFile, next);
  const completed = { verifierKeyBefore: keyFile.verifierKey, verifierKeyAfter: current, keyFile: keyFileOf(settings), retiredFile, completed: true };
  return { keyFile: await readKeyFile(ports, settings), completed };
}

/**
 * Hands signing over to a new key. The new key is on disk before the ledger names it, and the old one until it has been replaced, so that
 * an interruption between any two steps leaves a file from which the next command (any seal, or this one again) carries on:
 *
 *  1. the key file gets the new key as `next`;  2. `SigningKeyRotated`, signed by the old key, is appended;
 *  3. the old key is written to `<key>.<keyId>.retired`;  4. the key file is replaced, whole.
 *
 * Errors: KeyMissing; WrongExpectedRevision when another rotation was faster.
 */
export async function rotateKey(session: Session, settings: Settings, why: string): Promise<Rotation> {
  const { ports } = session;
  const { keyFile, completed } = await keyInForce(ports, settings, await keysOf(ports));
  if (completed !== null) return completed;
  const prepared = withNewKey(ports, keyFile);
  await writeKeyFile(ports, settings, prepared);
  const verifierKeyBefore = keyFile.verifierKey;
  const verifierKeyAfter = prepared.next.verifierKey;
  const signature = toBase64(ports.crypto.sign(fromHex(keyFile.privateSeedHex), rotationMessage(verifierKeyBefore, verifierKeyAfter, why)));
  await handleCommand(
    session,
    {
      stream: ledgerStream,
      decider: rotationDecider,
      command: { verifierKeyBefore, verifierKeyAfter, signature, why },
      identity: ['SigningKeyRotated', verifierKeyAfter],
    },
    (event) => draftEvent(event.type, event.data as never),
  );
  const retiredFile = await putInPlace(ports, settings, keyFile, prepared.next);
  return { verifierKeyBefore, verifierKeyAfter, keyFile: keyFileOf(settings), retiredFile, completed: false };
}
