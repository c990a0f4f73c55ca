import { signCheckpoint } from '../../domain/audit/checkpoint.ts';
import { createMerkleTree } from '../../domain/audit/merkle.ts';
import { parseVerifierKey } from '../../domain/audit/signed-note.ts';
import { fromHex, toHex } from '../../domain/shared/hashing.ts';
import { readKeyFile } from '../../handlers/ledger/key-file.ts';
import { leavesAfter } from '../../handlers/read-models/leaves.ts';
import { witness } from '../../handlers/ledger/witness.ts';
import { appendAtTail, readWholeStream } from '../../handlers/runtime/record.ts';
import { tailOf } from '../../handlers/runtime/stored-events.ts';
import type { LedgerSession } from './ledger-session.ts';

/** Seals as version 0.1.0 did: the event stands in `ledger`, in version 1, and nothing in it helps the next seal. */
export async function sealAsVersion1({ session, settings }: LedgerSession): Promise<number> {
  const { ports } = session;
  const tree = createMerkleTree(ports.crypto.sha256);
  for await (const leaf of leavesAfter(ports.store, null)) tree.append(fromHex(leaf.hash));
  const { size } = tree;
  const root = tree.root();
  const keyFile = await readKeyFile(ports, settings);
  const seed = fromHex(keyFile.privateSeedHex);
  const checkpoint = signCheckpoint(
    { origin: keyFile.origin, size, root },
    parseVerifierKey(ports.crypto.sha256, keyFile.verifierKey),
    (message) => ports.crypto.sign(seed, message),
  );
  const tail = tailOf(await readWholeStream(ports.store, 'ledger'));
  const drafts = [{ type: 'LedgerSealed', schemaVersion: 1, data: { treeSize: size, root: toHex(root), checkpoint } }];
  await appendAtTail(session, tail, { stream: 'ledger', drafts, command: ['ledger', 'LedgerSealed', size], correlation: 'ledger' });
  await witness(ports, settings.witness!, size, checkpoint);
  return size;
}
