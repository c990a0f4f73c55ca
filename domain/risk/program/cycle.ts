import { LedgerError } from '../../shared/errors.ts';

/** At a minimum over the free variables the weights follow from what is held: a set that comes back is a cycle (`SolverFailed`). */
export function refuseCycle(seen: Set<string>, status: Int8Array): void {
  const held = status.join('');
  if (seen.has(held)) throw new LedgerError('SolverFailed', 'the active set cycles', { evidence: { minima: seen.size } });
  seen.add(held);
}
