import { beginWriting } from '../../handlers/ledger/begin-writing.ts';
import { openLedger } from '../../handlers/ledger/open-ledger.ts';
import { timeOfLedger } from '../../handlers/ledger/time-of-ledger.ts';
import { StreamFolds } from '../../handlers/runtime/folds.ts';
import type { StoreMode } from '../../handlers/runtime/open-store.ts';
import type { Patience } from '../../handlers/runtime/outage.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import { redacted, type Settings } from '../../handlers/runtime/settings.ts';
import type { Tools } from './verb.ts';
import type { World } from './world.ts';

export { beginWriting };

export interface Manner {
  /** Whether a ledger that is missing is made by the first write; `onNew` is told of it. */
  readonly mayMake: boolean;
  readonly onNew: (store: string) => void;
  /** How long a store that is away is waited for. */
  readonly patience: Patience;
  /** Why a clock that is ahead is accepted; null when it is not. */
  readonly acceptedJumpWhy: string | null;
}

/** Opens the ledger of the settings, and makes it where it is missing and may be made. Errors: those of `openLedger` and of the store. */
export async function beginSession(world: World, tools: Tools, settings: Settings, manner: Manner, mode: StoreMode): Promise<Session> {
  const { store } = settings;
  const { mayMake, onNew, patience, acceptedJumpWhy } = manner;
  const makes = mode === 'write' && mayMake;
  const opened = await world.openStore(store, mode === 'write' && !makes ? 'read' : mode, tools.log, patience);
  const time = timeOfLedger({ ...tools, ...opened }, settings, acceptedJumpWhy);
  const ports = { ...tools, ...opened, time };
  try {
    const ledger = await patience(() => openLedger(ports, settings, makes, () => onNew(redacted(store))));
    const { user } = world;
    const session: Session = {
      ports,
      ledger,
      actor: settings.actor,
      ...(user === undefined ? {} : { localUser: user }),
      folds: new StreamFolds(ports.store),
    };
    if (mode === 'write' && !makes) await beginWriting(session);
    return session;
  } catch (error) {
    await opened.store.close();
    throw error;
  }
}
