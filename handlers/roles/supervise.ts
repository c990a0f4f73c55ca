import { LedgerError } from '../../domain/shared/errors.ts';
import type { Log } from '../ports/ports.ts';
import type { Role } from './role.ts';

/**
 * Runs roles side by side until the signal aborts: each then finishes what it has in hand. A role that fails takes the others with it, for
 * a process that does half its work looks healthy; its supervisor restarts it. Errors: that of the first role that failed.
 */
export async function supervise(roles: readonly Role[], signal: AbortSignal, log: Log): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const failures: unknown[] = [];
  await Promise.all(
    roles.map(async (role) => {
      try {
        await role.run(either);
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
