import { isAway } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import { Backoff } from '../runtime/backoff.ts';
import { untilThere } from '../runtime/outage.ts';
import { pause } from '../runtime/pause.ts';
import type { Role } from './role.ts';

type World = Pick<Ports, 'store' | 'log'>;

/** A role that has worked for so long begins again without a pause. */
const soundMs = 60_000;

/** Long enough to tell a store that was away from one that answers and refuses. */
const answersAtOnceMs = 1_000;

/** Settles once the store answers, or the signal aborts; says so where it was never away, for then something else is wrong. */
async function awaitStore({ store, log }: World, role: Role, error: LedgerError, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  log.info({ role: role.name, error: error.message }, 'the role waits for the store');
  try {
    await untilThere(signal)(() => store.head());
  } catch (failure) {
    if (!signal.aborted) throw failure;
    return;
  }
  const said = { role: role.name, error: error.message };
  if (performance.now() - started < answersAtOnceMs) log.warn(said, 'the role was interrupted, and begins again');
  else log.info(said, 'the store answers again, and so does the role');
}

/**
 * Runs a role until it is asked to stop. A store that goes away ends what the role has in hand, and the role begins again once the store is
 * back: it finds there what it needs, as a new process does.
 */
async function outliveStore(role: Role, world: World, signal: AbortSignal): Promise<void> {
  let backoff = new Backoff();
  for (;;) {
    const begun = performance.now();
    try {
      return await role.run(signal);
    } catch (error) {
      if (signal.aborted || !isAway(error)) throw error;
      if (performance.now() - begun > soundMs) backoff = new Backoff();
      await awaitStore(world, role, error, signal);
      if (signal.aborted) return;
      await pause(backoff.failed(), signal);
    }
  }
}

/**
 * Runs roles side by side until the signal aborts: each then finishes what it has in hand. A role that fails takes the others with it, for
 * a process that does half its work looks healthy; its supervisor restarts it. A store that is away is waited for. Errors: that
 * of the first role that failed.
 */
export async function supervise(roles: readonly Role[], signal: AbortSignal, world: World): Promise<void> {
  const { log } = world;
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const failures: unknown[] = [];
  await Promise.all(
    roles.map(async (role) => {
      try {
        await outliveStore(role, world, either);
        if (!either.aborted) throw new LedgerError('Internal', `the role ${role.name} ended by itself`);
        log.info({ role: role.name }, 'the role is done');
      } catch (error) {
        failures.push(error);
        log.error({ role: role.name, error: error instanceof Error ? error.message : String(error) }, 'the role failed');
      } finally {
        stop.abort();
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
}
