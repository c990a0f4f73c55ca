import { LedgerError } from '../../domain/shared/errors.ts';
import type { Examined, Opening, Tools } from '../../handlers/runtime/opening.ts';
import type { OpenStore } from '../../handlers/runtime/open-store.ts';
import type { MessageBroker } from '../../handlers/ports/ports.ts';
import type { LazyLedger, Session } from '../../handlers/runtime/session.ts';
import type { ResolvedSettings, Settings } from '../../handlers/runtime/settings.ts';
import type { Operations } from '../../handlers/roles/operations.ts';
import type { Witnessing } from '../../handlers/witnessing/witnessing.ts';
import type { PresentationPorts } from '../ports/ports.ts';

/** One flag as commander writes it, with its words for people. */
export interface Flag {
  readonly flags: string;
  readonly summary: string;
  readonly required?: boolean;
}

export interface Argument {
  /** `<name>` required, `[name]` optional. */
  readonly name: string;
  readonly summary: string;
}

/** What a person sees: a heading, some lines, a table; `verbatim` is stored text, whose lines are never broken. */
export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  | { readonly kind: 'verbatim'; readonly lines: readonly string[] }
  /** Command lines: where one is broken, it can still be pasted into a shell. */
  | { readonly kind: 'commands'; readonly lines: readonly string[] }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
      /** A history: where not all of it is shown, its end is. */
      readonly newestLast?: boolean;
    };

export interface Outcome {
  /** The `result` of `--json`. */
  readonly result: object;
  readonly people: readonly Block[];
  readonly warnings?: readonly string[];
  /** Why the command failed although it has an answer: a check failed, was rejected or differs. It gives the exit status. */
  readonly failure?: LedgerError | null;
  /** Position that the answer reflects. */
  readonly position?: string | null;
  readonly ledgerId?: string;
  /** What goes on once the answer is told, until the person ends it. What fails there is told on standard error. */
  readonly afterwards?: () => Promise<unknown>;
}

/** Parsed flags: commander gives strings, string lists and booleans. */
export type FlagValues = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

export interface VerbInput {
  readonly args: readonly string[];
  readonly flags: FlagValues;
}

export type { Examined, Tools };

/** A server that is up. */
export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** How the API is served. */
export interface ApiServing {
  /** `HOST:PORT`. */
  readonly address: string;
  /** Names under which it may be asked for, beside loopback and its own address. */
  readonly hosts: readonly string[];
  /** Key and certificate as PEM; null where there is none: on loopback, or behind a proxy that has them. */
  readonly tls: { readonly key: string; readonly certificate: string } | null;
  /** Addresses of proxies in front, or nets as `10.0.0.0/8`: what they say of how they were asked is believed. */
  readonly proxies: readonly string[];
  /** Whether whoever can connect may read without a token: on loopback only. */
  readonly anybodyReads: boolean;
}

export interface VerbContext extends Opening {
  readonly settingsFrom: ResolvedSettings['from'];
  /** What only presentation asks of the world, loaded when a verb wants it. */
  readonly presentation: () => Promise<PresentationPorts>;
  /** Opens the ledger without being able to write anything: for verification. Errors: LedgerMissing. */
  readonly inspecting: () => Promise<Session>;
  /** Closes a store that was opened, before the verb ends. */
  readonly closing: (opened: OpenStore) => Promise<void>;
  /**
   * Connects to the brokers of the setting `kafka`. Closed when the verb ends. Errors: Usage, ConfigInvalid, BrokerUnavailable,
   * BrokerRefused.
   */
  readonly broker: () => Promise<MessageBroker>;
  /** Metrics, traces and their server, for a verb that works for long. Closed when it ends. */
  readonly operations: () => Promise<Operations>;
  /** Serves the API of the ledger. Errors: ConfigInvalid for an address that cannot be listened on. */
  readonly apiServer: (serving: ApiServing) => Promise<Served>;
  /** Serves a witness at `HOST:PORT`. Errors: ConfigInvalid for an address that cannot be listened on. */
  readonly witnessServer: (address: string, witnessing: Witnessing) => Promise<Served>;
  readonly signal: AbortSignal;
  /** A line for the person while the work goes on: standard error, terminals only. */
  readonly note: (line: string) => void;
  /** A line that whoever runs the program has to know, terminal or not: standard error. */
  readonly announce: (line: string) => void;
}

/** The ledger of a verb that makes one: it is made when there is something to record. */
export function lazyLedger({ reading, writing }: Pick<VerbContext, 'reading' | 'writing'>): LazyLedger {
  const existing = async (): Promise<Session | null> => {
    try {
      return await reading();
    } catch (error) {
      if (error instanceof LedgerError && error.code === 'LedgerMissing') return null;
      throw error;
    }
  };
  return { existing, writing };
}

/** How a verb is called, and what it is for: all that the help of its group has to know. */
export interface VerbHeading {
  readonly path: readonly string[];
  readonly summary: string;
  readonly args?: readonly Argument[];
}

/** A line in the table of verbs: its heading stands here alone, and its code is loaded when it is called. */
export interface VerbEntry extends VerbHeading {
  readonly load: () => Promise<VerbCode>;
  /** Reads many documents, or works until it is stopped: what checks them is compiled first. Left out for a verb that is soon done. */
  readonly worksLong?: true;
}

/** What a verb takes and does. */
export interface VerbCode {
  readonly flags: readonly Flag[];
  /** Command lines as they are typed; at least one. */
  readonly examples: readonly [string, ...string[]];
  /** Seals what it wrote when it ends, unless --no-seal. */
  readonly writes: boolean;
  /** Records and seals on its own; left out for a verb that does not. */
  readonly sealsItself?: true;
  /** Waits for a store that is away as long as it takes; left out where a person waits for the answer. */
  readonly outlivesStore?: (flags: FlagValues) => boolean;
  /** Whether its first write makes a ledger where there is none; on request, with --create-ledger. Left out: a missing one is refused. */
  readonly makesLedger?: 'always' | 'on request';
  /** Writes into a folder of its own, and replaces there what it wrote before. */
  readonly ownsOutput?: boolean;
  /** Settings of the verb itself: behind flags, before the environment and the settings file. */
  readonly settings?: (flags: FlagValues) => Partial<Settings>;
  readonly run: (context: VerbContext, input: VerbInput) => Promise<Outcome>;
}

export type Verb = VerbHeading & VerbCode;

const verbs = new WeakMap<VerbEntry, Promise<Verb>>();

/** A verb with its code, which is loaded once. */
export function loaded(entry: VerbEntry): Promise<Verb> {
  const { load, worksLong: _worksLong, ...heading } = entry;
  const verb = verbs.get(entry) ?? load().then((code) => ({ ...heading, ...code }));
  verbs.set(entry, verb);
  return verb;
}

export const asOfFlag: Flag = { flags: '--as-of <date>', summary: 'market time: what the data say up to this session' };
export const knownAtFlag: Flag = { flags: '--known-at <instant|position>', summary: 'ledger time: what had been recorded by then' };
export const workersFlag: Flag = {
  flags: '--workers <n>',
  summary: 'threads that compute; 0 computes without any (default: one fewer than the machine has cores)',
};
export const cacheFlag: Flag = {
  flags: '--cache <folder>',
  summary: 'where answers of earlier computations are kept (default: beside the store, its name with .cache)',
};
export const metaFlag: Flag = { flags: '--meta <id>', summary: 'meta portfolio', required: true };
export const riskFlag: Flag = { flags: '--risk <profile>', summary: 'risk profile; default: that of meta_allocation' };

export const heading = (text: string): Block => ({ kind: 'heading', text });
export const lines = (...text: string[]): Block => ({ kind: 'lines', lines: text });
export const commands = (...text: string[]): Block => ({ kind: 'commands', lines: text });
export const verbatim = (text: string): Block => ({ kind: 'verbatim', lines: text.replace(/\n$/, '').split('\n') });
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): Block => ({ kind: 'table', head, rows });
/** A table of what happened in order. */
export const history = (head: readonly string[], rows: readonly (readonly string[])[]): Block => ({
  kind: 'table',
  head,
  rows,
  newestLast: true,
});

/** A weight for people: percent with two decimals. The JSON carries the fraction. */
export function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)} %`;
}
