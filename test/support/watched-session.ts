import type { Ports } from '../../handlers/ports/ports.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import { memorySession } from './imported-run.ts';
import { recordingLog } from './kafka/members.ts';

/** A ledger in memory whose clock stands where a test puts it, and of which a test sees what is logged and measured. */
export class WatchedSession {
  now = '2026-01-02T03:04:05.678Z';
  readonly #logged = recordingLog();
  readonly lines = this.#logged.lines;
  /** Each as its name, its figure and its labels. */
  readonly measured: (readonly [name: string, figure: number, labels: Readonly<Record<string, string>>])[] = [];
  readonly session: Session & { readonly ports: Ports };

  constructor(change: Partial<Ports> = {}) {
    const { ports, ...rest } = memorySession();
    const note = (name: string, figure = 1, labels: Readonly<Record<string, string>> = {}): void =>
      void this.measured.push([name, figure, labels]);
    const metrics = { count: note, set: note, observe: note };
    this.session = { ...rest, ports: { ...ports, clock: { now: () => this.now }, log: this.#logged.log, metrics, ...change } };
  }
}
