import { derivedUuid } from './identity.ts';
import type { Ids } from './ports.ts';

/** The trace of everything that a fact sets in motion, derived from its name: each step finds it without being told. 32 hexadecimal digits. */
export function traceIdOf(ids: Ids, name: string): string {
  return derivedUuid(ids, ['trace', name]).replaceAll('-', '');
}
