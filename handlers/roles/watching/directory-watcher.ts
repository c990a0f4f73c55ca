import { isDiskFault, isRetryable, wasInterrupted } from '../../../domain/shared/error-kinds.ts';
import { type ErrorCode, LedgerError } from '../../../domain/shared/errors.ts';
import { settleSleeveRun } from '../../commands/flow-production.ts';
import { grossMaxIn, type ReadImport, readOpenedRun } from '../../commands/import-sleeve-run.ts';
import type { NameMapping } from '../../intake/run-directory/return-file-names.ts';
import { manifestPath } from '../../intake/run-directory/run-files.ts';
import type { RunDirectory, RunDirectoryCandidate } from '../../ports/ports.ts';
import { pause } from '../../runtime/pause.ts';
import { openedLedger, type Session } from '../../runtime/session.ts';

export interface WatchOptions {
  /** Each directory directly below it is one run. */
  readonly folder: string;
  /** Under which name runs are filed; null takes the profile that each manifest names. */
  readonly profile: string | null;
  readonly map: NameMapping;
  /** Between two looks: a run is complete when nothing of it changed in between. */
  readonly settleMs: number;
  readonly onOutcome?: (outcome: WatchOutcome) => void;
}

export interface WatchOutcome {
  /** Name of the directory. */
  readonly directory: string;
  readonly kind: 'imported' | 'already' | 'ineligible' | 'broken';
  readonly sleeve: string | null;
  readonly runId: string | null;
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
}

export interface DirectoryWatcher {
  /** One look at the folder: imports what is unchanged since the look before, and notes the rest. */
  sweep(signal?: AbortSignal): Promise<readonly WatchOutcome[]>;
  /** Looks again and again until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Directories that were seen and are not complete, or not runs. */
  readonly incomplete: readonly string[];
}

interface Seen {
  readonly mark: string;
  /** Names and sizes of all files; null while the manifest is missing. */
  readonly listing: string | null;
  /** Recorded, or refused for what it says: looked at again once it changes. */
  readonly settled: 'taken' | 'refused' | null;
  /** What was reported last, so that it is reported once. */
  readonly reported: string | null;
}

class Watcher implements DirectoryWatcher {
  readonly #session: Session;
  readonly #options: WatchOptions;
  #seen = new Map<string, Seen>();

  constructor(session: Session, options: WatchOptions) {
    this.#session = session;
    this.#options = options;
  }

  get incomplete(): readonly string[] {
    return [...this.#seen].filter(([, { settled, reported }]) => settled === null && reported === null).map(([name]) => name);
  }

  async sweep(signal?: AbortSignal): Promise<readonly WatchOutcome[]> {
    const candidates = await this.#session.ports.runDirectories.below(this.#options.folder);
    const names = new Set(candidates.map(({ name }) => name));
    for (const name of this.#seen.keys()) if (!names.has(name)) this.#seen.delete(name);
    const outcomes: WatchOutcome[] = [];
    for (const candidate of candidates) {
      if (signal?.aborted === true) break;
      const outcome = await this.#look(candidate);
      if (outcome !== null) outcomes.push(this.#report(outcome));
    }
    return outcomes;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.sweep(signal);
      } catch (error) {
        if (!isRetryable(error)) throw error;
        this.#session.ports.log.warn({ code: error.code, error: error.message }, 'the store did not accept a run; it will be tried again');
      }
      await pause(this.#options.settleMs, signal);
    }
  }

  async #look({ name, mark }: RunDirectoryCandidate): Promise<WatchOutcome | null> {
    const { ports } = this.#session;
    const before = this.#seen.get(name);
    if (before?.settled === 'taken' && before.mark === mark) return null;
    let directory: RunDirectory;
    let listing: string | null;
    try {
      directory = await ports.runDirectories.openBelow(this.#options.folder, name);
      listing = await this.#listingOf(directory);
    } catch (error) {
      return this.#refused(name, { mark, listing: null }, error);
    }
    if (listing === null || listing !== before?.listing || mark !== before.mark) {
      this.#seen.set(name, { mark, listing, settled: null, reported: null });
      return null;
    }
    return before.settled === 'refused' ? null : this.#take(name, directory, { mark, listing });
  }

  async #listingOf(directory: RunDirectory): Promise<string | null> {
    const entries = await directory.list();
    if (!entries.some(({ path }) => path === manifestPath)) return null;
    return this.#session.ports.crypto.sha256Hex(new TextEncoder().encode(JSON.stringify(entries.map(({ path, bytes }) => [path, bytes]))));
  }

  /** What changes while it is read was not complete: nothing about it is recorded or reported. */
  async #changedSince(directory: RunDirectory, listing: string): Promise<boolean> {
    return (await this.#listingOf(directory).catch(() => null)) !== listing;
  }

  async #take(
    name: string,
    directory: RunDirectory,
    at: { readonly mark: string; readonly listing: string },
  ): Promise<WatchOutcome | null> {
    const { profile, map } = this.#options;
    let read: ReadImport | null = null;
    let failure: unknown = null;
    try {
      read = await readOpenedRun(this.#session.ports, directory, { profile, map, correction: 0 });
    } catch (error) {
      // Whoever stops says nothing of what was not read.
      if (wasInterrupted(error)) return null;
      failure = error;
    }
    if (await this.#changedSince(directory, at.listing)) {
      this.#seen.set(name, { ...at, listing: null, settled: null, reported: null });
      return null;
    }
    return read === null ? this.#refused(name, at, failure) : this.#record(name, read, at);
  }

  async #record(
    name: string,
    { identified, compute }: ReadImport,
    at: { readonly mark: string; readonly listing: string },
  ): Promise<WatchOutcome | null> {
    const { names, sleeve } = identified;
    let refusal: unknown = null;
    const grossMax = await grossMaxIn(this.#session, sleeve);
    const computed = (): ReturnType<typeof compute> => {
      try {
        return compute(grossMax);
      } catch (error) {
        refusal = error;
        throw error;
      }
    };
    try {
      const { runId, grade, already } = await settleSleeveRun(openedLedger(this.#session), names, computed, null);
      this.#seen.set(name, { ...at, settled: 'taken', reported: null });
      const kind = already ? 'already' : grade === 'INELIGIBLE' ? 'ineligible' : 'imported';
      return { directory: name, kind, sleeve, runId, error: null };
    } catch (error) {
      if (error !== refusal && (!(error instanceof LedgerError) || error.code !== 'EventContentConflict')) throw error;
      return this.#refused(name, at, error);
    }
  }

  #refused(name: string, at: Pick<Seen, 'mark' | 'listing'>, error: unknown): WatchOutcome | null {
    if (!(error instanceof LedgerError)) throw error;
    // Gone between the list of directories and the look at this one.
    if (error.code === 'FileMissing' && at.listing === null) return null;
    const reported = this.#seen.get(name)?.reported;
    // Of the machine, not of the files: they may be readable at the next look.
    const passing = error.code === 'FileMissing' || isDiskFault(error);
    this.#seen.set(name, { ...at, settled: passing || at.listing === null ? null : 'refused', reported: error.message });
    return reported === error.message
      ? null
      : { directory: name, kind: 'broken', sleeve: null, runId: null, error: { code: error.code, message: error.message } };
  }

  #report(outcome: WatchOutcome): WatchOutcome {
    const { log, metrics } = this.#session.ports;
    const { kind, error, ...about } = outcome;
    if (error === null) log.info({ ...about, kind }, 'read a run directory');
    else log.warn({ ...about, ...error }, 'a run directory was not imported');
    metrics.count('sleeve_ledger_results_total', 1, {
      outcome: kind === 'imported' ? 'accepted' : kind === 'already' ? 'already' : 'rejected',
    });
    this.#options.onOutcome?.(outcome);
    return outcome;
  }
}

/**
 * Imports run directories as they appear in a folder, each once: what is recorded is known by its run id, also after a restart. A broken
 * one is reported once, until it changes, and stops nothing. Errors of a look: FileMissing for the folder, and those of the store.
 */
export function createDirectoryWatcher(session: Session, options: WatchOptions): DirectoryWatcher {
  return new Watcher(session, options);
}
