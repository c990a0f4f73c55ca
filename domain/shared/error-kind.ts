/**
 * Whose fault an error is. `inputs`: what was given to compute on, such as prices, manifests, messages, sleeve runs and stored bytes; the
 * same inputs fail again. `caller`: the person at the command used a wrong name or flag, or lacks a permission. `world`: the disk is full,
 * the network or a broker is away, another process was first, somebody interrupted; it may pass. `ours`: a fault of this program.
 */
export type ErrorFault = 'inputs' | 'caller' | 'world' | 'ours';

/**
 * The smallest unit of work that an error ends when it is met inside that unit: a risk profile, a run, a message taken in or sent, or the
 * whole command. Code that works through smaller units records the failure and goes on; each unit may stand inside the ones after it.
 */
export const unitsOfWork = ['profile', 'run', 'message', 'command'] as const;
export type UnitOfWork = (typeof unitsOfWork)[number];

/**
 * What is known of every error with a code.
 *
 * Exit statuses: 1 a check failed, was rejected or differs; 2 bad input, usage or infeasible; 66 not found;
 * 70 a fault of this program; 74 input/output; 75 busy or unavailable, try again; 130 interrupted.
 */
export interface ErrorKind {
  readonly fault: ErrorFault;
  readonly ends: UnitOfWork;
  readonly exit: 1 | 2 | 66 | 70 | 74 | 75 | 130;
  readonly http: number;
  readonly advice: string;
}
