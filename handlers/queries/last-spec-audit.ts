import type { AuditAsked } from '../../domain/scan-record/audit-asked.ts';
import { auditConfigHash } from '../../domain/scan-record/audit-facts.ts';
import { auditsId, scanStream } from '../../domain/scan-record/stream.ts';
import type { Ports } from '../ports/ports.ts';
import { streamBackwards } from '../runtime/record.ts';

export interface LastSpecAudit {
  readonly finding: string;
  readonly recordedAt: string;
  readonly configHash: string | null;
  /** Whether a configuration has changed since. */
  readonly isStale: boolean;
}

/** The last comparison with the specification that was kept, and whether it still holds. Null where none was kept. */
export async function lastSpecAudit({ store, crypto }: Pick<Ports, 'store' | 'crypto'>, asked: AuditAsked): Promise<LastSpecAudit | null> {
  for await (const { type, data, envelope } of streamBackwards(store, scanStream.name(auditsId))) {
    if (type !== 'ScanAudited' || data.question !== 'audit') continue;
    const { finding, configHash } = data;
    return { finding, recordedAt: envelope.recordedAt, configHash, isStale: configHash !== auditConfigHash(crypto.sha256, asked) };
  }
  return null;
}
