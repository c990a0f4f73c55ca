import { type Command, CommanderError } from 'commander';
import { LedgerError } from '../../domain/shared/errors.ts';
import { suggestion } from '../../domain/shared/suggest.ts';
import { visible } from '../../domain/shared/visible-text.ts';
import { seal } from '../../handlers/commands/seal-ledger.ts';
import { withSuggestions } from '../../handlers/queries/known-names.ts';
import { once, untilThere } from '../../handlers/runtime/outage.ts';
import { resolveSettings } from '../../handlers/runtime/settings.ts';
import { placedInManifest } from './manifest-input.ts';
import { answeringOf, asLedgerError, reportError, reportOutcome } from './answer.ts';
import { buildProgram, type Invocation, namedBy, withHelpAsFlag } from './command-tree.ts';
import { withLedgersBeside } from './missing-ledger.ts';
import { acceptedJumpWhy } from './flags.ts';
import { Opened } from './opened.ts';
import { mannerOf } from './print.ts';
import { sealingWarnings } from './sealing.ts';
import type { Verb, VerbContext } from './verb.ts';
import type { World } from './world.ts';

export type { World };

function contextOf(world: World, current: Opened, resolved: ReturnType<typeof resolveSettings>, note: VerbContext['note']): VerbContext {
  return {
    settings: resolved.settings,
    settingsFrom: resolved.from,
    tools: current.tools,
    presentation: world.presentation,
    reading: () => current.open('read'),
    inspecting: () => current.open('inspect'),
    examining: () => current.examine(),
    writing: () => current.open('write'),
    opening: (location, mode) => current.another(location, mode),
    broker: () => current.broker(),
    operations: () => current.operations(),
    witnessServer: (address, witnessing) => world.serveWitness(address, witnessing, current.tools.log),
    signal: world.signal,
    note,
    announce: (line) => world.stderr(`${visible(line)}\n`),
  };
}

async function perform(world: World, { verb, input, common }: Invocation): Promise<number> {
  const answering = answeringOf(world, common, input.flags['output'] === '-');
  /** What a script is told among the warnings, and a person at once. */
  const notices: string[] = [];
  let opened: Opened | null = null;
  try {
    const file = await world.readSettingsFile((common['config'] as string | undefined) ?? null);
    const resolved = resolveSettings(
      { ...verb.settings?.(input.flags), ...common },
      world.environment,
      file,
      world.user?.name ?? undefined,
    );
    const { settings } = resolved;
    const mayMake = verb.makesLedger === 'always' || (verb.makesLedger === 'on request' && common['createLedger'] === true);
    const onNew = (store: string): void => {
      const line = `made a new ledger at ${store}`;
      if (answering.json) notices.push(line);
      else world.stderr(`${visible(line)}\n`);
    };
    const patience = verb.outlivesStore?.(input.flags) === true ? untilThere(world.signal) : once;
    const overwrite = common['force'] === true || verb.ownsOutput === true;
    opened = new Opened(world, settings, { mayMake, onNew, patience, overwrite, acceptedJumpWhy: acceptedJumpWhy(input.flags) });
    const current = opened;
    const context = contextOf(world, current, resolved, (line) => {
      if (world.isTerminal && !answering.json) world.stderr(`${visible(line)}\n`);
    });
    const { output } = input.flags;
    // Before anything is computed; what the verb names itself is checked when it is written.
    if (typeof output === 'string') await current.tools.files.checkOutput(output);
    const outcome = await verb.run(context, input).catch(async (error: unknown) => {
      throw await placedInManifest(error, context);
    });
    const unsealed = verb.writes && current.wrote && current.session !== null && common['seal'] !== false ? current.session : null;
    if (unsealed !== null) notices.push(...sealingWarnings(await seal(unsealed, settings)));
    const position = outcome.position === undefined ? ((await current.session?.ports.store.head()) ?? null) : outcome.position;
    const warnings = [...notices, ...(outcome.warnings ?? [])];
    return reportOutcome(world, verb, { ...outcome, position, warnings }, current.session, answering);
  } catch (error) {
    const session = opened?.session ?? null;
    const located = opened === null ? error : await withLedgersBeside(error, opened.tools.files);
    const suggested = session === null ? located : await withSuggestions(session.ports, located);
    const refusal = { command: verb.path.join(' '), ledgerId: session?.ledger.ledgerId ?? null, warnings: notices };
    return reportError(world, asLedgerError(suggested, world.signal), refusal, answering);
  } finally {
    opened?.tools.progress.stop();
    await opened?.close();
  }
}

/** What is wrong with a command line, with what was probably meant. */
function usageError(program: Command, argv: readonly string[], error: CommanderError): LedgerError {
  const { command, stranger } = namedBy(program, argv);
  const group = command === program ? '' : ` of ${command.name()}`;
  const verbs = command.commands.map((known) => known.name());
  if (stranger !== null) return new LedgerError('Usage', `there is no verb ${stranger}${group}${suggestion(stranger, verbs)}`);
  if (command.commands.length > 0) {
    const wanted = command === program ? 'a verb is needed' : `${command.name()} needs a verb`;
    return new LedgerError('Usage', `${wanted}${suggestion('', verbs)}`);
  }
  // A mistyped flag explains also why one that is needed is missing.
  const known = command.options.flatMap(({ short, long }) => [long, short].filter((name) => name !== undefined && name !== null));
  const flag = argv.map((word) => word.split('=')[0]!).find((word) => /^--[a-z]/.test(word) && word !== '--help' && !known.includes(word));
  if (flag !== undefined && /unknownOption|missingMandatory/.test(error.code))
    return new LedgerError('Usage', `there is no flag ${flag}${suggestion(flag, known)}`, { at: { path: flag } });
  return new LedgerError('Usage', error.message.replace(/^error: /, ''));
}

/** Help is as wide as the answers, and what commander says of errors is said by us. */
function configured(program: Command, world: World): Command {
  const { columns } = mannerOf(world.environment, world.terminal, { wide: false, all: true, coloured: false });
  const configure = (command: Command): void => {
    command.configureOutput({
      writeOut: world.stdout,
      writeErr: () => undefined,
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
      getOutHasColors: () => false,
    });
    command.configureHelp({ ...command.configureHelp(), minWidthToWrap: 20 });
    command.commands.forEach(configure);
  };
  configure(program);
  return program;
}

/** Runs one command line; answers the exit status. Never throws. */
export async function runProgram(verbs: readonly Verb[], world: World, given: readonly string[]): Promise<number> {
  const argv = withHelpAsFlag(given);
  let invocation: Invocation | null = null;
  const program = configured(
    buildProgram(verbs, world.version, (chosen) => {
      invocation = chosen;
    }),
    world,
  );
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    const command = argv.filter((word) => !word.startsWith('-')).slice(0, 2);
    const answering = answeringOf(world, { json: argv.includes('--json') }, false);
    const named = namedBy(program, argv);
    if (!answering.json && named.stranger === null && named.command.commands.length > 0) world.stderr(named.command.helpInformation());
    return reportError(world, usageError(program, argv, error), { command: command.join(' '), ledgerId: null, warnings: [] }, answering);
  }
  return invocation === null ? new LedgerError('Usage', 'no verb').exitStatus : perform(world, invocation);
}
