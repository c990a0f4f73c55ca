import { LedgerError } from '../shared/errors.ts';
import type { ResolvedProfile } from './resolved-schema.ts';

/** Modes of selection that are computed; others are read, so that the documents' manifests parse, and refused when run. */
export const executedSelectionModes = ['none'] as const;

/** Refuses by name what parses and is not computed. Errors: SelectionModeUnavailable. */
export function assertExecutable(resolved: Pick<ResolvedProfile, 'profile' | 'selectionMode' | 'provenance'>): void {
  const { value, path } = resolved.selectionMode;
  if ((executedSelectionModes as readonly string[]).includes(value)) return;
  const at = resolved.provenance[path]?.at ?? path;
  throw new LedgerError(
    'SelectionModeUnavailable',
    `Profile ${resolved.profile} asks for selection_mode ${JSON.stringify(value)} at ${at}; only "none" (every symbol passes) is computed.`,
    {
      evidence: { selectionMode: value, executed: [...executedSelectionModes] },
      at: { path: at },
    },
  );
}
