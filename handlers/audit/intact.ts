import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports, StoredEvent } from '../ports/ports.ts';

/** Errors: ChainBroken when the bytes are not those that were hashed. */
export function requireIntact({ crypto }: Pick<Ports, 'crypto'>, event: StoredEvent): void {
  const actual = crypto.sha256Hex(event.bytes);
  if (actual === event.hash) return;
  const at = `${event.stream}@${event.revision}`;
  throw new LedgerError('ChainBroken', `${at}: its bytes do not match its hash; a damaged ledger is verified, not exported`, {
    evidence: { stream: event.stream, revision: String(event.revision), expected: event.hash, actual },
    at: { path: at },
  });
}
