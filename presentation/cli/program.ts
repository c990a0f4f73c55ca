import { type Command, CommanderError } from 'commander';
import { LedgerError } from '../../domain/shared/errors.ts';
import { loadedOnce } from '../../handlers/runtime/loaded-once.ts';
import { suggestion } from '../../domain/shared/suggest.ts';
import { answeringOf, reportError } from './answer.ts';
import { buildProgram, type Invocation, namedBy, withHelpAsFlag } from './command-tree.ts';
import { mannerOf } from './print.ts';
import type { VerbEntry } from './verb.ts';
import type { World } from './world.ts';

export type { World };

/** What a verb needs to be performed is not needed to say how it is called. */
const performing = loadedOnce(() => import('./perform.ts'));

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

/** The verbs that the first word can lead to, for that is all that the rest is about; every one where it leads to none. */
function namedFirst(verbs: readonly VerbEntry[], [word]: readonly string[]): readonly VerbEntry[] {
  const named = verbs.filter(({ path }) => path[0] === word);
  return named.length === 0 ? verbs : named;
}

/** Runs one command line; answers the exit status. Never throws. */
export async function runProgram(verbs: readonly VerbEntry[], world: World, given: readonly string[]): Promise<number> {
  const argv = withHelpAsFlag(given);
  let invocation: Invocation | null = null;
  const program = configured(
    buildProgram(namedFirst(verbs, argv), world.version, (chosen) => {
      invocation = chosen;
    }),
    world,
  );
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    const command = argv.filter((word) => !word.startsWith('-')).slice(0, 2);
    const answering = answeringOf(world, { json: argv.includes('--json') }, false);
    const named = namedBy(program, argv);
    if (!answering.json && named.stranger === null && named.command.commands.length > 0) world.stderr(named.command.helpInformation());
    return reportError(world, usageError(program, argv, error), { command: command.join(' '), ledgerId: null, warnings: [] }, answering);
  }
  if (invocation === null) return new LedgerError('Usage', 'no verb').exitStatus;
  return (await performing()).perform(world, invocation);
}
