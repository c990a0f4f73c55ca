import { LedgerError } from '../../domain/shared/errors.ts';
import { type AuditExport, exportAudit } from '../audit/export.ts';
import { signingOfExports } from '../audit/export-signer.ts';
import { everything, runWithItsSources, type Selected } from '../audit/selection.ts';
import type { Session } from '../runtime/session.ts';
import type { Settings } from '../runtime/settings.ts';
import { requestedRun } from '../runs/run-of.ts';
import { reachedTime } from '../read-models/position.ts';

export interface ExportAudit {
  /** With what it rests on; null for every event of the ledger. */
  readonly runId: string | null;
  /** Market time of a run; everything up to a point of ledger time is cut with `knownAt`. */
  readonly asOf: string | null;
  /** Ledger time. */
  readonly knownAt: string | null;
  readonly file: string;
  /** Whether lines carry the store's own positions. */
  readonly positions: boolean;
}

export interface ExportedAudit extends AuditExport {
  readonly sleeveRuns: readonly string[];
  /** Lines that a seal could cover and none does: the newest seal itself always stands behind what it covers. */
  readonly toBeSealed: number;
  /** Why nobody vouches for what the export declares; null when it is signed. */
  readonly unsignedBecause: string | null;
}

async function selectedBy(session: Session, { runId, asOf, knownAt }: ExportAudit): Promise<Selected> {
  if (runId !== null)
    return runWithItsSources(session, (await requestedRun(session.ports, { runId, asOf, knownAt, certain: true })).runId, knownAt);
  if (asOf !== null)
    throw new LedgerError('Usage', '--as-of selects runs; use --known-at to cut everything at a point of ledger time', {
      at: { path: '--as-of' },
    });
  return everything;
}

/** Writes audit.jsonl of a run or of everything, whole or not at all. Errors: RunUnknown, Usage and those of `auditLines`. */
export async function exportAuditFile(session: Session, settings: Settings, command: ExportAudit): Promise<ExportedAudit> {
  const selected = await selectedBy(session, command);
  const { positions, file } = command;
  // A time that cannot be is refused before anything is written.
  const knownAt = command.knownAt === null ? null : await reachedTime(session.ports, command.knownAt);
  const { signer, unsignedBecause } = await signingOfExports(session.ports, settings);
  const declaring = { origin: session.ledger.origin, signer, positions, filesOf: null };
  const exported = await exportAudit(session.ports, { ...selected, knownAt, seal: 'newest', ...declaring }, file);
  const { sealedTo, unsealed } = exported;
  return {
    ...exported,
    sleeveRuns: selected.sleeveRuns,
    unsignedBecause,
    toBeSealed: selected.selection === 'all' && sealedTo > 0 && unsealed === 1 ? 0 : unsealed,
  };
}
