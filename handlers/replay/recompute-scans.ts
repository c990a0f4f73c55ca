import type { DomainEvent } from '../../domain/catalogue.ts';
import type { AuditAsked } from '../../domain/scan-record/audit-asked.ts';
import { auditFacts } from '../../domain/scan-record/audit-facts.ts';
import type { ScanAudited, ScanRecorded } from '../../domain/scan-record/events.ts';
import { scanFacts } from '../../domain/scan-record/facts.ts';
import { draftScan, type ScanDraft } from '../../domain/scan-record/slice.ts';
import { responseOfStored } from '../../domain/scan-record/stored-response.ts';
import type { StagedArtifacts } from '../../domain/documents/staged-artifacts.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import type { Ports } from '../ports/ports.ts';
import { rulesFor } from './recompute.ts';

type Tools = Pick<Ports, 'artifacts' | 'crypto'>;

interface RecomputedScan {
  readonly draft: ScanDraft;
  readonly staged: StagedArtifacts;
}

async function scanAgain({ artifacts, crypto }: Tools, recorded: ScanRecorded): Promise<RecomputedScan> {
  const { config, response, categoryMap, asOf, source, droppedColumns, rules, number } = recorded;
  const planned = {
    config: await loadDocument(artifacts, 'scan-config', config),
    response: responseOfStored(await loadDocument(artifacts, 'scan-response', response)),
    categoryMap: categoryMap === null ? null : await loadDocument(artifacts, 'category-map', categoryMap),
    asOf,
    source,
    droppedColumns,
  };
  const { scan, staged } = scanFacts(planned, rulesFor(rules), crypto.sha256);
  return { draft: draftScan('ScanRecorded', { ...scan, number }), staged };
}

async function auditAgain({ artifacts, crypto }: Tools, recorded: ScanAudited): Promise<RecomputedScan> {
  const { content } = await loadDocument(artifacts, 'scan-audit-inputs', recorded.inputs);
  const { audit, staged } = auditFacts(content as AuditAsked, rulesFor(recorded.rules), crypto.sha256);
  return { draft: draftScan('ScanAudited', { ...audit, number: recorded.number }), staged };
}

/**
 * Every scan of a stream, or every kept audit, again: from the configurations and responses that were kept. Errors: ChainBroken for a
 * stream that holds something else; ArtifactMissing, ArtifactDamaged; whatever today's code refuses.
 */
export async function recomputeScans(tools: Tools, recorded: readonly DomainEvent[], signal: AbortSignal) {
  const again: RecomputedScan[] = [];
  for (const { type, data, envelope } of recorded) {
    await throwIfInterrupted(signal, `replay was interrupted after ${again.length} of ${recorded.length} scans`);
    if (type === 'ScanRecorded') again.push(await scanAgain(tools, data));
    else if (type === 'ScanAudited') again.push(await auditAgain(tools, data));
    else throw new LedgerError('ChainBroken', `a stream of scans holds ${type}`, { evidence: { type, stream: envelope.stream } });
  }
  const staged = { get: (address: string) => again.map((one) => one.staged.get(address)).find((bytes) => bytes !== undefined) };
  return { drafts: again.map(({ draft }) => draft), staged };
}
