import { formatVerifierKey } from '../../domain/audit/signed-note.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { openedSeal } from '../ledger/holding-seal.ts';
import { KeyHistory } from '../ledger/keys.ts';
import { newestSeal } from '../ledger/seals.ts';
import type { Ports } from '../ports/ports.ts';

/** The newest seal of a ledger, for whoever keeps it elsewhere. */
export interface NewestCheckpoint {
  readonly origin: string;
  readonly treeSize: number;
  /** RFC 6962 root, hexadecimal. */
  readonly root: string;
  /** The signed note. */
  readonly checkpoint: string;
  /** Every key that the ledger has signed with, oldest first. */
  readonly verifierKeys: readonly string[];
  readonly sealedAt: string;
  readonly eventId: string;
  readonly position: string;
}

/** Errors: NotSealed, CheckpointInvalid, ChainBroken. */
export async function newestCheckpoint(ports: Pick<Ports, 'store' | 'crypto'>): Promise<NewestCheckpoint> {
  const history = await new KeyHistory(ports).refresh();
  const seal = await newestSeal(ports.store, history);
  if (seal === null) throw new LedgerError('NotSealed', 'nothing of this ledger is sealed yet');
  const { event } = seal;
  const { treeSize, root, checkpoint, key } = await openedSeal(ports, seal, history);
  return {
    origin: key.name,
    treeSize,
    root,
    checkpoint,
    verifierKeys: history.keys.map((one) => formatVerifierKey(one)),
    sealedAt: event.recordedAt,
    eventId: event.id,
    position: event.position,
  };
}
