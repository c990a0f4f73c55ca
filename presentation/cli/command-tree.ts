import { type AddHelpTextContext, Command, Option } from 'commander';
import { loadedOnce } from '../../handlers/runtime/loaded-once.ts';
import { wrapped } from './layout.ts';
import { loaded, type Verb, type VerbEntry, type VerbInput } from './verb.ts';
import { groupSummaries } from './verbs/groups.ts';

const validation = loadedOnce(() => import('./validation.ts'));

export interface Invocation {
  readonly verb: Verb;
  readonly input: VerbInput;
  readonly common: Readonly<Record<string, unknown>>;
}

export const commonOptions: readonly Option[] = [
  new Option('--store <location>', 'ledger: a SQLite file, or esdb://... for EventStoreDB (default: ledger.sqlite)'),
  new Option('--manifest <file>', 'manifest (default: manifest.json)'),
  new Option('--actor <name>', "who is recorded as acting (default: the system's user)"),
  new Option(
    '--witness <place>',
    'where sealed checkpoints are kept: a folder, https://HOST#VKEY, git+https://...; may be repeated',
  ).argParser((place: string, before: readonly string[] | undefined) => [...(before ?? []), place]),
  new Option('--witness-quorum <n>', 'how many witnesses must cosign a checkpoint (default: none has to)'),
  new Option('--key <file>', 'signing key'),
  new Option('--origin <name>', 'name under which a new ledger signs'),
  new Option('--config <file>', 'settings file (default: sleeve-ledger.yaml when there is one)'),
  new Option('--log-level <level>', 'debug, info, warn, error or silent'),
  new Option('--json', 'one JSON object on standard output, with all digits and all rows'),
  new Option('--wide', 'break no line, however narrow the terminal'),
  new Option('--all', 'show long lists whole'),
  new Option('--no-seal', 'leave what was written unsealed'),
  new Option('--debug', 'show the stack of an error'),
];

const createLedgerOption = new Option('--create-ledger', 'make the ledger where there is none');
const forceOption = new Option('--force', 'replace a file that is there; never a ledger, a log of one, a key or a checkpoint');
const acceptClockJumpOption = new Option('--accept-clock-jump', 'record with a clock far ahead of the ledger; the reason is recorded too');
const whyOption = new Option('--why <text>', 'the reason, recorded');

/** What a verb takes beside its own flags because of what it does: it makes a ledger, records, or writes a file that somebody names. */
export function optionsBeside(verb: Verb): readonly Option[] {
  const writesFile = verb.ownsOutput !== true && verb.flags.some(({ flags }) => flags.includes('--output'));
  const records = verb.writes || verb.sealsItself === true;
  const saysWhy = verb.flags.some(({ flags }) => flags.startsWith('--why '));
  return [
    ...(verb.makesLedger === 'on request' ? [createLedgerOption] : []),
    ...(writesFile ? [forceOption] : []),
    ...(records ? [acceptClockJumpOption] : []),
    ...(records && !saysWhy ? [whyOption] : []),
  ];
}

/** Everything that stands behind a verb with a dash: its own flags, those that follow from what it does, and the common ones. */
export function optionsOf(verb: Verb): readonly Option[] {
  const own = verb.flags.map(({ flags, summary, required = false }) =>
    new Option(flags, required ? `${summary} (needed)` : summary).makeOptionMandatory(required),
  );
  const specific = [...own, ...optionsBeside(verb)];
  return [...specific, ...commonOptions.filter(({ long }) => !specific.some((option) => option.long === long))];
}

/** Examples behind the flags; one that is broken can still be pasted. */
function examplesText(examples: readonly string[], { command }: AddHelpTextContext): string {
  const columns = command.configureOutput().getOutHelpWidth!();
  return `\nExamples:\n${examples.flatMap((example) => wrapped(`  ${example}`, columns, '    ', ' \\')).join('\n')}`;
}

/** The usage, broken where it is wider than the help. */
function usageLines(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) names.unshift(at.name());
  const columns = command.configureOutput().getOutHelpWidth!() - 'Usage: '.length;
  return wrapped(`${names.join(' ')} ${command.usage()}`, columns, '  ').join('\n       ');
}

/** The command line in short, with the flags that it needs. */
function usageOf(verb: Verb): string {
  const needed = verb.flags.filter(({ required }) => required === true).map(({ flags }) => flags.replace(/^-\w, /, ''));
  return [...needed, '[options]', ...(verb.args ?? []).map(({ name }) => name)].join(' ');
}

/** A verb in the help of its group: each has options, though they are known only once it is loaded. */
function subcommandTerm(command: Command): string {
  const args = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...(command.commands.length === 0 ? ['[options]'] : []), ...args].join(' ');
}

/** Gives a command what only the code of its verb knows: its flags, its examples, and what is done when it is called. */
function complete(command: Command, verb: Verb, chosen: (invocation: Invocation) => void): void {
  for (const option of optionsOf(verb)) command.addOption(option);
  command.usage(usageOf(verb)).addHelpText('after', (context) => examplesText(verb.examples, context));
  command.action((...received: unknown[]) => {
    const args = received
      .slice(0, verb.args?.length ?? 0)
      .flat()
      .filter((arg): arg is string => typeof arg === 'string');
    const flags = command.opts();
    chosen({ verb, input: { args, flags }, common: flags });
  });
}

/**
 * Builds the commander tree from the table of verbs; `chosen` receives the one that was asked for. The code of a verb is loaded when the
 * words of the command line have led to it, so the tree is parsed with `parseAsync` only.
 */
export function buildProgram(entries: readonly VerbEntry[], version: string, chosen: (invocation: Invocation) => void): Command {
  const waiting = new Map<Command, VerbEntry>();
  const completed = async (_: Command, called: Command): Promise<void> => {
    const entry = waiting.get(called);
    if (entry === undefined) return;
    if (entry.worksLong !== true) (await validation()).checkAsItComes();
    complete(called, await loaded(entry), chosen);
  };
  const program = new Command('sleeve-ledger')
    .version(version)
    .description('Allocates across independent strategy sleeves and proves it.')
    .helpCommand(false)
    .configureHelp({ subcommandTerm })
    .addHelpText('after', '\n`help VERB` or `VERB --help` shows the flags of a verb, with examples.')
    .exitOverride()
    .hook('preSubcommand', completed);
  const groups = new Map<string, Command>();
  for (const entry of entries) {
    let parent = program;
    for (const [depth, word] of entry.path.slice(0, -1).entries()) {
      const key = entry.path.slice(0, depth + 1).join(' ');
      const group =
        groups.get(key) ??
        parent
          .command(word)
          .description(groupSummaries[key] ?? '')
          .helpCommand(false)
          .exitOverride()
          .hook('preSubcommand', completed);
      groups.set(key, group);
      parent = group;
    }
    const command = parent.command(entry.path.at(-1)!).description(entry.summary).exitOverride();
    for (const argument of entry.args ?? []) command.argument(argument.name, argument.summary);
    command.configureHelp({ ...command.configureHelp(), commandUsage: usageLines });
    waiting.set(command, entry);
  }
  return program;
}

/** `help flow meta` is `flow meta --help`. */
export function withHelpAsFlag(argv: readonly string[]): readonly string[] {
  return argv[0] === 'help' ? [...argv.slice(1).filter((word) => !word.startsWith('-')), '--help'] : argv;
}

/** The command that the leading words name, and the first word that names none. */
export function namedBy(program: Command, words: readonly string[]): { readonly command: Command; readonly stranger: string | null } {
  let command = program;
  for (const word of words) {
    if (command.commands.length === 0 || word.startsWith('-')) break;
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next === undefined) return { command, stranger: word };
    command = next;
  }
  return { command, stranger: null };
}
