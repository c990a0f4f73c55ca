import { exactRevision } from '../../domain/audit/exact-revision.ts';
import type { StoredEvent } from '../ports/ports.ts';

/** Where stored things are not what they should be. Null where the fault is of no single event. */
export interface Fault {
  readonly kind: string;
  readonly stream: string | null;
  /** Text where no number holds it exactly, as that of a deletion in a store on a server. */
  readonly revision: number | string | null;
  readonly position: string | null;
  readonly expected: string;
  readonly actual: string;
  /** Where the fault is of a file outside the store. */
  readonly file?: string;
}

export const nowhere = { stream: null, revision: null, position: null } as const;

/** A row of a damaged page may hold values of any type, whatever its columns promise. */
export function isWellTyped(event: StoredEvent): boolean {
  const row: Readonly<Record<keyof StoredEvent, unknown>> = event;
  const named =
    typeof row.stream === 'string' && typeof row.id === 'string' && typeof row.type === 'string' && typeof row.position === 'string';
  const hashed = typeof row.recordedAt === 'string' && typeof row.contentHash === 'string' && typeof row.hash === 'string';
  return named && hashed && typeof row.revision === 'bigint' && ArrayBuffer.isView(row.bytes);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'bigint' ? value.toString() : 'unreadable';
}

export function at(event: StoredEvent): Pick<Fault, 'stream' | 'revision' | 'position'> {
  return { stream: shown(event.stream), revision: exactRevision(event.revision), position: shown(event.position) };
}
