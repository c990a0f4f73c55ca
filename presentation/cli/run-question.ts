import type { RunQuestion, RunTime } from '../../handlers/runs/run-of.ts';
import { isRunWord, namedRunId, type RunKind } from '../../handlers/runs/named-run.ts';
import { dateFlag, ledgerTimeFlag, textFlag } from './flags.ts';
import type { Flag, FlagValues, VerbContext, VerbInput } from './verb.ts';

/** What the argument of a verb may be that takes a run. */
export const runSummary = (kind: string): string => `${kind} id, or latest, previous or published`;

/** Whose run is meant where the word could be a run of several. */
export const namingFlags: readonly Flag[] = [
  { flags: '--meta <id>', summary: 'meta portfolio whose latest, previous or published run is meant' },
  { flags: '--sleeve <id>', summary: 'sleeve whose latest or previous run is meant' },
];
export const metaNamingFlag: Flag = namingFlags[0]!;
export const sleeveNamingFlag: Flag = namingFlags[1]!;

const timeOf = (flags: FlagValues): RunTime => ({ asOf: dateFlag(flags, 'asOf'), knownAt: ledgerTimeFlag(flags) });

/** The run that a verb asks about, and the time as of which it asks. */
export function runQuestion({ args, flags }: VerbInput): RunQuestion {
  return { runId: args[0]!, meta: textFlag(flags, 'meta'), sleeve: textFlag(flags, 'sleeve'), ...timeOf(flags) };
}

/**
 * The id of a run for a verb that reads no rows: only a word is looked up. Errors: Usage, RunAmbiguous, NothingRecorded, NothingPublished.
 */
export async function runIdOf(context: VerbContext, text: string, { flags }: VerbInput, kind: RunKind): Promise<string> {
  const reference = { runId: text, meta: textFlag(flags, 'meta'), sleeve: textFlag(flags, 'sleeve') };
  return namedRunId(async () => (await context.reading()).ports, reference, timeOf(flags), kind);
}

/** Several at once: --meta and --sleeve are about the words among them, and beside these the id of a run may stand. */
export async function runIdsOf(context: VerbContext, texts: readonly string[], input: VerbInput, kind: RunKind): Promise<string[]> {
  const ids: string[] = [];
  for (const text of texts) ids.push(await runIdOf(context, text, isRunWord(text) ? input : { ...input, flags: {} }, kind));
  return ids;
}
