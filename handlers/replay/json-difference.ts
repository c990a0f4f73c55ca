import type { Json } from '../../domain/shared/canonical-json.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';

/** One place at which what was recorded and what was recomputed part. */
export interface Difference {
  /** JSON path from the top of what is compared. */
  readonly path: string;
  /** null where nothing was recorded. */
  readonly recorded: Json;
  /** null where nothing is recomputed. */
  readonly recomputed: Json;
  /** Absolute, of two numbers; null of anything else. */
  readonly difference: number | null;
}

/** Numbers this near are equal: absolute below one, relative above. */
export const replayTolerance = 1e-12;

/** How a number was reached and not what it is: a solver that needs fewer steps changes no allocation. */
export function isDiagnostic(path: string): boolean {
  return /(?:^|\.)certificate\.iterations$/.test(path);
}

export function isWithinTolerance({ path, recorded, recomputed, difference }: Difference): boolean {
  if (isDiagnostic(path)) return true;
  return difference !== null && difference <= replayTolerance * Math.max(1, Math.abs(recorded as number), Math.abs(recomputed as number));
}

export function member(path: string, key: string): string {
  const isPlain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key);
  return isPlain ? (path === '' ? key : `${path}.${key}`) : `${path}[${JSON.stringify(key)}]`;
}

type Pair = (path: string, recorded: Json, recomputed: Json) => boolean;

/**
 * Every leaf at which two JSON values part, in the order of the recorded one's keys. `takesOver` sees each pair first and may answer
 * for it (with true), such as for two references to artifacts.
 */
export function differencesOf(recorded: Json, recomputed: Json, takesOver: Pair = () => false, path = ''): Difference[] {
  if (Object.is(recorded, recomputed)) return [];
  if (takesOver(path, recorded, recomputed)) return [];
  if (typeof recorded === 'number' && typeof recomputed === 'number') {
    const difference = Math.abs(recorded - recomputed);
    // -0 is written 0.
    return difference === 0 ? [] : [{ path, recorded, recomputed, difference }];
  }
  if (Array.isArray(recorded) && Array.isArray(recomputed)) return inArrays(recorded as Json[], recomputed as Json[], takesOver, path);
  const areObjects = isRecord(recorded) && isRecord(recomputed);
  return areObjects ? inObjects(recorded, recomputed, takesOver, path) : [{ path, recorded, recomputed, difference: null }];
}

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every object inherits members, such as `constructor`, that nobody has recorded. */
function own(value: { readonly [key: string]: Json }, key: string): Json {
  return Object.hasOwn(value, key) ? value[key]! : null;
}

function inArrays(recorded: readonly Json[], recomputed: readonly Json[], takesOver: Pair, path: string): Difference[] {
  const length = Math.max(recorded.length, recomputed.length);
  return Array.from({ length }, (_, index) =>
    differencesOf(recorded[index] ?? null, recomputed[index] ?? null, takesOver, `${path}[${index}]`),
  ).flat();
}

function inObjects(
  recorded: { readonly [key: string]: Json },
  recomputed: { readonly [key: string]: Json },
  takesOver: Pair,
  path: string,
): Difference[] {
  const keys = [...new Set([...Object.keys(recorded), ...Object.keys(recomputed)])].toSorted(byCodeUnits);
  return keys.flatMap((key) => {
    const here = member(path, key);
    if (Object.hasOwn(recorded, key) && Object.hasOwn(recomputed, key))
      return differencesOf(recorded[key]!, recomputed[key]!, takesOver, here);
    return [{ path: here, recorded: own(recorded, key), recomputed: own(recomputed, key), difference: null }];
  });
}
