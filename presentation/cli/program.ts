import { Command, CommanderError, Option } from 'commander';
import { errorKinds, LedgerError } from '../../domain/shared/errors.ts';
import { seal } from '../../handlers/commands/seal-ledger.ts';
import { openLedger } from '../../handlers/ledger/open-ledger.ts';
import { raiseFormat } from '../../handlers/ledger/recorded-format.ts';
import type { EventStore, Log, MessageBroker } from '../../handlers/ports/ports.ts';
import { StreamFolds } from '../../handlers/runtime/folds.ts';
import { once, type Patience, untilThere } from '../../handlers/runtime/outage.ts';
import type { Session } from '../../handlers/runtime/session.ts';
import { resolveSettings, type ResolvedSettings } from '../../handlers/runtime/settings.ts';
import type { Operations } from '../../handlers/roles/operations.ts';
import type { OpenStore, StoreMode } from '../../handlers/runtime/open-store.ts';
import type { PresentationPorts } from '../ports/ports.ts';
import { oneLine, printed } from './print.ts';
import type { Examined, Outcome, Tools, Verb, VerbContext, VerbInput } from './verb.ts';

export type { OpenStore, StoreMode };

/** What the composition root hands in. */
export interface World {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly isTerminal: boolean;
  readonly signal: AbortSignal;
  readonly readSettingsFile: (file: string | null) => Promise<{ readonly name: string; readonly content: unknown } | null>;
  readonly tools: (settings: ResolvedSettings['settings']) => Tools;
  readonly presentation: PresentationPorts;
  readonly openStore: (location: string, mode: StoreMode, log: Log, patience?: Patience) => Promise<OpenStore>;
  /** Connects to the brokers of a `kafka://` connection string. */
  readonly openBroker: (connection: string, log: Log) => Promise<MessageBroker>;
  readonly openOperations: (log: Log) => Promise<Operations>;
}

interface Invocation {
  readonly verb: Verb;
  readonly input: VerbInput;
  readonly common: Readonly<Record<string, unknown>>;
}

const commonOptions = [
  new Option('--store <location>', 'ledger: a SQLite file, or esdb://... for EventStoreDB (default: ledger.sqlite)'),
  new Option('--manifest <file>', 'manifest (default: manifest.json)'),
  new Option('--actor <name>', 'who is recorded as acting'),
  new Option('--witness <directory>', 'where sealed checkpoints are kept'),
  new Option('--key <file>', 'signing key'),
  new Option('--origin <name>', 'name under which a new ledger signs'),
  new Option('--config <file>', 'settings file (default: sleeve-ledger.yaml when there is one)'),
  new Option('--log-level <level>', 'debug, info, warn, error or silent'),
  new Option('--json', 'one JSON object on standard output'),
  new Option('--no-seal', 'leave what was written unsealed'),
  new Option('--debug', 'show the stack of an error'),
];

/** Builds the commander tree from the verbs; `chosen` receives the one that was asked for. */
export function buildProgram(verbs: readonly Verb[], version: string, chosen: (invocation: Invocation) => void): Command {
  const program = new Command('sleeve-ledger')
    .version(version)
    .description('Allocates across independent strategy sleeves and proves it.')
    .exitOverride();
  const groups = new Map<string, Command>();
  for (const verb of verbs) {
    let parent = program;
    for (const [depth, word] of verb.path.slice(0, -1).entries()) {
      const key = verb.path.slice(0, depth + 1).join(' ');
      const group = groups.get(key) ?? parent.command(word).exitOverride();
      groups.set(key, group);
      parent = group;
    }
    const command = parent.command(verb.path.at(-1)!).description(verb.summary).exitOverride();
    for (const argument of verb.args ?? []) command.argument(argument.name, argument.summary);
    for (const flag of verb.flags) {
      const option = new Option(flag.flags, flag.summary);
      command.addOption(flag.required === true ? option.makeOptionMandatory() : option);
    }
    for (const option of commonOptions) {
      if (!command.options.some((own) => own.long === option.long)) command.addOption(option);
    }
    command.action((...received: unknown[]) => {
      const args = received
        .slice(0, verb.args?.length ?? 0)
        .flat()
        .filter((arg): arg is string => typeof arg === 'string');
      const flags = command.opts();
      chosen({ verb, input: { args, flags }, common: flags });
    });
  }
  return program;
}

function errorObject(error: LedgerError): object {
  return { code: error.code, message: error.message, advice: error.advice, at: error.at, evidence: error.evidence };
}

function asLedgerError(error: unknown, signal: AbortSignal): LedgerError {
  if (error instanceof LedgerError) return error;
  if (signal.aborted) return new LedgerError('Interrupted', 'interrupted before it was done', { cause: error });
  const cause = error instanceof Error ? error : new Error(String(error));
  return new LedgerError('Internal', `unexpected: ${cause.message}`, { cause });
}

function reportError(world: World, error: LedgerError, command: string, json: boolean, debug: boolean, ledgerId: string | null): number {
  if (json) {
    world.stdout(
      `${JSON.stringify({ ok: false, command, ledgerId, position: null, result: null, warnings: [], error: errorObject(error) })}\n`,
    );
  } else {
    const where = [error.at.file, error.at.line === undefined ? undefined : `line ${error.at.line}`, error.at.path].filter(
      (part) => part !== undefined && part !== '',
    );
    world.stderr(
      `${error.code}: ${oneLine(error.message)}\n${where.length > 0 ? `  at ${oneLine(where.join(', '))}\n` : ''}  ${error.advice}\n`,
    );
  }
  if (debug) world.stderr(`${(error.cause instanceof Error ? error.cause.stack : error.stack) ?? ''}\n`);
  return errorKinds[error.code].exit;
}

function reportOutcome(world: World, verb: Verb, outcome: Outcome, session: Session | null, json: boolean): number {
  const exit = outcome.exit ?? 0;
  const warnings = outcome.warnings ?? [];
  if (json) {
    const ledgerId = outcome.ledgerId ?? session?.ledger.ledgerId ?? null;
    const answer = {
      ok: exit === 0,
      command: verb.path.join(' '),
      ledgerId,
      position: outcome.position ?? null,
      result: outcome.result,
      warnings,
    };
    world.stdout(`${JSON.stringify(answer)}\n`);
    return exit;
  }
  if (outcome.people.length > 0) world.stdout(`${printed(outcome.people)}\n`);
  for (const warning of warnings) world.stderr(`warning: ${oneLine(warning)}\n`);
  return exit;
}

/** Opens each thing once, and only when a verb asks for it. */
class Opened {
  session: Session | null = null;
  wrote = false;
  #broker: MessageBroker | null = null;
  #operations: Operations | null = null;
  readonly #others: EventStore[] = [];
  readonly #world: World;
  readonly #settings: ResolvedSettings['settings'];
  readonly #patience: Patience;
  readonly tools: Tools;

  constructor(world: World, settings: ResolvedSettings['settings'], patience: Patience) {
    this.#world = world;
    this.#patience = patience;
    this.#settings = settings;
    this.tools = world.tools(settings);
  }

  async open(mode: StoreMode): Promise<Session> {
    this.wrote ||= mode === 'write';
    if (this.session !== null) {
      if (mode === 'write') await raiseFormat(this.session);
      return this.session;
    }
    const opened = await this.#world.openStore(this.#settings.store, mode, this.tools.log, this.#patience);
    const ports = { ...this.tools, ...opened };
    try {
      const ledger = await this.#patience(() => openLedger(ports, this.#settings, mode === 'write'));
      this.session = { ports, ledger, actor: this.#settings.actor, folds: new StreamFolds(ports.store) };
    } catch (error) {
      await opened.store.close();
      throw error;
    }
    return this.session;
  }

  /** Opens a store that may be damaged: nothing of it is believed, not even whose ledger it is. */
  async examine(): Promise<Examined> {
    const { integrity, ...opened } = await this.another(this.#settings.store, 'inspect');
    return { ports: { ...this.tools, ...opened }, integrity };
  }

  async another(location: string, mode: StoreMode): Promise<OpenStore> {
    const opened = await this.#world.openStore(location, mode, this.tools.log);
    this.#others.push(opened.store);
    return opened;
  }

  /** Errors: Usage without a connection; ConfigInvalid. */
  async broker(): Promise<MessageBroker> {
    const { kafka } = this.#settings;
    if (kafka === null) throw new LedgerError('Usage', '--kafka is needed: kafka://host:port', { at: { path: '--kafka' } });
    this.#broker ??= await this.#world.openBroker(kafka, this.tools.log);
    return this.#broker;
  }

  async operations(): Promise<Operations> {
    this.#operations ??= await this.#world.openOperations(this.tools.log);
    return this.#operations;
  }

  async close(): Promise<void> {
    await this.#broker?.close();
    await this.#operations?.close();
    for (const store of this.#others) await store.close();
    await this.session?.ports.store.close();
  }
}

async function perform(world: World, invocation: Invocation): Promise<number> {
  const { verb, input, common } = invocation;
  const json = common['json'] === true;
  let opened: Opened | null = null;
  try {
    const file = await world.readSettingsFile((common['config'] as string | undefined) ?? null);
    const { settings, from } = resolveSettings({ ...verb.settings?.(input.flags), ...common }, world.environment, file);
    opened = new Opened(world, settings, verb.outlivesStore?.(input.flags) === true ? untilThere(world.signal) : once);
    const current = opened;
    const context: VerbContext = {
      settings,
      settingsFrom: from,
      tools: current.tools,
      presentation: world.presentation,
      reading: () => current.open('read'),
      inspecting: () => current.open('inspect'),
      examining: () => current.examine(),
      writing: () => current.open('write'),
      opening: (location, mode) => current.another(location, mode),
      broker: () => current.broker(),
      operations: () => current.operations(),
      signal: world.signal,
      note: (line) => {
        if (world.isTerminal && !json) world.stderr(`${line}\n`);
      },
    };
    const outcome = await verb.run(context, input);
    if (verb.writes && current.wrote && current.session !== null && common['seal'] !== false) await seal(current.session, settings);
    const position = outcome.position === undefined ? ((await current.session?.ports.store.head()) ?? null) : outcome.position;
    return reportOutcome(world, verb, { ...outcome, position }, current.session, json);
  } catch (error) {
    return reportError(
      world,
      asLedgerError(error, world.signal),
      verb.path.join(' '),
      json,
      common['debug'] === true,
      opened?.session?.ledger.ledgerId ?? null,
    );
  } finally {
    opened?.tools.progress.stop();
    await opened?.close();
  }
}

/** Runs one command line; answers the exit status. Never throws. */
export async function runProgram(verbs: readonly Verb[], world: World, argv: readonly string[]): Promise<number> {
  let invocation: Invocation | null = null;
  const json = argv.includes('--json');
  const program = buildProgram(verbs, world.version, (chosen) => {
    invocation = chosen;
  });
  const quiet = { writeOut: world.stdout, writeErr: json ? (): void => undefined : world.stderr };
  const configure = (command: Command): void => {
    command.configureOutput(quiet);
    command.commands.forEach(configure);
  };
  configure(program);
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    return json
      ? reportError(
          world,
          new LedgerError('Usage', error.message.replace(/^error: /, '')),
          argv
            .filter((word) => !word.startsWith('-'))
            .slice(0, 2)
            .join(' '),
          true,
          false,
          null,
        )
      : errorKinds.Usage.exit;
  }
  return invocation === null ? errorKinds.Usage.exit : perform(world, invocation);
}
