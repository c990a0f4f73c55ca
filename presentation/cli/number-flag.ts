import { LedgerError } from '../../domain/shared/errors.ts';
import { textFlag } from './flags.ts';
import type { FlagValues } from './verb.ts';

/** A number as programs write it, of either sign: `-1.5`, `2e-3`. Errors: Usage. */
export function numberFlag(flags: FlagValues, name: string, written: string): number | null {
  const text = textFlag(flags, name);
  if (text === null) return null;
  if (/^[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(text)) return Number(text);
  throw new LedgerError('Usage', `${written} ${text}: a number such as 1.5 or -0.25`, { at: { path: written } });
}
