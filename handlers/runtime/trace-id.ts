import { byCodeUnits } from '../../domain/shared/order.ts';
import { derivedUuid } from '../../domain/run/derived-uuid.ts';
import type { Ids } from '../ports/ports.ts';

/**
 * The trace of everything that a fact sets in motion, derived from its name: each step finds it on its own. 32 hexadecimal digits.
 */
export function traceIdOf(ids: Ids, name: string): string {
  return derivedUuid(ids.uuidV5, ['trace', name]).replaceAll('-', '');
}

/** W3C trace context of a derived trace: its span is derived as well, for nobody else knows one. */
export function traceparentOf(traceId: string): string {
  return `00-${traceId}-${traceId.slice(16)}-01`;
}

interface Run {
  readonly runId: string;
  readonly asOf: string;
  readonly correction: number;
}

/**
 * Of the sleeve runs behind an allocation the one whose trace it continues: the greatest (as-of, correction), the last by name of several.
 */
export function leadingRun<R extends Run>(runs: readonly R[]): R {
  return runs.reduce((leading, run) => {
    const order = byCodeUnits(run.asOf, leading.asOf) || run.correction - leading.correction || byCodeUnits(run.runId, leading.runId);
    return order > 0 ? run : leading;
  });
}
