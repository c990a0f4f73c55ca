import type { Files } from '../../handlers/ports/ports.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import type { Settings } from '../../handlers/runtime/settings.ts';
import type { Verb, VerbContext } from '../cli/verb.ts';
import type { ApiRequest } from '../ports/ports.ts';
import type { Identity } from './identity.ts';

/** What is other in the context of a request than in that of the process. */
export interface ContextChanges {
  readonly files?: (files: Files) => Files;
  readonly settings?: Partial<Settings>;
}

/** What the API works with. */
export interface ApiService {
  /** The verb of these words, with its code. */
  readonly verb: (path: readonly string[]) => Promise<Verb>;
  /** A context in which a verb runs for one request: what it records is recorded under the name of whoever asks. */
  readonly contextFor: (identity: Identity, request: ApiRequest, changes?: ContextChanges) => VerbContext;
  /** The ledger that is served, open for as long as the server runs. */
  readonly session: Session;
  /** Seals what a request recorded; answers what the seal lacks. */
  readonly seal: () => Promise<readonly string[]>;
  /** Who asks. Errors: NotAuthenticated, and whatever is wrong with what they show. */
  readonly identify: (request: ApiRequest) => Promise<Identity>;
}
