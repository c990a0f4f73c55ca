import type { LocalUser } from '../../domain/people/local-user.ts';
import type { Operations } from '../../handlers/roles/operations.ts';
import type { Witnessing } from '../../handlers/witnessing/witnessing.ts';
import type { Log, MessageBroker } from '../../handlers/ports/ports.ts';
import type { Patience } from '../../handlers/runtime/outage.ts';
import type { OpenStore, StoreMode } from '../../handlers/runtime/open-store.ts';
import type { ResolvedSettings } from '../../handlers/runtime/settings.ts';
import type { PresentationPorts } from '../ports/ports.ts';
import type { ApiServing, Served, Tools, VerbContext } from './verb.ts';

/** What the composition root hands in. */
export interface World {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Whether standard error is a terminal. */
  readonly isTerminal: boolean;
  /** The terminal that standard output is; left out where it is none. */
  readonly terminal?: { readonly columns: number };
  /** Who runs the command, by the system; left out where it was not asked. */
  readonly user?: LocalUser;
  readonly signal: AbortSignal;
  readonly readSettingsFile: (file: string | null) => Promise<{ readonly name: string; readonly content: unknown } | null>;
  /** `overwrite`: files that are there are replaced, but those of a ledger. */
  readonly tools: (settings: ResolvedSettings['settings'], overwrite: boolean) => Promise<Tools>;
  readonly presentation: () => Promise<PresentationPorts>;
  readonly openStore: (location: string, mode: StoreMode, log: Log, patience?: Patience) => Promise<OpenStore>;
  /** Connects to the brokers of a `kafka://` connection string. */
  readonly openBroker: (connection: string, log: Log) => Promise<MessageBroker>;
  readonly openOperations: (log: Log) => Promise<Operations>;
  /** Serves the API: each request is answered by verbs that run in a context made from this one. */
  readonly serveApi: (serving: ApiServing, context: VerbContext) => Promise<Served>;
  /** Serves a witness at `HOST:PORT`. */
  readonly serveWitness: (address: string, witnessing: Witnessing, log: Log) => Promise<Served>;
}
