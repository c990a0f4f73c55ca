import { rulesInForce } from '../../domain/run/rules.ts';
import type { AuditAsked } from '../../domain/scan-record/audit-asked.ts';
import { type AuditAnswer, auditFacts } from '../../domain/scan-record/audit-facts.ts';
import { auditsId } from '../../domain/scan-record/stream.ts';
import type { Tools } from '../runtime/opening.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';

/** What is told of an audit that was kept. */
export interface KeptAudit {
  readonly auditId: string;
  readonly already: boolean;
}

export interface AnsweredAudit {
  readonly asOf: string | null;
  readonly configHash: string | null;
  readonly answered: AuditAnswer;
  /** Null where it was not to be kept. */
  readonly kept: KeptAudit | null;
}

/** Answers a question of the audits, and keeps the answer where there is a ledger to keep it in. The same question is kept once. */
export async function answerAudit(
  { crypto }: Pick<Tools, 'crypto'>,
  asked: AuditAsked,
  writing: (() => Promise<Session>) | null,
): Promise<AnsweredAudit> {
  const { answer, audit, staged } = auditFacts(asked, rulesInForce, crypto.sha256);
  const told = { asOf: audit.asOf, configHash: audit.configHash, answered: answer };
  if (writing === null) return { ...told, kept: null };
  const session = await writing();
  await session.ports.artifacts.putAll(staged.contents());
  const { appended } = await streams.scan.handle(session, auditsId, { kind: 'KeepAudit', audit });
  return { ...told, kept: { auditId: audit.auditId, already: appended.length === 0 } };
}
