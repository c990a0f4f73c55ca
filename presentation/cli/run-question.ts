import type { RunQuestion, RunTime } from '../../handlers/runs/run-of.ts';
import { type RunKind, runKinds } from '../../domain/run/run-kind.ts';
import { isRunWord, namedRunId, type RunReference, type WantedKind } from '../../handlers/runs/named-run.ts';
import { choiceFlag, dateFlag, ledgerTimeFlag, textFlag } from './flags.ts';
import type { Flag, FlagValues, VerbContext, VerbInput } from './verb.ts';

/** Whose run is meant where the word could be a run of several. */
export const metaNamingFlag: Flag = { flags: '--meta <id>', summary: 'meta portfolio whose latest, previous or published run is meant' };
export const sleeveNamingFlag: Flag = { flags: '--sleeve <id>', summary: 'sleeve whose latest or previous run is meant' };
export const kindFlag: Flag = {
  flags: '--kind <kind>',
  summary: `kind of the run that is meant: ${runKinds.join(', ')} (default: meta, or what --sleeve and --book say)`,
};
export const namingFlags: readonly Flag[] = [
  metaNamingFlag,
  sleeveNamingFlag,
  { flags: '--book <name>', summary: 'book whose latest or previous combination is meant' },
  kindFlag,
];

const timeOf = (flags: FlagValues): RunTime => ({ asOf: dateFlag(flags, 'asOf'), knownAt: ledgerTimeFlag(flags) });

/** Errors: Usage for an unknown kind. */
export function runKindFlag(flags: FlagValues): RunKind | null {
  return textFlag(flags, 'kind') === null ? null : choiceFlag(flags, 'kind', runKinds, 'meta');
}

function referenceOf(runId: string, flags: FlagValues): RunReference {
  const [meta, sleeve, book] = ['meta', 'sleeve', 'book'].map((name) => textFlag(flags, name));
  return { runId, meta: meta!, sleeve: sleeve!, book: book!, kind: runKindFlag(flags) };
}

/** The run that a verb asks about, and the time as of which it asks. */
export function runQuestion({ args, flags }: VerbInput): RunQuestion {
  return { ...referenceOf(args[0]!, flags), ...timeOf(flags) };
}

/** One of several runs: flags such as --sleeve are about the words among them, and beside these the id of a run may stand. */
export function runQuestionAbout(text: string, { args, flags }: VerbInput): RunQuestion {
  const { sleeve: _sleeve, meta: _meta, book: _book, kind: _kind, ...rest } = flags;
  return runQuestion({ args: [text, ...args.slice(1)], flags: isRunWord(text) ? flags : rest });
}

/**
 * The id of a run for a verb that reads no rows: only a word is looked up, and the log confirms it.
 * Errors: Usage, RunAmbiguous, NothingRecorded, NothingPublished, ReadModelsDiffer.
 */
export async function runIdOf(context: VerbContext, text: string, { flags }: VerbInput, kind: WantedKind): Promise<string> {
  return namedRunId(async () => (await context.reading()).ports, { ...referenceOf(text, flags), certain: true }, timeOf(flags), kind);
}

/** Several at once: flags such as --meta are about the words among them, and beside these the id of a run may stand. */
export async function runIdsOf(context: VerbContext, texts: readonly string[], input: VerbInput, kind: WantedKind): Promise<string[]> {
  const ids: string[] = [];
  for (const text of texts) ids.push(await runIdOf(context, text, isRunWord(text) ? input : { ...input, flags: {} }, kind));
  return ids;
}
