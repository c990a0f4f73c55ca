import type { OpenStore, StoreMode } from './open-store.ts';
import type { Ports, StorageFinding } from '../ports/ports.ts';
import type { Session } from './session.ts';
import type { Settings } from './settings.ts';

/** Everything of the world but the store. */
export type Tools = Omit<Ports, 'store' | 'artifacts' | 'readModels' | 'checkpoints' | 'deliveries' | 'time'>;

/** A store that may be damaged, with what is wrong below the level of its events. */
export interface Examined {
  readonly ports: Ports;
  readonly integrity: () => readonly StorageFinding[];
}

/** Ways to a ledger, for what has to open one itself. */
export interface Opening {
  readonly settings: Settings;
  readonly tools: Tools;
  /** Opens the ledger to ask it; its read models are brought up to date. Errors: LedgerMissing. */
  readonly reading: () => Promise<Session>;
  /** Opens a store without believing anything of it: for verification. Errors: LedgerMissing, NotALedger, StoreIo. */
  readonly examining: () => Promise<Examined>;
  /** Opens the ledger to write: the first write creates it and its key. */
  readonly writing: () => Promise<Session>;
  /** Opens a store by its location, whatever it holds. The caller closes it in the end; closing it earlier does no harm. */
  readonly opening: (location: string, mode: StoreMode) => Promise<OpenStore>;
}
