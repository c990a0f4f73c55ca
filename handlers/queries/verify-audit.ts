import type { VerifierKey } from '../../domain/audit/signed-note.ts';
import type { AuditReport } from '../../domain/audit/verify-audit.ts';
import { keyText, verifyExport } from '../audit/verify-export.ts';
import { keysOf } from '../ledger/keys.ts';
import type { Opening } from '../runtime/opening.ts';
import { isServer, redacted } from '../runtime/settings.ts';

type AuditExamination = Pick<Opening, 'settings' | 'tools' | 'examining'>;

export interface VerifyAudit {
  readonly file: string;
  /** A file with a checkpoint that was kept elsewhere. */
  readonly checkpointFile: string | null;
  /** C2SP verifier keys, one a line, or a file that holds them; null takes the keys of the ledger at hand. */
  readonly verifierKey: string | null;
  /** Whether an export is at fault that no known key vouches for: one of before exports were signed, or one that lost its signature. */
  readonly complete: boolean;
  readonly signal?: AbortSignal;
}

export interface VerifiedAudit extends AuditReport {
  readonly keyFrom: 'store' | 'flag' | null;
  readonly warnings: readonly string[];
}

/** Keys of the ledger in the store, where there is one that can be read; a file is verified without it just as well. */
async function keysAtHand({
  settings,
  tools,
  examining,
}: AuditExamination): Promise<{ readonly keys: readonly VerifierKey[]; readonly why: string | null }> {
  if (!isServer(settings.store) && !(await tools.files.exists(settings.store))) return { keys: [], why: null };
  try {
    const { ports } = await examining();
    return { keys: await keysOf(ports), why: null };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { keys: [], why: error.message };
  }
}

/** Verifies an exported log line by line, or a bundle; needs no ledger. Errors: FileMissing, AuditFileInvalid, CheckpointInvalid. */
export async function verifyAudit(
  examination: AuditExamination,
  { file, checkpointFile, verifierKey, complete, ...ending }: VerifyAudit,
): Promise<VerifiedAudit> {
  const { settings, tools } = examination;
  const checkpoint = checkpointFile === null ? null : await tools.files.readText(checkpointFile);
  const { keys, why } = verifierKey === null ? await keysAtHand(examination) : { keys: [], why: null };
  const given = await keyText(tools, verifierKey);
  const report = await verifyExport(tools, { file, checkpoint, verifierKey: given, ledgerKeys: keys, complete, ...ending });
  const byStore = (report.seal?.trust === 'key' || report.declaration?.trust === 'key') && verifierKey === null;
  const store = redacted(settings.store);
  const warnings = [
    ...report.notes,
    ...(why === null ? [] : [`the ledger at ${store} lent no key: ${why}`]),
    ...(byStore ? [`the signatures were opened with the keys of the ledger at ${store}: no key was given`] : []),
    ...(keys.length > 0 && !byStore ? [`the ledger at ${store} signs as ${keys[0]!.name}: its keys do not speak for this file`] : []),
  ];
  return { ...report, keyFrom: byStore ? 'store' : verifierKey === null ? null : 'flag', warnings };
}
