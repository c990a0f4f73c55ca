import { LedgerError } from '../../../domain/shared/errors.ts';
import { StreamFolds } from '../../runtime/folds.ts';
import { lastSeal } from '../../ledger/last-seal.ts';
import { createSealer } from '../../ledger/sealer.ts';
import { pause } from '../../runtime/pause.ts';
import type { Session } from '../../runtime/session.ts';
import type { Settings } from '../../runtime/settings.ts';
import { createDirectoryWatcher, type WatchOptions, type WatchOutcome } from './directory-watcher.ts';
import { watching } from './watching.ts';
import { enforcingFormat } from '../enforcing-format.ts';
import { keepingLedger } from '../keeping-ledger.ts';
import { createRoles } from '../roles.ts';
import { supervise } from '../supervise.ts';

export type { WatchOptions, WatchOutcome };

export interface WatchWork {
  readonly settings: Settings;
  readonly signal: AbortSignal;
  /** False leaves what was recorded unsealed. */
  readonly sealed: boolean;
}

export interface WatchedOnce {
  readonly runs: readonly WatchOutcome[];
  /** Directories that were seen and are not complete, or not runs. */
  readonly incomplete: readonly string[];
}

/** Imports what is complete, and ends: two looks see the same. Errors: FileMissing, Interrupted and those of the store. */
export async function watchOnce(session: Session, options: WatchOptions, { settings, signal, sealed }: WatchWork): Promise<WatchedOnce> {
  const watcher = createDirectoryWatcher(session, options);
  const first = await watcher.sweep(signal);
  await pause(options.settleMs, signal);
  const runs = [...first, ...(await watcher.sweep(signal))];
  if (signal.aborted) throw new LedgerError('Interrupted', `interrupted after ${runs.length} directories`);
  if (sealed) await createSealer(session, settings).seal();
  return { runs, incomplete: watcher.incomplete };
}

export interface Watched {
  readonly counts: Readonly<Record<WatchOutcome['kind'], number>>;
  readonly sealedTo: number | null;
}

/** Imports, and allocates what follows, until it is stopped. Errors: FileMissing and those of the store. */
export async function watchContinuously(opened: Session, options: WatchOptions, { settings, signal, sealed }: WatchWork): Promise<Watched> {
  const session: Session = { ...opened, folds: new StreamFolds(opened.ports.store) };
  const sealer = createSealer(session, settings);
  const counts: Record<WatchOutcome['kind'], number> = { imported: 0, already: 0, ineligible: 0, broken: 0 };
  const onOutcome = (outcome: WatchOutcome): void => {
    counts[outcome.kind]++;
    options.onOutcome?.(outcome);
  };
  const holder = session.ports.runtime.processName;
  const others = createRoles(session, sealed ? ['react', 'project', 'seal'] : ['react', 'project'], {
    settings,
    broker: null,
    sealer,
    concurrency: 1,
    holder,
  });
  await supervise(
    [watching(session, { ...options, onOutcome }), ...others, enforcingFormat(session), keepingLedger(session)],
    signal,
    session.ports,
  );
  return { counts, sealedTo: sealed ? await lastSeal(sealer, session.ports.log) : null };
}
