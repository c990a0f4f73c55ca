import { selectionModes } from '../selection/settings.ts';
import { LedgerError } from '../shared/errors.ts';
import type { ResolvedProfile } from './resolved-schema.ts';

/** Modes of selection that are computed; others are read, so that the documents' manifests parse, and refused when run. */
export const executedSelectionModes = ['none', ...selectionModes] as const;

/** Refuses by name what parses and is not computed. Errors: SelectionModeUnavailable. */
export function assertExecutable(resolved: Pick<ResolvedProfile, 'profile' | 'selectionMode' | 'provenance'>): void {
  const { value, path } = resolved.selectionMode;
  if ((executedSelectionModes as readonly string[]).includes(value)) return;
  const at = resolved.provenance[path]?.at ?? path;
  throw new LedgerError(
    'SelectionModeUnavailable',
    `Profile ${resolved.profile} asks for selection_mode ${JSON.stringify(value)} at ${at}; ` +
      `${executedSelectionModes.join(', ')} are computed.`,
    {
      evidence: { selectionMode: value, executed: [...executedSelectionModes] },
      at: { path: at },
    },
  );
}

/** Whether a sleeve selects its symbols: with `none` every symbol passes. */
export function selects({ selectionMode }: Pick<ResolvedProfile, 'selectionMode'>): boolean {
  return selectionMode.value !== 'none';
}
