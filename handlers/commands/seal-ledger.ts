import type { Session } from '../runtime/session.ts';
import type { Settings } from '../runtime/settings.ts';
import { createSealer, type Sealing } from '../ledger/sealer.ts';

export type { Sealing };

/** Seals once. Errors: those of a `Sealer`. */
export function seal(session: Session, settings: Settings): Promise<Sealing> {
  return createSealer(session, settings).seal();
}
