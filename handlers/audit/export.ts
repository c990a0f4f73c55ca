import { toHex } from '../../domain/shared/hashing.ts';
import type { Ports } from '../ports/ports.ts';
import type { AuditFileRequest, AuditFileSummary } from './audit-file.ts';
import { auditLines } from './audit-lines.ts';

export interface AuditExport extends AuditFileSummary {
  readonly file: string;
  /** Of the file's bytes. */
  readonly sha256: string;
  readonly bytes: number;
}

const pieceCharsMin = 1 << 16;
const utf8 = new TextEncoder();

/**
 * Writes an audit file, whole or not at all: until the last line stands, the old file does. Errors: those of `auditLines`, StoreFull,
 * FileMissing.
 */
export async function exportAudit(ports: Ports, request: AuditFileRequest, file: string): Promise<AuditExport> {
  const hash = ports.crypto.runningSha256();
  const written: { summary: AuditFileSummary | null; bytes: number } = { summary: null, bytes: 0 };
  const encoded = (text: string): Uint8Array => {
    const piece = utf8.encode(text);
    hash.update(piece);
    written.bytes += piece.length;
    return piece;
  };
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    const lines = auditLines(ports, request);
    let text = '';
    for (let next = await lines.next(); ; next = await lines.next()) {
      if (next.done === true) {
        written.summary = next.value;
        yield encoded(text);
        return;
      }
      text += next.value;
      if (text.length < pieceCharsMin) continue;
      yield encoded(text);
      text = '';
    }
  };
  await ports.files.writeWhole(file, pieces());
  return { ...written.summary!, file, sha256: toHex(hash.digest()), bytes: written.bytes };
}
