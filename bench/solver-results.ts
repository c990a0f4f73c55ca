import type { Machine } from './machine.ts';
import type { Timing } from './measure.ts';
import type { SolverCase, SolverPeer } from './solver-cases.ts';

/** One side on one case. */
export interface SolverOutcome {
  readonly timing: Timing | null;
  /** Distance from the optimum, by the criterion of the solver; null without weights. */
  readonly gap: number | null;
  /** Why there are no weights. */
  readonly failure: string | null;
}

export interface PeerOutcome extends SolverOutcome {
  /** The same with two threads; null where two could not make this peer the fastest, or one took more than ten seconds. */
  readonly twoThreads: Timing | null;
}

export interface SolverRow extends Omit<SolverCase, 'peers'> {
  readonly own: SolverOutcome;
  /** Columns of more than a millionth. */
  readonly held: number | null;
  readonly peers: Readonly<Partial<Record<SolverPeer, PeerOutcome>>>;
}

/** Every solver on every kind of data, measured by `--solvers` alone. */
export interface SolverRun {
  readonly measuredAt: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly SolverRow[];
}
