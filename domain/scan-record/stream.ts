import { unreachable } from '../shared/errors.ts';
import { bindStream, type Identity, streamKind } from '../shared/stream.ts';
import type { ScanCommand } from './commands.ts';
import { scanDecider } from './decider.ts';
import { scanSlice } from './slice.ts';

/** What is kept of audits: no scanner is called so. */
export const auditsId = 'audits';

function identityOf(command: ScanCommand): Identity {
  const { kind } = command;
  switch (kind) {
    case 'RecordScan':
      return [kind, command.scan.snapshot];
    case 'KeepAudit':
      return [kind, command.audit.auditId];
    default:
      return unreachable(kind);
  }
}

/** Streams `scan-<id>`, by the id of the scanner. */
export const scanStream = bindStream(streamKind('scan', scanSlice), { decider: scanDecider, identityOf });
