import type { Files, MessageSink } from '../../handlers/ports/ports.ts';
import type { PortfolioNews } from '../../handlers/live/portfolio-news.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import type { Settings } from '../../handlers/runtime/settings.ts';
import type { Verb, VerbContext } from '../cli/verb.ts';
import type { ApiRequest } from '../ports/ports.ts';
import type { Identifying } from './identifying.ts';
import type { Identity } from './identity.ts';
import type { Protection } from './protection.ts';

/** What is other in the context of a request than in that of the process. */
export interface ContextChanges {
  readonly files?: (files: Files) => Files;
  readonly settings?: Partial<Settings>;
}

/** What the API works with. */
export interface ApiService extends Identifying {
  /** The verb of these words, with its code. */
  readonly verb: (path: readonly string[]) => Promise<Verb>;
  /** A context in which a verb runs for one request: what it records is recorded under the name of whoever asks. */
  readonly contextFor: (identity: Identity, request: ApiRequest, changes?: ContextChanges) => VerbContext;
  /** Closes what was opened in such a context: for a verb that verifies. */
  readonly release: (context: VerbContext) => Promise<void>;
  /** The ledger that is served, open for as long as the server runs. */
  readonly session: Session;
  readonly settings: Settings;
  /** Where dead letters are told; null where no broker is named. */
  readonly deadLetters: MessageSink | null;
  /** Seals what a request recorded; answers what the seal lacks. */
  readonly seal: () => Promise<readonly string[]>;
  /** Aborted when the server stops: what has no end of its own ends then. */
  readonly ending: AbortSignal;
  /** When something was last recorded of a portfolio. */
  readonly news: PortfolioNews;
  /** Keeps one who asks from using up what all need. */
  readonly protection: Protection;
  /** Seals what was recorded together with what others record a moment later: for what comes in often. */
  readonly sealSoon: () => void;
}
