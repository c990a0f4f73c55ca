import type { MessageSink } from '../../handlers/ports/ports.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import type { Settings } from '../../handlers/runtime/settings.ts';
import type { Verb, VerbContext } from '../cli/verb.ts';
import type { ApiRequest } from '../ports/ports.ts';
import type { Identity } from './identity.ts';

/** What the API works with. */
export interface ApiService {
  /** The verb of these words, with its code. */
  readonly verb: (path: readonly string[]) => Promise<Verb>;
  /** A context in which a verb runs for one request: what it records is recorded under the name of whoever asks. */
  readonly contextFor: (identity: Identity, request: ApiRequest) => VerbContext;
  /** The ledger that is served, open for as long as the server runs. */
  readonly session: Session;
  readonly settings: Settings;
  /** Where dead letters are told; null where no broker is named. */
  readonly deadLetters: MessageSink | null;
  /** Seals what a request recorded; answers what the seal lacks. */
  readonly seal: () => Promise<readonly string[]>;
  /** Seals what was recorded together with what others record a moment later: for what comes in often. */
  readonly sealSoon: () => void;
  /** Who asks. Errors: NotAuthenticated, and whatever is wrong with what they show. */
  readonly identify: (request: ApiRequest) => Promise<Identity>;
}
