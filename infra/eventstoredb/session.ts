import type { Log } from '../../handlers/ports/ports.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { LedgerClient } from './client.ts';
import type { Contact } from './contact.ts';
import type { Pace } from './pace.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** One open connection, shared by the log and the artifacts. */
export interface Session {
  readonly client: LedgerClient;
  readonly retry: RetryPolicy;
  /** Hosts and ports, for messages. */
  readonly server: string;
  /** Who acts at the server, for messages. */
  readonly user: string;
  readonly contact: Contact;
  readonly pace: Pace;
  /** Aborts when the store is closed. */
  readonly closed: AbortSignal;
  readonly log: Log;
}

export function refuseClosed(session: Session): void {
  if (session.closed.aborted) throw new LedgerError('StoreUnavailable', 'the store is closed');
}
