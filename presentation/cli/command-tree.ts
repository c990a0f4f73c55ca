import { type AddHelpTextContext, Command, Option } from 'commander';
import { wrapped } from './layout.ts';
import type { Verb, VerbInput } from './verb.ts';
import { groupSummaries } from './verbs/groups.ts';

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

function addFlags(command: Command, verb: Verb): void {
  for (const flag of verb.flags) {
    const option = new Option(flag.flags, flag.required === true ? `${flag.summary} (needed)` : flag.summary);
    command.addOption(flag.required === true ? option.makeOptionMandatory() : option);
  }
  for (const option of optionsBeside(verb)) command.addOption(option);
  const own = command.options.map(({ long }) => long);
  for (const option of commonOptions) if (!own.includes(option.long)) command.addOption(option);
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

/** Builds the commander tree from the verbs; `chosen` receives the one that was asked for. */
export function buildProgram(verbs: readonly Verb[], version: string, chosen: (invocation: Invocation) => void): Command {
  const program = new Command('sleeve-ledger')
    .version(version)
    .description('Allocates across independent strategy sleeves and proves it.')
    .helpCommand(false)
    .addHelpText('after', '\n`help VERB` or `VERB --help` shows the flags of a verb, with examples.')
    .exitOverride();
  const groups = new Map<string, Command>();
  for (const verb of verbs) {
    let parent = program;
    for (const [depth, word] of verb.path.slice(0, -1).entries()) {
      const key = verb.path.slice(0, depth + 1).join(' ');
      const group =
        groups.get(key) ??
        parent
          .command(word)
          .description(groupSummaries[key] ?? '')
          .helpCommand(false)
          .exitOverride();
      groups.set(key, group);
      parent = group;
    }
    const command = parent.command(verb.path.at(-1)!).description(verb.summary).exitOverride();
    for (const argument of verb.args ?? []) command.argument(argument.name, argument.summary);
    addFlags(command, verb);
    command
      .usage(usageOf(verb))
      .configureHelp({ commandUsage: usageLines })
      .addHelpText('after', (context) => examplesText(verb.examples, context));
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
